"""A client of an organisation asks to be forgotten: with the code, or face to face at the desk."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role, Visitor
from app.db import ReadSession, Session
from app.exchanges.pages.code_pass import end_pass, who_speaks
from app.i18n import gettext as _
from app.organisations import actions as organisations
from app.organisations.queries import client_by_alias
from app.organisations.rules import RevokedVia, Viewed
from app.rights import actions
from app.web.access import PUBLIC, staff
from app.web.answers import flash, page, see_other

Browser = Request[Any, Any, Any]
WORKER = staff(Role.CASEWORKER.value, Role.ORGANISATION_ADMIN.value)


@get("/code/erase", opt=PUBLIC)
async def show_erase_by_code(
    request: Browser, reader: NamedDependency[ReadSession]
) -> Redirect | Template:
    client = await who_speaks(reader, request)
    if client is None:
        return see_other("/code")
    return page("rights/erase_client.html", noindex=True, client=client, by_code=True)


@post("/code/erase", opt=PUBLIC)
async def erase_by_code(request: Browser, session: NamedDependency[Session]) -> Redirect:
    client = await who_speaks(session, request)
    if client is None:
        return see_other("/code")
    await actions.close_client(session, client, RevokedVia.CODE)
    end_pass()
    flash(_("Everything about you is being erased. Your code no longer works."))
    return see_other("/code")


@get("/desk/clients/{alias:str}/erase", opt=WORKER)
async def show_erase_client(
    alias: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Template:
    client = await client_by_alias(session, visitor.organisation_ids, alias)
    await organisations.log_view(session, visitor.person_id, client.id, Viewed.FILE)
    return page("rights/erase_client.html", noindex=True, client=client, by_code=False)


@post("/desk/clients/{alias:str}/erase", opt=WORKER)
async def erase_client(
    alias: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    client = await client_by_alias(session, visitor.organisation_ids, alias)
    await actions.close_client(session, client, RevokedVia.DESK)
    flash(_("The file is being erased. Destroy the paper too."))
    return see_other("/desk")


handlers: list[ControllerRouterHandler] = [
    show_erase_by_code,
    erase_by_code,
    show_erase_client,
    erase_client,
]
