"""Who works for an organisation: asked in by an administrator, by their own yes."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role, Visitor, may_lead
from app.db import ReadSession, Session
from app.errors import ConflictError
from app.i18n import current_language, sentence
from app.i18n import gettext as _
from app.organisations import actions, queries
from app.organisations.forms import ColleagueForm
from app.organisations.models import Organisation
from app.web.access import SIGNED_IN, staff
from app.web.answers import flash, page, see_other
from app.web.forms import read_form

Browser = Request[Any, Any, Any]
WORKER = staff(Role.CASEWORKER.value, Role.ORGANISATION_ADMIN.value)
LEAD = staff(Role.ORGANISATION_ADMIN.value)
ROLES = {
    Role.CASEWORKER: sentence("Caseworker"),
    Role.ORGANISATION_ADMIN: sentence("Administrator"),
}


@get("/organisations/{code:str}/team", opt=WORKER)
async def show_team(
    code: FromPath[str], reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    own = await queries.staffed_organisation(reader, visitor, code)
    return await _team_page(reader, visitor, own, ColleagueForm())


@post("/organisations/{code:str}/invite", opt=LEAD)
async def invite_colleague(
    request: Browser,
    code: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect | Template:
    form = ColleagueForm(await read_form(request))
    own = await queries.led_organisation(session, visitor, code)
    if not form.validate():
        return await _team_page(session, visitor, own, form, 422)
    draft = form.draft(current_language())
    await actions.invite_colleague(session, visitor.person_id, own, draft)
    flash(_("%(name)s is asked by message. The work begins with their yes.", name=draft.name))
    return see_other(f"/organisations/{code}/team")


@post("/organisations/{code:str}/uninvite", opt=LEAD)
async def withdraw_invitation(
    request: Browser,
    code: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect:
    own = await queries.led_organisation(session, visitor, code)
    chosen = str((await read_form(request)).get("invitation", ""))
    if not chosen.isdecimal():
        raise ConflictError("This invitation has ended. Ask your organisation for a new one.")
    await actions.withdraw_invitation(session, own.id, int(chosen[:18]))
    return see_other(f"/organisations/{code}/team")


@get("/organisations/{code:str}/join", opt=SIGNED_IN)
async def show_invitation(
    code: FromPath[str], reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    own = await queries.organisation_by_code(reader, code)
    invitation = await queries.invitation_for(reader, own.id, visitor.person_id)
    return page(
        "organisations/join.html",
        noindex=True,
        organisation=own,
        invitation=invitation,
        role=_(ROLES[Role(invitation.role)]),
    )


@post("/organisations/{code:str}/join", opt=SIGNED_IN)
async def answer_invitation(
    request: Browser,
    code: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect:
    accepted = (await read_form(request)).get("answer") == "yes"
    own = await queries.organisation_by_code(session, code)
    await actions.answer_invitation(session, visitor.person_id, own, accepted=accepted)
    if accepted:
        flash(_("Welcome. Sign in once more: people who work for clients sign in each time."))
    return see_other("/desk" if accepted else "/")


async def _team_page(
    reader: ReadSession,
    visitor: Visitor,
    own: Organisation,
    form: ColleagueForm,
    status: int = 200,
) -> Template:
    return page(
        "organisations/team.html",
        status=status,
        noindex=True,
        organisation=own,
        leads=may_lead(visitor, own.id),
        people=await queries.colleagues(reader, own.id),
        invitations=await queries.open_invitations(reader, own.id),
        hand_overs=await queries.hand_overs(reader, own.id),
        roles={role.value: _(words) for role, words in ROLES.items()},
        form=form,
    )


handlers: list[ControllerRouterHandler] = [
    show_team,
    invite_colleague,
    withdraw_invitation,
    show_invitation,
    answer_invitation,
]
