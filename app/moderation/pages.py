"""Telling that something is wrong, the receipt, and the moderators' desk."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app import crypto
from app.accounts.rules import Role, Visitor
from app.db import ReadSession, Session
from app.i18n import gettext as _
from app.moderation import actions, queries
from app.moderation.forms import (
    CHOICES,
    OUTCOMES,
    REASONS,
    DecisionForm,
    ReportForm,
    read_about,
    read_code,
)
from app.moderation.queries import Evidence
from app.moderation.rules import About, Origin, Reason, knows_side, network_of
from app.notifications.rules import LinkPurpose, read_link
from app.posts.pages.words import how_many
from app.posts.rules import by_number
from app.web.access import PUBLIC, staff
from app.web.answers import flash, page, see_other
from app.web.csrf import new_device
from app.web.forms import read_form
from app.web.visit import Visitor as AnyVisitor
from app.web.visit import current_visit

MODERATOR = staff(Role.MODERATOR.value)
READER = staff(Role.MODERATOR.value, Role.COORDINATOR.value)
_LINKS = {About.EXCHANGE: LinkPurpose.EXCHANGE, About.PROPOSAL: LinkPurpose.PROPOSAL}


@get("/report", opt=PUBLIC)
async def report(
    *,
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[AnyVisitor],
    about: FromQuery[str] = "page",
    code: FromQuery[str] = "",
    link: FromQuery[str] = "",
    unsafe: FromQuery[bool] = False,
) -> Template:
    reason = Reason.UNSAFE.value if unsafe else None
    form = ReportForm(data={"about": about, "code": code, "link": link, "reason": reason})
    return await _report_page(reader, visitor, form)


@post("/report/send", opt=PUBLIC)
async def send_report(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[AnyVisitor],
) -> Template | Redirect:
    form = ReportForm(await read_form(request))
    if not form.validate():
        return await _report_page(session, visitor, form, status=422)
    kept = await actions.send_report(session, form.draft(), _origin(request, visitor, form))
    return see_other(f"/reports/{kept.code}")


@get("/reports/{code:str}", opt=PUBLIC)
async def receipt(reader: NamedDependency[ReadSession], code: FromPath[str]) -> Template:
    kept = await queries.report_by_code(reader, code)
    decisions = await queries.decisions_of(reader, kept)
    return page(
        "moderation/receipt.html",
        report=kept,
        decisions=decisions,
        outcomes=OUTCOMES,
        sensitive=True,
    )


@get("/moderation", opt=READER)
async def moderation(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    decided: FromQuery[bool] = False,
    page_number: Annotated[int, QueryParameter(name="page", ge=1, le=1_000_000)] = 1,
) -> Template:
    listing = await queries.queue(reader, visitor, page_number, decided=decided)
    return page("moderation/moderation.html", listing=listing, decided=decided, reasons=REASONS)


@get("/moderation/{code:str}", opt=READER)
async def review(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Template:
    return _review_page(await queries.evidence(reader, visitor, code), DecisionForm())


@post("/moderation/{code:str}/decide", opt=MODERATOR)
async def decide(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Template | Redirect:
    form = DecisionForm(await read_form(request))
    evidence = await queries.evidence(session, visitor, code)
    if not form.validate():
        return _review_page(evidence, form, status=422)
    await actions.decide(session, visitor.person_id, evidence, form.draft())
    flash(_("Decided. Those concerned are told."))
    return see_other("/moderation")


async def _report_page(
    reader: ReadSession, visitor: AnyVisitor, form: ReportForm, status: int = 200
) -> Template:
    about, code = read_about(form.about.data), read_code(form.code.data)
    matter = await queries.find_matter(reader, about, code)
    person_id = _person_behind(form, visitor)
    works_for = visitor.organisation_ids if isinstance(visitor, Visitor) else frozenset()
    return page(
        "moderation/report.html",
        status=status,
        form=form,
        about=about,
        asks_side=bool(matter.sides) and not knows_side(matter, person_id, works_for),
        sensitive=True,
        noindex=True,
    )


def _person_behind(form: ReportForm, visitor: AnyVisitor) -> int | None:
    """Who reports: signed in, or holding the link of a message about this very matter."""
    purpose = _LINKS.get(read_about(form.about.data))
    if visitor.person_id is not None or purpose is None:
        return visitor.person_id
    link = read_link(purpose, form.link.data or "")
    return link.person_id if link and link.ref == read_code(form.code.data) else None


def _origin(request: Request[Any, Any, Any], visitor: AnyVisitor, form: ReportForm) -> Origin:
    address = request.client.host if request.client else ""
    return Origin(
        device=crypto.token_hash(new_device(current_visit())),
        network=crypto.sign("report.network", network_of(address), 16),
        person_id=_person_behind(form, visitor),
    )


def _review_page(evidence: Evidence, form: DecisionForm, status: int = 200) -> Template:
    return page(
        "moderation/review.html",
        status=status,
        form=form,
        evidence=evidence,
        reasons=REASONS,
        choices=CHOICES,
        category_of=by_number,
        how_many=how_many,
    )


handlers: list[ControllerRouterHandler] = [
    report,
    send_report,
    receipt,
    moderation,
    review,
    decide,
]
