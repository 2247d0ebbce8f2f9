"""Becoming known before visiting people: asked by the helper, confirmed at a desk."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role, Visitor
from app.db import ReadSession, Session
from app.i18n import gettext as _
from app.organisations import queries as organisations
from app.posts.actions import attest as attesting
from app.posts.forms.attest import RefereeForm
from app.posts.queries import attested
from app.posts.rules.attested import REFERENCES_FOR_CHILDREN, Standing
from app.web.access import SIGNED_IN, staff
from app.web.answers import flash, page, see_other
from app.web.forms import read_form

WORKER = staff(Role.CASEWORKER.value, Role.ORGANISATION_ADMIN.value)
Browser = Request[Any, Any, Any]


async def _page(reader: ReadSession, visitor: Visitor, form: RefereeForm) -> Template:
    return page(
        "posts/known.html",
        status=422 if form.errors else 200,
        noindex=True,
        form=form,
        known=await attested.known_of(reader, visitor.person_id),
        asked=await attested.attestations_of(reader, visitor.person_id),
        enough=REFERENCES_FOR_CHILDREN,
    )


@get("/known", opt=SIGNED_IN)
async def become_known(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    return await _page(reader, visitor, RefereeForm())


@post("/known/identity", opt=SIGNED_IN)
async def ask_identity(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    await attesting.ask_attestation(session, visitor.person_id, Standing.IDENTITY)
    flash(_("Here is your code. Say it at the desk of an organisation."))
    return see_other("/known")


@post("/known/reference", opt=SIGNED_IN)
async def ask_reference(
    request: Browser, session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect | Template:
    form = RefereeForm(await read_form(request))
    if not form.validate():
        return await _page(session, visitor, form)
    await attesting.ask_attestation(session, visitor.person_id, Standing.REFERENCE, form.referee)
    flash(_("Thank you. An organisation calls them."))
    return see_other("/known")


@get("/desk/helpers", opt=WORKER)
async def helpers(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
) -> Template:
    own = await organisations.acting_for(reader, visitor.organisation_ids, organisation)
    waiting = await attested.waiting_attestations(reader)
    return page("posts/helpers.html", noindex=True, own=own, waiting=waiting)


@post("/desk/helpers/{code:str}/attest", opt=WORKER)
async def attest_helper(
    code: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
) -> Redirect:
    own = await organisations.acting_for(session, visitor.organisation_ids, organisation)
    await attesting.attest(session, visitor, code, own.id)
    flash(_("Written down with your name and today's date."))
    return see_other(f"/desk/helpers?organisation={own.code}")


handlers: list[ControllerRouterHandler] = [
    become_known,
    ask_identity,
    ask_reference,
    helpers,
    attest_helper,
]
