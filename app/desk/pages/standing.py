"""Every organisation as everybody sees it, and how a moderator decides about it."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role, may_lead, may_work_for
from app.accounts.rules import Visitor as Member
from app.db import ReadSession, Session
from app.desk import actions, queries
from app.desk.pages.roles import MODERATOR
from app.errors import ConflictError, NotFoundError
from app.i18n import current_language, language_name, listed, sentence
from app.i18n import gettext as _
from app.organisations import queries as organisations
from app.organisations.forms import KINDS, DecisionForm
from app.organisations.models import Decision, Organisation
from app.organisations.rules import MAY_DECIDE, Standing, Verdict, standing
from app.posts.pages import words
from app.territories.geocoder.shipped import municipality_name
from app.web.access import PUBLIC
from app.web.answers import flash, page, see_other
from app.web.forms import read_form
from app.web.visit import Visitor

Browser = Request[Any, Any, Any]
VERDICTS: dict[Verdict, tuple[str, str]] = {
    Verdict.VERIFIED: (sentence("Checked: let it work"), "main"),
    Verdict.REFUSED: (sentence("Refuse"), "quiet"),
    Verdict.SUSPENDED: (sentence("Stop it for now"), "danger"),
    Verdict.RESUMED: (sentence("Let it work again"), "main"),
    Verdict.CLOSED: (sentence("Close it for good"), "danger"),
}
STANDINGS: dict[Standing, tuple[str, str]] = {
    Standing.APPLIED: (sentence("Asked to join"), "wait"),
    Standing.REFUSED: (sentence("Refused"), "err"),
    Standing.VERIFIED: (sentence("Checked"), "ok"),
    Standing.SUSPENDED: (sentence("Stopped for now"), "err"),
    Standing.CLOSED: (sentence("Closed"), "plain"),
}
DECIDED: dict[Verdict, str] = {
    Verdict.VERIFIED: sentence("Checked"),
    Verdict.REFUSED: sentence("Refused"),
    Verdict.SUSPENDED: sentence("Stopped"),
    Verdict.RESUMED: sentence("Resumed"),
    Verdict.CLOSED: sentence("Closed"),
}


@get("/organisations", opt=PUBLIC)
async def list_organisations(reader: NamedDependency[ReadSession]) -> Template:
    found = await organisations.directory(reader)
    return page("desk/organisations.html", found=[(one, _area(one)) for one in found])


@get("/organisations/{code:str}", opt=PUBLIC)
async def show_organisation(
    code: FromPath[str], reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    found = await organisations.organisation_by_code(reader, code)
    insider = _is_insider(visitor, found)
    if standing(found) is not Standing.VERIFIED and not insider:
        raise NotFoundError("There is no such organisation.")
    decisions = await organisations.decisions_about(reader, found.id) if insider else []
    return await _organisation_page(reader, visitor, found, [one for one, _name in decisions])


async def _organisation_page(
    reader: ReadSession, visitor: Visitor, found: Organisation, decisions: list[Decision]
) -> Template:
    return page(
        "desk/organisation.html",
        noindex=standing(found) is not Standing.VERIFIED,
        organisation=found,
        facts=_facts(found),
        offers=await queries.open_offers(reader, found.id),
        decisions=[(one, _(DECIDED[Verdict(one.kind)])) for one in decisions],
        **_seen_by(visitor, found),
    )


@get("/organisations/{code:str}/decide", opt=MODERATOR)
async def show_decide(code: FromPath[str], reader: NamedDependency[ReadSession]) -> Template:
    found = await organisations.organisation_by_code(reader, code)
    return await _decide_page(reader, found, DecisionForm())


@post("/organisations/{code:str}/decide", opt=MODERATOR)
async def decide_organisation(
    request: Browser,
    code: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Member],
) -> Redirect | Template:
    submitted = await read_form(request)
    form, verdict = DecisionForm(submitted), str(submitted.get("verdict", ""))
    found = await organisations.organisation_by_code(session, code)
    if verdict not in set(Verdict):
        raise ConflictError("Choose what you decide.")
    if not form.validate():
        return await _decide_page(session, found, form, 422)
    await actions.decide_organisation(
        session, visitor.person_id, found, Verdict(verdict), form.words
    )
    flash(_("Decided. The organisation is told, with your reason."))
    return see_other("/organisations/waiting")


async def _decide_page(
    reader: ReadSession, found: Organisation, form: DecisionForm, status: int = 200
) -> Template:
    decisions = await organisations.decisions_about(reader, found.id)
    return page(
        "desk/decide.html",
        status=status,
        noindex=True,
        organisation=found,
        facts=_facts(found),
        form=form,
        standing=STANDINGS[standing(found)],
        verdicts=[
            (one.value, _(VERDICTS[one][0]), VERDICTS[one][1])
            for one in MAY_DECIDE[standing(found)]
        ],
        decisions=[(one, _(DECIDED[Verdict(one.kind)]), name) for one, name in decisions],
    )


def _seen_by(visitor: Visitor, found: Organisation) -> dict[str, Any]:
    """What depends on who looks, and the words for it."""
    return {
        "words": words,
        "standing": STANDINGS[standing(found)],
        "works": isinstance(visitor, Member) and may_work_for(visitor, found.id),
        "leads": isinstance(visitor, Member) and may_lead(visitor, found.id),
        "moderates": Role.MODERATOR.value in visitor.roles,
    }


def _is_insider(visitor: Visitor, found: Organisation) -> bool:
    """Its own people, whoever asked to join, and moderators see it in every standing."""
    if not isinstance(visitor, Member):
        return False
    works = any(grant.organisation_id == found.id for grant in visitor.grants)
    return works or visitor.person_id == found.applied_by or Role.MODERATOR.value in visitor.roles


def _facts(found: Organisation) -> dict[str, str]:
    return {
        "kind": str(dict(KINDS).get(found.kind, "")),
        "area": _area(found),
        "speaks": listed(language_name(code) for code in found.languages),
    }


def _area(found: Organisation) -> str:
    """Communes by name; an empty area is everywhere."""
    names = (municipality_name(nis, current_language()) for nis in found.area)
    return listed(name for name in names if name) or _("Everywhere")


handlers: list[ControllerRouterHandler] = [
    list_organisations,
    show_organisation,
    show_decide,
    decide_organisation,
]
