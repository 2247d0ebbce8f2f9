"""Accept a proposal, from the inbox or from a message."""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import Session
from app.exchanges import actions
from app.exchanges.actions import Accepted
from app.exchanges.queries import stays
from app.i18n import gettext as _
from app.proposals.queries import link_visitor
from app.web.access import PUBLIC, SIGNED_IN
from app.web.answers import flash, see_other


def _next_page(accepted: Accepted, waiting: str) -> Redirect:
    if accepted.exchange is not None:
        flash(_("You both said yes. Now you can reach each other."))
        return see_other(f"/exchanges/{accepted.exchange.code}")
    flash(_("You said yes. We tell you as soon as the others have answered."))
    return see_other(waiting)


@post("/proposals/{code:str}/accept", opt=SIGNED_IN)
async def accept(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Redirect:
    if await stays.must_write_plan(session, visitor, code):
        return see_other(f"/proposals/{code}/plan")
    accepted = await actions.accept(session, visitor, code)
    return _next_page(accepted, f"/proposals/{code}")


@post("/p/{token:str}/accept", opt=PUBLIC)
async def accept_by_link(session: NamedDependency[Session], token: FromPath[str]) -> Redirect:
    person, code = await link_visitor(session, token)
    if await stays.must_write_plan(session, person, code):
        return see_other(f"/proposals/{code}/plan")
    accepted = await actions.accept(session, person, code)
    return _next_page(accepted, f"/p/{token}")


handlers: list[ControllerRouterHandler] = [accept, accept_by_link]
