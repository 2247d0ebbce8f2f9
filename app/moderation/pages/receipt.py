"""What became of a report, for whoever holds the receipt or the letter, and objecting to it."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.db import ReadSession, Session
from app.i18n import gettext as _
from app.moderation import actions, queries
from app.moderation.forms import OUTCOMES, REASONS, REVIEWS, RULES, FindForm, WordsForm
from app.moderation.queries import Reading
from app.moderation.rules import Party
from app.moderation.rules.receipt import receipt_secret
from app.notifications.rules import LinkPurpose, SignedLink, read_link, write_link
from app.posts.rules import by_number
from app.web.access import PUBLIC
from app.web.answers import flash, page, see_other
from app.web.forms import read_form
from app.web.visit import Visitor as AnyVisitor


@get("/reports", opt=PUBLIC)
async def reports(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[AnyVisitor],
    number: FromQuery[str] = "",
) -> Template:
    return await _reports_page(reader, visitor, FindForm(data={"number": number}))


@post("/reports/find", opt=PUBLIC)
async def find_report(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[AnyVisitor],
) -> Template | Redirect:
    form = FindForm(await read_form(request))
    if not form.validate():
        return await _reports_page(session, visitor, form, status=422)
    kept = await queries.report_by_code(session, form.code)
    return see_other(_path(kept.code, kept.reporter_id or queries.NOBODY))


@get("/reports/{token:str}", opt=PUBLIC)
async def receipt(reader: NamedDependency[ReadSession], token: FromPath[str]) -> Template:
    return _receipt_page(token, await _read(reader, token))


@get("/reports/{token:str}/object", opt=PUBLIC)
async def appeal(reader: NamedDependency[ReadSession], token: FromPath[str]) -> Template:
    reading = await _read(reader, token)
    return page("moderation/appeal.html", form=WordsForm(), reading=reading, token=token)


@post("/reports/{token:str}/object", opt=PUBLIC)
async def send_appeal(
    request: Request[Any, Any, Any], session: NamedDependency[Session], token: FromPath[str]
) -> Template | Redirect:
    reading = await _read(session, token)
    form = WordsForm(await read_form(request))
    if not form.validate():
        return page("moderation/appeal.html", status=422, form=form, reading=reading, token=token)
    await actions.appeal(session, reading, form.text())
    flash(_("We have your objection. Somebody else looks again and writes to you."))
    return see_other(f"/reports/{token}")


async def _read(reader: ReadSession, token: str) -> Reading:
    return await queries.reading_of(reader, read_link(LinkPurpose.REPORT, token))


def _path(code: str, person_id: int) -> str:
    return f"/reports/{write_link(SignedLink(LinkPurpose.REPORT, code, person_id))}"


async def _reports_page(
    reader: ReadSession, visitor: AnyVisitor, form: FindForm, status: int = 200
) -> Template:
    own = await queries.own_reports(reader, visitor.person_id) if visitor.person_id else ()
    links = [(one, _path(one.code, one.reporter_id or queries.NOBODY)) for one in own]
    return page(
        "moderation/reports.html",
        status=status,
        form=form,
        own=links,
        reasons=REASONS,
        sensitive=True,
        noindex=True,
    )


def _receipt_page(token: str, reading: Reading) -> Template:
    is_reporter = reading.party is Party.REPORTER
    return page(
        "moderation/receipt.html" if is_reporter else "moderation/decision.html",
        reading=reading,
        token=token,
        secret=receipt_secret(reading.code) if is_reporter else "",
        outcomes=OUTCOMES,
        reviews=REVIEWS,
        rules=RULES,
        category_of=by_number,
        sensitive=True,
        noindex=True,
    )


handlers: list[ControllerRouterHandler] = [reports, find_report, receipt, appeal, send_appeal]
