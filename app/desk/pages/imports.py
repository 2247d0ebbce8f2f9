"""Bring in a spreadsheet: choose the file, read what becomes of each row, publish."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import ReadSession, Session
from app.desk import actions, queries
from app.desk.actions import Looked, Rows
from app.desk.pages.roles import WORKER
from app.desk.rules import MOST_UPLOADED_BYTES, MOST_UPLOADED_ROWS
from app.i18n import current_language, ngettext, sentence
from app.i18n import gettext as _
from app.organisations import queries as organisations
from app.organisations.models import Organisation
from app.posts.forms.spreadsheet import SheetRow, SpreadsheetError, read_sheet
from app.posts.rules import PlaceDraft
from app.territories import queries as territories
from app.territories.geocoder.port import Geocoder
from app.web.answers import flash, page, see_other
from app.web.forms import read_form
from app.web.sheets import Cell, download

Browser = Request[Any, Any, Any]
TOO_LARGE = sentence("This file is larger than 2 MB. Split it.")
TOO_MANY = sentence("There are more than %(most)s rows. Split the file.")
NO_FILE = sentence("Choose a file from your computer.")


@get("/desk/import", opt=WORKER)
async def show_import(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
) -> Template:
    own = await organisations.acting_for(reader, visitor.organisation_ids, organisation)
    return _import_page(own, "")


# The file, and what surrounds it in the form.
@post("/desk/import", opt=WORKER, request_max_body_size=MOST_UPLOADED_BYTES + 100_000)
async def upload_sheet(
    request: Browser,
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
) -> Redirect | Template:
    try:
        found = await _read(request)
    except SpreadsheetError as error:
        own = await organisations.acting_for(session, visitor.organisation_ids, organisation)
        return _import_page(own, _(error.message, **error.values))
    own = await organisations.acting_for(session, visitor.organisation_ids, organisation)
    token = await actions.keep_upload(session, visitor, own, found)
    return see_other(f"/desk/import/{token}")


@get("/desk/import/{token:str}", opt=WORKER)
async def show_upload(
    token: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Template:
    upload, own = await queries.own_upload(session, visitor, token)
    found = actions.unpacked(upload.content)
    looked = await actions.look_through(session, visitor, own, found, current_language())
    return page(
        "desk/upload.html",
        noindex=True,
        organisation=own,
        token=token,
        looked=looked,
        headers=found.headers,
        published=upload.published_at is not None,
    )


@post("/desk/import/{token:str}/publish", opt=WORKER)
async def publish_upload(
    token: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    upload, own = await queries.own_upload(session, visitor, token)
    looked = await actions.publish_upload(session, visitor, own, upload, current_language())
    flash(ngettext("%(n)s row is published.", "%(n)s rows are published.", looked.fit))
    return see_other(f"/desk/import/{token}")


@get("/desk/import/{token:str}/left/{kind:str}", opt=WORKER)
async def rows_left(
    token: FromPath[str],
    kind: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Response[bytes]:
    upload, own = await queries.own_upload(session, visitor, token)
    found = actions.unpacked(upload.content)
    looked = await actions.look_through(session, visitor, own, found, current_language())
    return download("rows-left", "xlsx" if kind == "xlsx" else "csv", _left(found, looked))


async def _read(request: Browser) -> Rows:
    """The rows and what their places mean; asked before any row of ours is read."""
    file = (await read_form(request)).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise SpreadsheetError(NO_FILE)
    content = await file.read(MOST_UPLOADED_BYTES + 1)
    if len(content) > MOST_UPLOADED_BYTES:
        raise SpreadsheetError(TOO_LARGE)
    sheet = read_sheet(file.filename, content)
    if len(sheet.rows) > MOST_UPLOADED_ROWS:
        raise SpreadsheetError(TOO_MANY, most=MOST_UPLOADED_ROWS)
    places = await _places(request.app.state.geocoder, sheet.rows)
    return Rows(sheet.rows, places, sheet.headers)


async def _places(geocoder: Geocoder, rows: tuple[SheetRow, ...]) -> dict[int, PlaceDraft]:
    """Each place once, however many rows name it; guesses mean nothing."""
    known: dict[str, PlaceDraft | None] = {}
    for text in {row.cells.get("place", "") for row in rows}:
        found = await territories.find_places(geocoder, text, current_language())
        best = found[0] if found and not found[0].guess else None
        known[text] = (
            PlaceDraft(best.lat, best.lon, best.municipality_nis, best.postcode) if best else None
        )
    meant = ((row.line, known[row.cells.get("place", "")]) for row in rows)
    return {line: place for line, place in meant if place is not None}


def _import_page(own: Organisation, problem: str) -> Template:
    return page(
        "desk/import.html",
        status=422 if problem else 200,
        noindex=True,
        organisation=own,
        problem=problem,
        most=MOST_UPLOADED_ROWS,
    )


def _left(found: Rows, looked: Looked) -> list[list[Cell]]:
    """The rows that stay behind as they were, each with its reasons."""
    names = list(found.headers)
    reasons: dict[int, list[str]] = {}
    for one in looked.problems:
        reasons.setdefault(one.line, []).append(one.reason)
    head: list[Cell] = [*found.headers.values(), _("Why it stays behind")]
    kept = [row for row in found.rows if row.line in reasons]
    return [head, *(_as_it_was(row, names, reasons[row.line]) for row in kept)]


def _as_it_was(row: SheetRow, names: list[str], reasons: list[str]) -> list[Cell]:
    return [*(row.cells.get(name, "") for name in names), " ".join(reasons)]


handlers: list[ControllerRouterHandler] = [
    show_import,
    upload_sheet,
    show_upload,
    publish_upload,
    rows_left,
]
