"""Call off an exchange, or never meet the other side again."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import ReadSession, Session
from app.exchanges import actions, queries, rules
from app.i18n import gettext as _
from app.web.access import SIGNED_IN
from app.web.answers import flash, page, see_other


@get("/exchanges/{code:str}/cancel", opt=SIGNED_IN)
async def confirm_cancel(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Template | Redirect:
    stand = await queries.stand(reader, visitor, code)
    if not rules.may_cancel(stand.exchange):
        return see_other(f"/exchanges/{code}")
    return page("exchanges/cancel.html", stand=stand, exchange=stand.exchange)


@post("/exchanges/{code:str}/cancel", opt=SIGNED_IN)
async def cancel(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Redirect:
    stand = await queries.stand(session, visitor, code)
    await actions.cancel(session, stand)
    flash(_("It is called off. We told the other side."))
    return see_other(f"/exchanges/{code}")


@get("/exchanges/{code:str}/block", opt=SIGNED_IN)
async def confirm_block(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Template:
    stand = await queries.stand(reader, visitor, code)
    return page("exchanges/block.html", stand=stand, exchange=stand.exchange)


@post("/exchanges/{code:str}/block", opt=SIGNED_IN)
async def block_other(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Redirect:
    stand = await queries.stand(session, visitor, code)
    await actions.block_other(session, stand, visitor.person_id)
    flash(_("You will not meet again here. The other side is not told why."))
    return see_other("/exchanges")


handlers: list[ControllerRouterHandler] = [confirm_cancel, cancel, confirm_block, block_other]
