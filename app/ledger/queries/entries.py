"""Entries as anyone may read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import func, select, text

from app.db import ReadSession
from app.errors import NotFoundError
from app.ledger import rules
from app.ledger.models import Entry
from app.paging import PAGE_SIZE, Page, offset

COUNTED_TO = 1_000_000
LARGEST_NUMBER = 2**63 - 1


@dataclass(frozen=True)
class Record:
    """One entry as anyone may see it; without `fact` its bytes can no longer be read."""

    number: int
    canonical: bytes
    digest: bytes
    fact: rules.Fact | None

    @property
    def sound(self) -> bool:
        return self.fact is not None and rules.digest(self.canonical) == self.digest


class EntryRow(Protocol):
    """An entry as it is stored, as an object or as a plain row."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def reference(self) -> UUID: ...
    @property
    def canonical(self) -> bytes: ...
    @property
    def digest(self) -> bytes: ...


def record_of(entry: EntryRow) -> Record:
    try:
        fact = rules.read(entry.canonical)
    except ValueError:
        fact = None
    named = fact is not None and (fact.kind, fact.reference) == (entry.kind, entry.reference)
    return Record(entry.id, entry.canonical, entry.digest, fact if named else None)


async def entry(reader: ReadSession, number: int) -> Record:
    """One entry by its number, or `NotFoundError`."""
    found = await reader.get(Entry, number) if 1 <= number <= LARGEST_NUMBER else None
    if found is None:
        raise NotFoundError("The ledger has no entry with this number.")
    return record_of(found)


async def entries(reader: ReadSession, number: int) -> Page[Record]:
    """One page of the ledger, newest first."""
    number = min(max(1, number), COUNTED_TO)
    total = await reader.scalar(select(func.count()).select_from(Entry)) or 0
    rows = await reader.scalars(
        select(Entry).order_by(Entry.id.desc()).offset(offset(number)).limit(PAGE_SIZE)
    )
    items = [record_of(row) for row in rows]
    return Page(items, number, total, counted_to=COUNTED_TO)


async def broken_entries(reader: ReadSession) -> Sequence[Record]:
    """Entries whose digest no longer fits their bytes, from an index that holds nothing else."""
    rows = await reader.scalars(
        select(Entry)
        .where(text("digest <> sha256('\\x00'::bytea || canonical)"))
        .order_by(Entry.id)
        .limit(PAGE_SIZE)
    )
    return [record_of(row) for row in rows]
