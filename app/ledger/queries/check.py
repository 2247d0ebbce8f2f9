"""Checking everything again: each entry, each place in the tree, each checkpoint ever signed."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Row, func, select

from app.db import ReadSession
from app.ledger import rules
from app.ledger.models import Entry, Leaf, Pending, SignedCheckpoint
from app.ledger.queries import tree as stored
from app.ledger.queries.entries import record_of
from app.ledger.rules import note, tree

BATCH = 8_192
Placed = Row[int, int, str, UUID, bytes, bytes]


@dataclass
class Verification:
    """What a full recomputation found.

    `entries` counts all, `sealed` those in the tree, `root` is over these; `broken` are numbers
    of entries, `unplaced` how many neither wait nor have a place, `faults` sentences on the tree.
    """

    entries: int = 0
    sealed: int = 0
    root: bytes = b""
    broken: list[int] = field(default_factory=list)
    unplaced: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def problems(self) -> int:
        return len(self.broken) + self.unplaced + len(self.faults)


async def verify(reader: ReadSession) -> Verification:
    """Read everything, one batch in memory at a time; trust no hash that is stored."""
    found = Verification()
    log = await stored.current_log(reader)
    await _check_tree(reader, found, log.id if log else 0)
    await _check_waiting(reader, found, log.id if log else 0)
    return found


async def _check_tree(reader: ReadSession, found: Verification, log_id: int) -> None:
    notes = await _notes(reader, log_id)
    own = tree.Tree()
    _compare(found, notes, 0, own.root())
    async for batch in _leaves(reader, log_id):
        tiles = await _stored(reader, log_id, batch)
        for index, number, kind, reference, raw, digest in batch:
            if index != found.sealed:
                found.faults.append(f"leaf {found.sealed} is missing")
                return
            leaf = rules.digest(raw)
            if leaf != digest or rules.named(raw) != (kind, reference.hex):
                found.broken.append(number)
            if tiles.get(index) != leaf:
                found.faults.append(f"leaf {index} is not the entry that was sealed")
            own.add(leaf)
            found.sealed += 1
            if found.sealed in notes:
                _compare(found, notes, found.sealed, own.root())
    found.root = own.root()
    found.entries = found.sealed
    found.faults += [
        f"checkpoint {size} has more leaves than the ledger"
        for size in notes
        if size > found.sealed
    ]


async def _check_waiting(reader: ReadSession, found: Verification, log_id: int) -> None:
    placed = select(Leaf.entry_id).where(Leaf.log_id == log_id)
    rows = await reader.stream_scalars(
        select(Entry)
        .where(Entry.id.not_in(placed))
        .order_by(Entry.id)
        .execution_options(yield_per=BATCH)
    )
    waiting = 0
    async for entry in rows:
        waiting += 1
        if not record_of(entry).sound:
            found.broken.append(entry.id)
    found.entries += waiting
    known = await reader.scalar(select(func.count()).select_from(Pending)) or 0
    found.unplaced = max(0, waiting - known)


async def _notes(reader: ReadSession, log_id: int) -> dict[int, str]:
    rows = await reader.execute(
        select(SignedCheckpoint.size, SignedCheckpoint.note).where(
            SignedCheckpoint.log_id == log_id
        )
    )
    return {row.size: row.note for row in rows}


def _compare(found: Verification, notes: dict[int, str], size: int, root: bytes) -> None:
    if size not in notes:
        return
    try:
        said = note.read_text(notes[size])
    except note.NoteError:
        found.faults.append(f"checkpoint {size} cannot be read")
        return
    key = stored.key_of(said.origin)
    if (said.size, said.root) != (size, root):
        found.faults.append(f"checkpoint {size} was signed over other entries")
    if not note.is_signed_by(notes[size], key):
        found.faults.append(f"checkpoint {size} does not carry the log's signature")


async def _leaves(reader: ReadSession, log_id: int) -> AsyncIterator[Sequence[Placed]]:
    """Every leaf with its entry, in order and in large batches: a million are read every night."""
    place = -1
    while True:
        rows = await reader.execute(
            select(
                Leaf.index,
                Entry.id,
                Entry.kind,
                Entry.reference,
                Entry.canonical,
                Entry.digest,
            )
            .join(Entry, Entry.id == Leaf.entry_id)
            .where(Leaf.log_id == log_id, Leaf.index > place)
            .order_by(Leaf.index)
            .limit(BATCH)
        )
        batch = rows.all()
        if not batch:
            return
        yield batch
        place = batch[-1][0]


async def _stored(reader: ReadSession, log_id: int, batch: Sequence[Placed]) -> dict[int, bytes]:
    """Leaf hashes by place as the tiles under a batch hold them."""
    width = tree.TILE_WIDTH
    numbers = range(batch[0][0] // width, batch[-1][0] // width + 1)
    held = await stored.tiles(reader, log_id, [(0, number) for number in numbers])
    return {
        number * width + at: leaf
        for (_, number), hashes in held.items()
        for at, leaf in enumerate(tree.split_tile(hashes))
    }
