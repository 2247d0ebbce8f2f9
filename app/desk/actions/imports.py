"""A spreadsheet from the desk: looked through first, published by a second yes, nothing twice."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import func, select

from app import clock
from app.accounts import actions as accounts
from app.accounts import queries as people
from app.accounts.forms import ContactInput
from app.accounts.models import Person
from app.accounts.rules import Visitor
from app.crypto import new_token, token_hash
from app.db import Session
from app.errors import InvalidError, SolidareError
from app.i18n import gettext as _
from app.i18n import sentence
from app.organisations.models import Organisation, Registration, Upload
from app.posts import actions as posts
from app.posts import queries
from app.posts.forms.sheet_rows import RowReader
from app.posts.forms.spreadsheet import SheetRow
from app.posts.rules import PlaceDraft, PostDraft, refuse_invalid

# What the domain calls a field, the sheet calls a column.
COLUMNS = {"radius_km": "radius", "windows": "from", "latest_by": "to"}
KNOWN = sentence("Somebody takes part with this contact already. They post it themselves.")


@dataclass(frozen=True)
class Problem:
    """Why a row stays behind; the column is empty where it is about the whole row."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True)
class Looked:
    """What became, or would become, of the rows."""

    fit: int
    already: int
    problems: Sequence[Problem]

    @property
    def refused(self) -> int:
        return len({problem.line for problem in self.problems})


@dataclass(frozen=True)
class Rows:
    """Rows of a sheet with the place that each means, and the words of the heading."""

    rows: Sequence[SheetRow]
    places: Mapping[int, PlaceDraft]
    headers: Mapping[str, str]


async def keep_upload(
    session: Session, visitor: Visitor, organisation: Organisation, found: Rows
) -> str:
    """Keep the rows for a day, so that the second yes is about the very same; gives the token."""
    token = new_token()
    session.add(
        Upload(
            token_hash=token_hash(token),
            organisation_id=organisation.id,
            person_id=visitor.person_id,
            content=_packed(found),
        )
    )
    await session.flush()
    return token


async def look_through(
    session: Session, visitor: Visitor, organisation: Organisation, found: Rows, language: str
) -> Looked:
    """What would become of each row; nothing is published."""
    return await _go_through(session, visitor, organisation, found, language, publish=False)


async def publish_upload(
    session: Session, visitor: Visitor, organisation: Organisation, upload: Upload, language: str
) -> Looked:
    """Publish the rows that fit, once; rows published before stay as they are."""
    found = unpacked(upload.content)
    looked = await _go_through(session, visitor, organisation, found, language, publish=True)
    upload.published_at = await session.scalar(select(func.now()))
    return looked


async def _go_through(
    session: Session,
    visitor: Visitor,
    organisation: Organisation,
    found: Rows,
    language: str,
    *,
    publish: bool,
) -> Looked:
    today = clock.local(clock.now()).date()
    problems: list[Problem] = []
    fit, already, seen = 0, 0, set[bytes]()
    for row in found.rows:
        reader = RowReader(row, today, language)
        desk = _Desk(session, visitor, organisation, reader)
        try:
            draft = await desk.draft(found.places.get(row.line))
            if row.fingerprint in seen or await queries.imported_post(session, row.fingerprint):
                already += 1
                continue
            seen.add(row.fingerprint)
            if publish:
                async with session.begin_nested():
                    await desk.publish(draft)
            fit += 1
        except InvalidError as error:
            problems += _told(row.line, error)
        except SolidareError as error:
            problems.append(Problem(row.line, "", _(error.message, **error.values)))
    return Looked(fit, already, problems)


@dataclass(frozen=True)
class _Desk:
    """One row in the hands of one worker."""

    session: Session
    visitor: Visitor
    organisation: Organisation
    reader: RowReader

    async def draft(self, place: PlaceDraft | None) -> PostDraft:
        """What the row says; `InvalidError` by column."""
        contact = self.reader.contact()
        if contact is not None and not self.reader.name():
            self.reader.refuse("name", _("Enter the name that others may call you by."))
        if contact is not None and await people.person_with(self.session, contact) is not None:
            self.reader.refuse(contact.kind, _(KNOWN))
        draft = self.reader.draft(place)
        if draft is None or self.reader.problems:
            raise InvalidError(_by_column(self.reader.problems))
        if contact is None:
            draft = replace(draft, organisation_id=self.organisation.id)
        refuse_invalid(draft, clock.now())
        return draft

    async def publish(self, draft: PostDraft) -> None:
        contact = self.reader.contact()
        writer = await self._writer(contact, draft) if contact else await self._self()
        await posts.import_post(self.session, writer, draft, self.reader.row.fingerprint)

    async def _self(self) -> Person:
        return await people.person(self.session, self.visitor.person_id)

    async def _writer(self, contact: ContactInput, draft: PostDraft) -> Person:
        """Somebody new, written down by this desk."""
        person = await accounts.find_or_register(
            self.session, contact, self.reader.name(), self.reader.language, draft.languages
        )
        self.session.add(
            Registration(
                person_id=person.id,
                organisation_id=self.organisation.id,
                worker_id=self.visitor.person_id,
                identity_seen=False,
            )
        )
        await self.session.flush()
        return person


def _by_column(problems: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for column, reason in problems:
        found.setdefault(column, []).append(reason)
    return found


def _told(line: int, error: InvalidError) -> list[Problem]:
    return [
        Problem(line, COLUMNS.get(name, name), reason)
        for name, reasons in error.fields.items()
        for reason in reasons
    ]


def _packed(found: Rows) -> str:
    return json.dumps(
        {
            "headers": dict(found.headers),
            "rows": [[row.line, row.cells] for row in found.rows],
            "places": {str(line): asdict(place) for line, place in found.places.items()},
        }
    )


def unpacked(content: str) -> Rows:
    """The inverse of what was kept."""
    kept = json.loads(content)
    return Rows(
        rows=[SheetRow(line, cells) for line, cells in kept["rows"]],
        places={int(line): PlaceDraft(**place) for line, place in kept["places"].items()},
        headers=kept["headers"],
    )
