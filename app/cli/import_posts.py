"""`solidare import posts FILE`: a coordinator's spreadsheet becomes posts, good rows at once."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from app import clock
from app.accounts import actions as accounts
from app.accounts import queries as people
from app.accounts.forms import ContactInput
from app.accounts.models import Person
from app.cli.servers import connected, folder_option
from app.cli.users import ContactType
from app.db import ReadSession, Session, SessionMaker, reading, transaction
from app.errors import ConflictError, InvalidError, SolidareError
from app.i18n import LANGUAGES, use_language
from app.i18n import gettext as _
from app.posts import actions, queries
from app.posts.forms.sheet_rows import RowReader
from app.posts.forms.spreadsheet import Sheet, SheetRow, read_sheet
from app.posts.rules import PlaceDraft, PostDraft, refuse_invalid
from app.settings import Settings
from app.territories import queries as territories
from app.territories.geocoder import open_geocoder
from app.territories.geocoder.port import Geocoder

# What the domain calls a field, the sheet calls a column.
COLUMNS = {"radius_km": "radius", "windows": "from", "latest_by": "to"}
BAD_ROWS = 3


@dataclass(frozen=True)
class Source:
    """In whose name rows without a contact are posted."""

    writer: Person | None = None
    organisation_id: int | None = None


@dataclass
class Report:
    """What became of the rows."""

    counts: Counter[str] = field(default_factory=Counter)
    seen: set[bytes] = field(default_factory=set)
    problems: list[dict[str, object]] = field(default_factory=list)

    def refuse(self, line: int, problems: list[tuple[str, str]]) -> None:
        self.counts["refused"] += 1
        self.problems += [
            {"line": line, "column": column, "reason": reason} for column, reason in problems
        ]

    @property
    def summary(self) -> dict[str, object]:
        names = ("rows", "imported", "already", "refused")
        return {**{name: self.counts[name] for name in names}, "problems": self.problems}


@dataclass(frozen=True)
class Importer:
    """One run over one file."""

    maker: SessionMaker
    geocoder: Geocoder
    source: Source
    language: str
    today: date
    dry_run: bool

    async def run(self, sheet: Sheet, report: Report, tick: Callable[[], None]) -> None:
        for row in sheet.rows:
            report.counts["rows"] += 1
            await self._row(row, report)
            tick()

    async def _row(self, row: SheetRow, report: Report) -> None:
        """Each row is its own transaction: a bad one takes nothing with it."""
        reader = RowReader(row, self.today, self.language)
        contact = reader.contact()
        if contact is None and self.source.writer is None:
            reader.refuse("phone", _("Give a phone or an e-mail, or name an author."))
        if contact is not None and not reader.name():
            reader.refuse("name", _("Enter the name that others may call you by."))
        draft = reader.draft(await self._place(reader))
        if draft is None or reader.problems:
            report.refuse(row.line, reader.problems)
            return
        if row.fingerprint in report.seen:
            report.counts["already"] += 1
            return
        report.seen.add(row.fingerprint)
        try:
            report.counts[await self._keep(row, reader, draft, contact)] += 1
        except InvalidError as error:
            found = [(COLUMNS.get(name, name), m) for name, ms in error.fields.items() for m in ms]
            report.refuse(row.line, found)
        except ConflictError:
            report.counts["already"] += 1
        except SolidareError as error:
            report.refuse(row.line, [("", _(error.message, **error.values))])

    async def _place(self, reader: RowReader) -> PlaceDraft | None:
        found = await territories.find_places(self.geocoder, reader.text("place"), self.language)
        if not found or found[0].guess:
            return None
        best = found[0]
        return PlaceDraft(best.lat, best.lon, best.municipality_nis, best.postcode)

    async def _keep(
        self, row: SheetRow, reader: RowReader, draft: PostDraft, contact: ContactInput | None
    ) -> str:
        refuse_invalid(draft, clock.now())
        async with transaction(self.maker) as session:
            if await queries.imported_post(session, row.fingerprint) is not None:
                return "already"
            if not self.dry_run:
                await self._publish(session, row, reader, draft, contact)
        return "imported"

    async def _publish(
        self,
        session: Session,
        row: SheetRow,
        reader: RowReader,
        draft: PostDraft,
        contact: ContactInput | None,
    ) -> None:
        writer = self.source.writer
        if contact is not None:
            writer = await accounts.find_or_register(
                session, contact, reader.name(), self.language, draft.languages
            )
        elif self.source.organisation_id is not None:
            draft = replace(draft, organisation_id=self.source.organisation_id)
        if writer is not None:
            await actions.import_post(session, writer, draft, row.fingerprint)


@click.group("import")
def import_() -> None:
    """Bring in what was kept elsewhere."""


@import_.command("posts")
@folder_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check every row, keep nothing.")
@click.option("--author", type=ContactType(), help="Posts without a contact belong to this person.")
@click.option("--organisation", help="Code: posts without a contact are in its name.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="fr", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
def import_posts(
    *,
    folder: Path,
    file: Path,
    dry_run: bool,
    author: ContactInput | None,
    organisation: str | None,
    language: str,
    as_json: bool,
) -> None:
    """Publish the needs and offers of a CSV or XLSX file; bad rows are named, good ones kept."""
    use_language(language)
    try:
        sheet = read_sheet(file.name, file.read_bytes())
    except SolidareError as error:
        raise click.ClickException(_(error.message, **error.values)) from error
    report = asyncio.run(
        _import(
            folder,
            sheet,
            author=author,
            organisation=organisation,
            language=language,
            dry_run=dry_run,
        )
    )
    if as_json:
        click.echo(json.dumps(report.summary, ensure_ascii=False))
    else:
        _print(report, sheet, dry_run=dry_run)
    if report.counts["refused"]:
        raise SystemExit(BAD_ROWS)


async def _import(
    folder: Path,
    sheet: Sheet,
    *,
    author: ContactInput | None,
    organisation: str | None,
    language: str,
    dry_run: bool,
) -> Report:
    report = Report()
    async with connected(folder) as (settings, maker):
        async with reading(maker) as reader:
            source = await _source(reader, author, organisation)
        importer = _importer(settings, maker, source, language, dry_run)
        with Progress(console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task(_("Importing"), total=len(sheet.rows))
            await importer.run(sheet, report, lambda: progress.advance(bar))
    return report


def _importer(
    settings: Settings, maker: SessionMaker, source: Source, language: str, dry_run: bool
) -> Importer:
    today = clock.local(clock.now()).date()
    return Importer(maker, open_geocoder(settings.geocoder), source, language, today, dry_run)


async def _source(
    reader: ReadSession, author: ContactInput | None, organisation: str | None
) -> Source:
    if author is not None and organisation is not None:
        raise click.UsageError("Give --author or --organisation, not both.")
    if author is not None:
        person = await people.person_with(reader, author)
        if person is None:
            raise click.ClickException(f"Nobody signs in with {author.value}.")
        return Source(person)
    if organisation is not None:
        found = await queries.writer_of(reader, organisation)
        if found is None:
            raise click.ClickException(f"Nobody works for an organisation {organisation}.")
        return Source(*found)
    return Source()


def _print(report: Report, sheet: Sheet, *, dry_run: bool) -> None:
    console = Console()
    if sheet.unknown:
        console.print(f"Columns left out: {', '.join(sheet.unknown)}", style="yellow", markup=False)
    if report.problems:
        table = Table("Line", "Column", "Reason")
        for problem in report.problems:
            column = str(problem["column"])
            table.add_row(
                str(problem["line"]), sheet.headers.get(column, column), str(problem["reason"])
            )
        console.print(table)
    counts = report.counts
    verb = "would be imported" if dry_run else "imported"
    console.print(
        f"{counts['rows']} rows: {counts['imported']} {verb}, "
        f"{counts['already']} imported before, {counts['refused']} refused."
    )
