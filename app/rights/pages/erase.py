"""Leaving: what happens, what still holds one back, and the way back within seven days."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts import queries as accounts
from app.accounts.rules import Visitor
from app.db import ReadSession, Session
from app.errors import ConflictError
from app.exchanges.pages.words import status_tag
from app.i18n import gettext as _
from app.rights import actions, queries
from app.rights.pages.marks import FRESH
from app.rights.rules.closing import gone_at
from app.web.access import SIGNED_IN
from app.web.answers import flash, page, see_other


@get("/account/erase", opt=SIGNED_IN)
async def show_erase_account(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    return await _erase_page(reader, visitor)


@post("/account/erase", opt=FRESH, status_code=200)
async def erase_account(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect | Template:
    try:
        await actions.close_account(session, visitor)
    except ConflictError as held:
        return await _erase_page(session, visitor, _(held.message), 409)
    flash(_("Nobody sees you any more. In seven days everything is erased."))
    return see_other("/account/erase")


@post("/account/erase/stay", opt=SIGNED_IN, status_code=200)
async def stay_after_all(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    await actions.stay(session, visitor)
    flash(_("Your account stays. What was withdrawn stays withdrawn."))
    return see_other("/account")


async def _erase_page(
    reader: ReadSession, visitor: Visitor, problem: str = "", status: int = 200
) -> Template:
    person = await accounts.person(reader, visitor.person_id)
    held = await queries.held_back(reader, visitor)
    return page(
        "rights/erase_account.html",
        status=status,
        problem=problem,
        gone_at=gone_at(person.closing_at) if person.closing_at else None,
        exchanges=[(one, status_tag(one)) for one in held.exchanges],
        organisations=held.organisations,
        is_free=held.is_free,
    )


handlers: list[ControllerRouterHandler] = [show_erase_account, erase_account, stay_after_all]
