"""My exchanges, and the page on which two sides arrange one."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.clock import local
from app.db import ReadSession, Session
from app.exchanges import actions, queries, rules
from app.exchanges.forms import MeetingForm, MessageForm
from app.exchanges.pages.words import next_step, status_tag
from app.exchanges.queries import Stand, stays
from app.exchanges.queries.visits import is_first_visit
from app.exchanges.rules import Status
from app.web.access import SIGNED_IN
from app.web.answers import page as show


async def exchange_page(
    session: Session,
    visitor: Visitor,
    stand: Stand,
    *,
    message: MessageForm | None = None,
    meeting: MeetingForm | None = None,
) -> Template:
    """The page of one side; looking at contacts is logged, also when a form comes back."""
    wrong = message or meeting
    place = await queries.meeting_place(session, stand)
    return show(
        "exchanges/exchange.html",
        status=422 if wrong else 200,
        form=wrong,
        stand=stand,
        exchange=stand.exchange,
        is_open=rules.is_open(stand.exchange),
        may_cancel=rules.may_cancel(stand.exchange),
        asked=rules.status(stand.exchange) in (Status.ASKED, Status.DISPUTED),
        tag=status_tag(stand),
        next_step=next_step(stand),
        contacts=await actions.read_contacts(session, stand, visitor.person_id),
        messages=await queries.messages_of(session, stand.exchange.id),
        entry=await queries.entry_number(session, stand.exchange),
        message_form=message or MessageForm(),
        meeting_place=place,
        first_visit=await is_first_visit(session, stand),
        stay=await stays.plan_of(session, stand.exchange.proposal_id),
        meeting_form=meeting or _known_meeting(stand, place),
    )


def _known_meeting(stand: Stand, place: str | None) -> MeetingForm:
    at = stand.exchange.meeting_at
    if at is None:
        return MeetingForm()
    return MeetingForm(
        day=local(at).date().isoformat(),
        time=local(at).strftime("%H:%M"),
        place=place or "",
        company=stand.exchange.meeting_with or "",
    )


@get("/exchanges", opt=SIGNED_IN)
async def exchanges(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    page: FromQuery[int] = 1,
) -> Template:
    listing = await queries.stands(reader, visitor, page)
    return show(
        "exchanges/exchanges.html", listing=listing, status_tag=status_tag, next_step=next_step
    )


@get("/exchanges/{code:str}", opt=SIGNED_IN)
async def exchange(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Template:
    stand = await queries.stand(session, visitor, code)
    return await exchange_page(session, visitor, stand)


handlers: list[ControllerRouterHandler] = [exchanges, exchange]
