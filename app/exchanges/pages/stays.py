"""A stay as its guest sees it: how are you, whom to call, and leaving at once."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import ReadSession, Session
from app.errors import ConflictError
from app.exchanges import actions
from app.exchanges.forms import CheckInForm
from app.exchanges.queries import Stand, stays
from app.exchanges.rules import Doing, Via
from app.i18n import gettext as _
from app.notifications.rules import LinkPurpose
from app.proposals.queries import link_visitor
from app.web.access import PUBLIC, SIGNED_IN
from app.web.answers import flash, page, see_other
from app.web.forms import read_form

NOTHING_ASKED = "There is no question now. You can call us at any time."


async def _page(
    reader: ReadSession, stand: Stand, here: str, form: CheckInForm | None = None
) -> Template:
    """The same page signed in and by link; `here` is where its forms go."""
    stay = await stays.plan_of(reader, stand.exchange.proposal_id)
    return page(
        "exchanges/stay.html",
        status=422 if form else 200,
        form=form or CheckInForm(),
        stand=stand,
        stay=stay,
        duty=await stays.duty_of(reader, stand.exchange.need),
        asked=await stays.open_check_in(reader, stand.exchange.id),
        here=here,
    )


async def _answer(
    request: Request[Any, Any, Any], session: Session, person: Visitor, code: str, here: str
) -> Redirect | Template:
    stand = await stays.guest_stand(session, person, code)
    form = CheckInForm(await read_form(request))
    if not form.validate():
        return await _page(session, stand, here, form)
    asked = await stays.open_check_in(session, stand.exchange.id)
    if asked is None:
        raise ConflictError(NOTHING_ASKED)
    await actions.answer_check_in(session, stand.exchange, asked, form.doing, None)
    flash(_THANKS[form.doing]())
    return see_other(here)


_THANKS = {
    Doing.FINE: lambda: _("Thank you. We ask again later."),
    Doing.TALK: lambda: _("Thank you. Somebody of the organisation calls you today."),
    Doing.UNSAFE: lambda: _("We are with you. Call now, or leave: the button is below."),
}


async def _leave(session: Session, person: Visitor, code: str, via: Via, here: str) -> Redirect:
    stand = await stays.guest_stand(session, person, code)
    await actions.leave_now(session, stand.exchange, via.value)
    return see_other(here)


@get("/exchanges/{code:str}/stay", opt=SIGNED_IN)
async def stay(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Template:
    stand = await stays.guest_stand(reader, visitor, code)
    return await _page(reader, stand, f"/exchanges/{code}/stay")


@post("/exchanges/{code:str}/stay/check-in", opt=SIGNED_IN)
async def answer_check_in(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Redirect | Template:
    return await _answer(request, session, visitor, code, f"/exchanges/{code}/stay")


@post("/exchanges/{code:str}/stay/leave", opt=SIGNED_IN)
async def leave_now(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Redirect:
    return await _leave(session, visitor, code, Via.PAGE, f"/exchanges/{code}/stay")


@get("/stay/{token:str}", opt=PUBLIC)
async def stay_by_link(reader: NamedDependency[ReadSession], token: FromPath[str]) -> Template:
    person, code = await link_visitor(reader, token, LinkPurpose.STAY)
    return await _page(reader, await stays.guest_stand(reader, person, code), f"/stay/{token}")


@post("/stay/{token:str}/check-in", opt=PUBLIC)
async def answer_check_in_by_link(
    request: Request[Any, Any, Any], session: NamedDependency[Session], token: FromPath[str]
) -> Redirect | Template:
    person, code = await link_visitor(session, token, LinkPurpose.STAY)
    return await _answer(request, session, person, code, f"/stay/{token}")


@post("/stay/{token:str}/leave", opt=PUBLIC)
async def leave_now_by_link(session: NamedDependency[Session], token: FromPath[str]) -> Redirect:
    person, code = await link_visitor(session, token, LinkPurpose.STAY)
    return await _leave(session, person, code, Via.LINK, f"/stay/{token}")


handlers: list[ControllerRouterHandler] = [
    stay,
    answer_check_in,
    leave_now,
    stay_by_link,
    answer_check_in_by_link,
    leave_now_by_link,
]
