"""Checking everything again: each entry, each place in the tree, each checkpoint ever signed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from sqlalchemy import func, select

from app.db import ReadSession
from app.ledger import rules
from app.ledger.models import Entry, Leaf, Pending, SignedCheckpoint
from app.ledger.queries import tree as stored
from app.ledger.queries.entries import EntryRow, record_of
from app.ledger.rules import note, tree

BATCH = 2_000


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
    own, tile = tree.Tree(), _TileReader(reader, log_id)
    _compare(found, notes, 0, own.root())
    async for index, entry in _leaves(reader, log_id):
        raw = entry.canonical
        leaf = rules.digest(raw)
        if index != found.sealed:
            found.faults.append(f"leaf {found.sealed} is missing")
            return
        if not record_of(entry).sound:
            found.broken.append(entry.id)
        if await tile.leaf(index) != leaf:
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


async def _leaves(reader: ReadSession, log_id: int) -> AsyncIterator[tuple[int, EntryRow]]:
    # Plain rows: a million of them are read every night.
    rows = await reader.stream(
        select(
            Leaf.index.label("place"),
            Entry.id,
            Entry.kind,
            Entry.reference,
            Entry.canonical,
            Entry.digest,
        )
        .join(Entry, Entry.id == Leaf.entry_id)
        .where(Leaf.log_id == log_id)
        .order_by(Leaf.index)
        .execution_options(yield_per=BATCH)
    )
    async for row in rows:
        yield row.place, row


class _TileReader:
    """Leaf hashes as the tiles hold them, one tile in memory at a time."""

    def __init__(self, reader: ReadSession, log_id: int) -> None:
        self._reader, self._log_id = reader, log_id
        self._number, self._hashes = -1, list[bytes]()

    async def leaf(self, index: int) -> bytes:
        number, at = divmod(index, tree.TILE_WIDTH)
        if number != self._number:
            held = await stored.tiles(self._reader, self._log_id, [(0, number)])
            self._number, self._hashes = number, tree.split_tile(held.get((0, number), b""))
        return self._hashes[at] if at < len(self._hashes) else b""
