"""One's own settings and signed-in devices."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app import i18n
from app.accounts import actions, queries
from app.accounts.forms import AccountForm
from app.accounts.rules import ORGANISATION_ROLES, Visitor
from app.db import ReadSession, Session
from app.i18n import gettext as _
from app.web import access
from app.web.answers import flash, page, see_other
from app.web.forms import read_form

RowId = Annotated[int, PathParameter(gt=0, lt=2**62)]


async def _account_page(
    reader: ReadSession, visitor: Visitor, form: AccountForm, status: int = 200
) -> Template:
    return page(
        "accounts/account.html",
        status=status,
        form=form,
        contacts=await queries.contacts_of(reader, visitor.person_id),
        devices=await queries.sessions_of(reader, visitor.person_id),
        this_device=visitor.session_id,
        works_here=bool(visitor.roles & ORGANISATION_ROLES),
    )


@get("/account", opt=access.SIGNED_IN)
async def account(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    form = AccountForm(obj=await queries.person(reader, visitor.person_id))
    return await _account_page(reader, visitor, form)


@post("/account", opt=access.SIGNED_IN, status_code=200)
async def update_account(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Template | Redirect:
    form = AccountForm(await read_form(request))
    if not form.validate():
        return await _account_page(session, visitor, form, 422)
    draft = form.draft()
    await actions.update_account(session, visitor.person_id, draft)
    i18n.use_language(draft.language)
    flash(_("Your changes are saved."))
    return see_other("/account")


@post("/account/devices/{session_id:int}/end", opt=access.SIGNED_IN, status_code=200)
async def end_device(
    session_id: RowId,
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect:
    await actions.end_session(session, visitor.person_id, session_id)
    flash(_("That device is signed out."))
    return see_other("/account")


@post("/account/devices/end-others", opt=access.SIGNED_IN, status_code=200)
async def end_other_devices(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    await actions.end_all_sessions(session, visitor.person_id, but=visitor.session_id)
    flash(_("All other devices are signed out."))
    return see_other("/account")


handlers: list[ControllerRouterHandler] = [
    account,
    update_account,
    end_device,
    end_other_devices,
]
