"""Telling that something is wrong, with or without an account."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app import crypto
from app.accounts.rules import Visitor, device_name
from app.db import ReadSession, Session
from app.exchanges import queries as exchanges
from app.exchanges.pages.code_pass import who_speaks
from app.exchanges.queries import Stand
from app.moderation import actions, queries
from app.moderation.forms import ReportForm, read_about, read_code
from app.moderation.rules import About, Origin, Reason, Stated, knows_side, network_of
from app.notifications.rules import LinkPurpose, SignedLink, read_link, write_link
from app.web.access import PUBLIC
from app.web.answers import page, see_other
from app.web.csrf import new_device
from app.web.forms import choices, read_form
from app.web.visit import Visitor as AnyVisitor
from app.web.visit import current_visit

_LINKS = {
    About.EXCHANGE: (LinkPurpose.EXCHANGE, LinkPurpose.STAY),
    About.PROPOSAL: (LinkPurpose.PROPOSAL,),
}


@get("/report", opt=PUBLIC)
async def report(
    *,
    request: Request[Any, Any, Any],
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[AnyVisitor],
    about: FromQuery[str] = "page",
    code: FromQuery[str] = "",
    link: FromQuery[str] = "",
    at: FromQuery[str] = "",
    stated: FromQuery[str] = "",
    unsafe: FromQuery[bool] = False,
    child: FromQuery[bool] = False,
) -> Template:
    reason = Reason.UNSAFE.value if unsafe else Reason.CHILD.value if child else None
    given = {"about": about, "code": code, "link": link, "at": at, "stated": stated}
    form = ReportForm(data={**given, "reason": reason})
    met = await _met_by(reader, request, visitor, form)
    return await _report_page(reader, visitor, form, met)


@post("/report/send", opt=PUBLIC)
async def send_report(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[AnyVisitor],
) -> Template | Redirect:
    form = ReportForm(await read_form(request))
    met = await _met_by(session, request, visitor, form)
    if not form.validate():
        return await _report_page(session, visitor, form, met, status=422)
    kept = await actions.send_report(session, form.draft(), _origin(request, visitor, form))
    link = SignedLink(LinkPurpose.REPORT, kept.code, kept.reporter_id or queries.NOBODY)
    return see_other(f"/reports/{write_link(link)}")


async def _report_page(
    reader: ReadSession,
    visitor: AnyVisitor,
    form: ReportForm,
    met: Sequence[Stand],
    status: int = 200,
) -> Template:
    about, code = read_about(form.about.data), read_code(form.code.data)
    matter = await queries.find_matter(reader, about, code)
    person_id = _person_behind(form, visitor)
    works_for = visitor.organisation_ids if isinstance(visitor, Visitor) else frozenset()
    if about is About.PAGE:
        form.meeting.choices = choices([(one.exchange.code, _met(one)) for one in met])
    return page(
        "moderation/report.html",
        status=status,
        form=form,
        about=about,
        is_child=form.reason.data == Reason.CHILD.value,
        asks_side=bool(matter.sides)
        and not form.stated.data
        and not knows_side(matter, person_id, works_for),
        asks_who=person_id is None,
        sensitive=True,
        noindex=True,
    )


async def _met_by(
    reader: ReadSession, request: Request[Any, Any, Any], visitor: AnyVisitor, form: ReportForm
) -> Sequence[Stand]:
    """Whom the reporter met, newest first, also after the end; of a client with a code as well.

    Then the form says what it is about, and a client need not say on which side they stand.
    """
    form.find()
    client = await who_speaks(reader, request)
    if client is None:
        if not isinstance(visitor, Visitor):
            return ()
        return (await exchanges.stands(reader, visitor)).items
    met = await exchanges.exchanges_of_client(reader, client.id)
    if read_code(form.code.data) in {one.exchange.code for one in met}:
        form.stated.data = Stated.RECEIVER.value
    return met


def _met(stand: Stand) -> str:
    return f"{stand.other_name} · {stand.category.name(current_visit().language)}"


def _person_behind(form: ReportForm, visitor: AnyVisitor) -> int | None:
    """Who reports: signed in, or holding the link of a message about this very matter."""
    if visitor.person_id is not None:
        return visitor.person_id
    for purpose in _LINKS.get(read_about(form.about.data), ()):
        link = read_link(purpose, form.link.data or "")
        if link and link.ref == read_code(form.code.data):
            return link.person_id
    return None


def _origin(request: Request[Any, Any, Any], visitor: AnyVisitor, form: ReportForm) -> Origin:
    address = request.client.host if request.client else ""
    return Origin(
        device=crypto.token_hash(new_device(current_visit())),
        network=crypto.sign("report.network", network_of(address), 16),
        person_id=_person_behind(form, visitor),
        browser=device_name(request.headers.get("user-agent", "")),
        language=current_visit().language,
    )


handlers: list[ControllerRouterHandler] = [report, send_report]
