"""Joining as an organisation."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role, Visitor
from app.db import ReadSession, Session
from app.i18n import gettext as _
from app.organisations import actions, queries
from app.organisations.forms import OrganisationForm
from app.web.access import SIGNED_IN, staff
from app.web.answers import flash, page, see_other
from app.web.forms import read_form

Browser = Request[Any, Any, Any]
MODERATOR = staff(Role.MODERATOR.value)


@get("/organisations/apply", opt=SIGNED_IN)
async def show_apply() -> Template:
    return page("organisations/apply.html", form=OrganisationForm())


@post("/organisations/apply", opt=SIGNED_IN)
async def apply_organisation(
    request: Browser, session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect | Template:
    form = OrganisationForm(await read_form(request))
    if not form.validate():
        return page("organisations/apply.html", status=422, form=form)
    await actions.apply_organisation(session, visitor.person_id, form.draft())
    flash(_("Thank you. A moderator calls your public phone to check it."))
    return see_other("/")


@get("/organisations/waiting", opt=MODERATOR)
async def waiting_organisations(reader: NamedDependency[ReadSession]) -> Template:
    found = await queries.waiting_organisations(reader)
    return page("organisations/waiting.html", noindex=True, found=found)


handlers: list[ControllerRouterHandler] = [
    show_apply,
    apply_organisation,
    waiting_organisations,
]
