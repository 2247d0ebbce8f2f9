"""A stay: its plan before the organisation's yes, and asking the guest alone how it goes."""

from datetime import date, datetime

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.rules import Visitor
from app.clock import local
from app.crypto import new_code
from app.db import Session
from app.errors import ConflictError
from app.exchanges import queries, rules
from app.exchanges.actions.emergency import freeze_host
from app.exchanges.actions.held import database_now, hold_exchange
from app.exchanges.forms import PlanDraft
from app.exchanges.models import CheckIn, Exchange, Stay
from app.exchanges.queries import stays
from app.exchanges.rules import Doing
from app.i18n import sentence
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.posts import actions as posts
from app.posts.models import Post, PostWindow
from app.posts.rules import by_number
from app.proposals.models import Proposal

BATCH = 200
PLAN_FIRST = sentence("Write the last day and the plan for afterwards first.")
OVER = sentence("This stay has ended. Its last day cannot be changed.")
ENDED = sentence("This proposal has ended. We keep looking for you.")


async def write_plan(session: Session, visitor: Visitor, code: str, draft: PlanDraft) -> Proposal:
    """The last day and where to next, before the organisation says yes; writing again replaces."""
    proposal = await stays.vouched_proposal(session, visitor, code)
    if not proposal.is_live:
        raise ConflictError(ENDED)
    stay = await stays.plan_of(session, proposal.id)
    if stay is None:
        stay = Stay(proposal_id=proposal.id, ends_on=draft.ends_on, move_on=draft.move_on)
        session.add(stay)
    stay.ends_on, stay.move_on = draft.ends_on, draft.move_on
    stay.written_by = visitor.person_id
    await session.flush()
    return proposal


async def begin_stay(session: Session, exchange: Exchange) -> posts.Nights:
    """All three said yes: the guest gets their own link, and the questions get their days.

    Gives the nights that must be booked.
    """
    stay = await stays.plan_of(session, exchange.proposal_id)
    if stay is None:
        raise ConflictError(PLAN_FIRST)
    stay.exchange_id = exchange.id
    exchange.ask_at = rules.ask_at(stay.ends_on, exchange.agreed_at)
    first = await _first_day(session, exchange)
    await _keep_check_ins(session, exchange, first, stay.ends_on)
    await session.flush()
    if exchange.need.client_id is None:
        await _tell_guest(session, exchange, NoticeKind.STAY)
    return posts.Nights(first, stay.ends_on)


async def _keep_check_ins(session: Session, exchange: Exchange, first: date, last: date) -> None:
    """A question for each of the days of a stay, and none that nobody will be there to answer."""
    days = rules.check_in_days(first, last)
    await session.execute(
        delete(CheckIn)
        .where(
            CheckIn.exchange_id == exchange.id, CheckIn.day.not_in(days), CheckIn.asked_at.is_(None)
        )
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        insert(CheckIn)
        .values(
            [
                {
                    "code": new_code(),
                    "exchange_id": exchange.id,
                    "day": day,
                    "due_at": rules.check_in_at(first, day),
                }
                for day in days
            ]
        )
        .on_conflict_do_nothing(index_elements=["exchange_id", "day"])
    )


async def change_last_day(session: Session, exchange: Exchange, last: date) -> None:
    """A stay goes on or ends sooner, as guest and host agreed; `ConflictError` where it cannot."""
    exchange = await hold_exchange(session, exchange.id)
    stay = await stays.plan_of(session, exchange.proposal_id)
    if stay is None or stay.left_at is not None or not rules.is_open(exchange):
        raise ConflictError(OVER)
    await posts.move_end(session, exchange.offer, exchange.reference, last)
    booked = await posts.bookings_of(session, exchange.reference)
    first = min((one.during.lower for one in booked if one.during.lower), default=last)
    stay.ends_on = last
    if exchange.ask_at is not None:
        exchange.ask_at = rules.ask_at(last, await database_now(session))
    await _keep_check_ins(session, exchange, first, last)
    await session.flush()


async def _first_day(session: Session, exchange: Exchange) -> date:
    starts = await session.scalar(
        select(func.min(PostWindow.starts_at)).where(PostWindow.post_id == exchange.need_id)
    )
    return local(max(starts or exchange.agreed_at, exchange.agreed_at)).date()


async def ask_check_ins(session: Session) -> int:
    """One sweep: ask whom it is time to ask, and call a worker where nobody answers."""
    now = await database_now(session)
    rows = await session.execute(
        select(CheckIn, Exchange, Post)
        .join(Exchange, Exchange.id == CheckIn.exchange_id)
        .join(Stay, Stay.exchange_id == Exchange.id)
        .join(Post, Post.id == Exchange.need_id)
        .where(
            stays.goes_on(),
            CheckIn.answered_at.is_(None),
            or_(
                and_(CheckIn.asked_at.is_(None), CheckIn.due_at <= func.now()),
                and_(
                    CheckIn.worker_told_at.is_(None),
                    CheckIn.asked_at <= func.now() - rules.CHECK_IN_SILENCE,
                ),
            ),
        )
        .order_by(CheckIn.due_at)
        .limit(BATCH)
        .with_for_update(of=CheckIn, skip_locked=True)
    )
    found = rows.all()
    for check_in, exchange, need in found:
        await _ask(session, check_in, exchange, need, now)
    await session.flush()
    return len(found)


async def _ask(
    session: Session, check_in: CheckIn, exchange: Exchange, need: Post, now: datetime
) -> None:
    """A guest with a contact of their own is asked there; a client, and silence, needs a call."""
    if check_in.asked_at is None:
        check_in.asked_at = now
        if need.client_id is None:
            await _tell(session, need.author_id, NoticeKind.CHECK_IN, exchange, need)
            return
    check_in.worker_told_at = now
    await call_worker(session, exchange, need)


async def answer_check_in(
    session: Session, exchange: Exchange, check_in: CheckIn, doing: Doing, worker_id: int | None
) -> None:
    """Keep the guest's word; who is not fine is called, who is not safe is protected at once."""
    now = await database_now(session)
    if doing is Doing.UNSAFE:
        await freeze_host(session, exchange)
    await session.refresh(check_in, with_for_update=True)
    check_in.answer, check_in.answered_at = doing.value, now
    check_in.recorded_by = worker_id
    await session.flush()
    if doing is not Doing.FINE and worker_id is None:
        check_in.worker_told_at = now
        await call_worker(session, exchange, exchange.need, urgent=doing is Doing.UNSAFE)


async def call_worker(
    session: Session, exchange: Exchange, need: Post, *, urgent: bool = False
) -> None:
    """Tell the worker who vouches by name; everybody of the organisation where it is urgent."""
    team = await queries.workers_of(session, need.adopted_by or need.organisation_id)
    named = [one for one in team if one == need.vouched_by]
    for person_id in sorted(team if urgent or not named else named):
        await _tell(session, person_id, NoticeKind.CALL_GUEST, exchange, need, urgent=urgent)


async def _tell_guest(session: Session, exchange: Exchange, kind: NoticeKind) -> None:
    await _tell(session, exchange.need.author_id, kind, exchange, exchange.need)


async def _tell(
    session: Session,
    person_id: int,
    kind: NoticeKind,
    exchange: Exchange,
    need: Post,
    *,
    urgent: bool = False,
) -> None:
    at_desk = kind is NoticeKind.CALL_GUEST
    await notifications.tell(
        session,
        person_id,
        kind,
        facts={"code": exchange.code, "category": by_number(need.category).code},
        link=(LinkPurpose.DESK_STAY if at_desk else LinkPurpose.STAY, exchange.code),
        urgent=urgent,
    )
