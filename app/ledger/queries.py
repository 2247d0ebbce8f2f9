"""Reading the ledger, and checking that what is read is what was written."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text

from app.db import ReadSession
from app.errors import NotFoundError
from app.ledger import rules
from app.ledger.models import Entry
from app.paging import PAGE_SIZE, Page, offset

COUNTED_TO = 1_000_000
LARGEST_NUMBER = 2**63 - 1
BATCH = 1_000


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


@dataclass(frozen=True)
class Verification:
    """How many entries there are, the root over them all, and the numbers of broken ones."""

    entries: int
    root: bytes
    broken: tuple[int, ...]


def _record(entry: Entry) -> Record:
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
    return _record(found)


async def entries(reader: ReadSession, number: int) -> Page[Record]:
    """One page of the ledger, newest first."""
    number = min(max(1, number), COUNTED_TO)
    total = await reader.scalar(select(func.count()).select_from(Entry)) or 0
    rows = await reader.scalars(
        select(Entry).order_by(Entry.id.desc()).offset(offset(number)).limit(PAGE_SIZE)
    )
    items = [_record(row) for row in rows]
    return Page(items, number, total, counted_to=COUNTED_TO)


async def broken_entries(reader: ReadSession) -> Sequence[Record]:
    """Entries whose digest no longer fits their bytes, from an index that holds nothing else."""
    rows = await reader.scalars(
        select(Entry)
        .where(text("digest <> sha256('\\x00'::bytea || canonical)"))
        .order_by(Entry.id)
        .limit(PAGE_SIZE)
    )
    return [_record(row) for row in rows]


async def verify(reader: ReadSession) -> Verification:
    """Read every entry, one batch in memory at a time, and check form, digest and name."""
    tree, count, broken = rules.Tree(), 0, []
    rows = await reader.stream_scalars(
        select(Entry).order_by(Entry.id).execution_options(yield_per=BATCH)
    )
    async for row in rows:
        count += 1
        tree.add(rules.digest(row.canonical))
        if not _record(row).sound:
            broken.append(row.id)
    return Verification(count, tree.root(), tuple(broken))
