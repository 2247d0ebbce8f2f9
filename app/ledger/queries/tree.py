"""The tree as it is stored: leaves in order, tiles, what was signed, and proofs from them."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_

from app.crypto import keyring
from app.db import ReadSession
from app.errors import NotFoundError
from app.ledger.models import (
    Cosignature,
    Entry,
    Leaf,
    Log,
    Pending,
    SignedCheckpoint,
    Tile,
    Witness,
)
from app.ledger.rules import Checkpoint, PublicKey, note, tree

BATCH = 5_000
HIGHEST_LEVEL, LARGEST_NUMBER = 7, 2**63 - 1


@dataclass(frozen=True)
class Sealed:
    """A signed checkpoint and the lines that witnesses added to it."""

    checkpoint: Checkpoint
    signed: str
    signed_at: datetime
    lines: Sequence[str]

    @property
    def note(self) -> str:
        """The note with every cosignature, as anyone may keep it."""
        return self.signed + "".join(f"{line}\n" for line in self.lines)


@dataclass(frozen=True)
class Proof:
    """That a leaf stands in the tree of a checkpoint: hashes from the leaf upwards."""

    index: int
    size: int
    hashes: Sequence[bytes]


SEAL = "ledger_checkpoint"


def key_of(origin: str) -> PublicKey:
    """The key that checks what this platform signs under a name."""
    return note.public_key(origin, keyring.key(SEAL))


async def current_log(reader: ReadSession) -> Log | None:
    """The tree that grows; None before the first sealing."""
    found: Log | None = await reader.scalar(select(Log).order_by(Log.id.desc()).limit(1))
    return found


async def size_of(reader: ReadSession, log_id: int) -> int:
    """How many leaves have their place."""
    last = await reader.scalar(select(func.max(Leaf.index)).where(Leaf.log_id == log_id))
    return 0 if last is None else last + 1


async def pending(reader: ReadSession) -> int:
    """How many entries wait for their place."""
    return await reader.scalar(select(func.count()).select_from(Pending)) or 0


async def latest_checkpoint(reader: ReadSession) -> Sealed | None:
    """The newest checkpoint of the tree that grows, with its cosignatures."""
    log = await current_log(reader)
    return await checkpoint_at(reader, log.id) if log else None


async def checkpoint_at(reader: ReadSession, log_id: int, size: int | None = None) -> Sealed | None:
    """The checkpoint of this size, or the newest."""
    asked = select(SignedCheckpoint).where(SignedCheckpoint.log_id == log_id)
    if size is not None:
        asked = asked.where(SignedCheckpoint.size == size)
    row = await reader.scalar(asked.order_by(SignedCheckpoint.size.desc()).limit(1))
    if row is None:
        return None
    lines = await reader.scalars(
        select(Cosignature.line)
        .where(Cosignature.log_id == log_id, Cosignature.size == row.size)
        .order_by(Cosignature.witness_id)
    )
    return Sealed(note.read_text(row.note), row.note, row.signed_at, list(lines))


async def sizes_signed(reader: ReadSession, log_id: int) -> list[int]:
    """The sizes of all checkpoints, smallest first."""
    rows = await reader.scalars(
        select(SignedCheckpoint.size)
        .where(SignedCheckpoint.log_id == log_id)
        .order_by(SignedCheckpoint.size)
    )
    return list(rows)


async def leaf_of(reader: ReadSession, log_id: int, entry_id: int) -> int | None:
    """The place of an entry in the tree; None while it waits."""
    found: int | None = await reader.scalar(
        select(Leaf.index).where(Leaf.log_id == log_id, Leaf.entry_id == entry_id)
    )
    return found


async def sealed_entry(reader: ReadSession, entry_id: int) -> tuple[Sealed, Proof] | None:
    """The newest checkpoint that holds an entry, with the proof; None while it waits."""
    log = await current_log(reader)
    sealed = await checkpoint_at(reader, log.id) if log else None
    index = await leaf_of(reader, log.id, entry_id) if log else None
    if log is None or sealed is None or index is None or index >= sealed.checkpoint.size:
        return None
    return sealed, await inclusion(reader, log.id, index, sealed.checkpoint.size)


async def inclusion(reader: ReadSession, log_id: int, index: int, size: int) -> Proof:
    """The proof that leaf `index` stands in the first `size`; `NotFoundError` beyond the tree."""
    if not 0 <= index < size <= await size_of(reader, log_id):
        raise NotFoundError("The ledger has no entry with this number.")
    return Proof(index, size, await _hashes(reader, log_id, tree.inclusion(index, size)))


async def consistency(reader: ReadSession, log_id: int, old: int, new: int) -> list[bytes]:
    """The proof that the first `new` leaves begin with the first `old`."""
    if not 1 <= old <= new <= await size_of(reader, log_id):
        raise NotFoundError("The ledger is not so long.")
    return await _hashes(reader, log_id, tree.consistency(old, new))


async def root_at(reader: ReadSession, log_id: int, size: int) -> bytes:
    """The root over the first `size` leaves, from the tiles as they are stored."""
    return (await _hashes(reader, log_id, [(0, size)]))[0]


async def tiles(
    reader: ReadSession, log_id: int, keys: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], bytes]:
    """Tiles by level and number; those that do not exist are absent."""
    rows = await reader.execute(
        select(Tile.level, Tile.number, Tile.hashes).where(
            Tile.log_id == log_id, tuple_(Tile.level, Tile.number).in_(list(keys))
        )
    )
    return {(row.level, row.number): row.hashes for row in rows}


async def tile(reader: ReadSession, log_id: int, level: int, number: int) -> bytes:
    """The hashes of one tile; `NotFoundError` where the tree does not reach so far."""
    known = 0 <= level <= HIGHEST_LEVEL and 0 <= number <= LARGEST_NUMBER
    found = await tiles(reader, log_id, [(level, number)]) if known else {}
    if not found:
        raise NotFoundError("The ledger is not so long.")
    return found[level, number]


async def _hashes(reader: ReadSession, log_id: int, ranges: Sequence[tree.Range]) -> list[bytes]:
    needed = {tree.tile_of(node) for leaves in ranges for node in tree.cover(leaves)}
    found = await tiles(reader, log_id, needed)
    try:
        return [tree.hash_of(leaves, found) for leaves in ranges]
    except (KeyError, ValueError) as error:
        raise note.ForkError("A tile of the ledger is missing or too short.") from error


async def canonical_bytes(reader: ReadSession, log_id: int, size: int) -> AsyncIterator[bytes]:
    """The bytes of the first `size` leaves, in order, one batch in memory at a time."""
    rows = await reader.stream_scalars(
        select(Entry.canonical)
        .join(Leaf, Leaf.entry_id == Entry.id)
        .where(Leaf.log_id == log_id, Leaf.index < size)
        .order_by(Leaf.index)
        .execution_options(yield_per=BATCH)
    )
    async for raw in rows:
        yield raw


@dataclass(frozen=True)
class WitnessFacts:
    """Who holds checkpoints outside, and how far they have signed."""

    name: str
    key: str
    holder: str
    size: int | None
    signed_at: datetime | None


async def witnesses(reader: ReadSession) -> list[WitnessFacts]:
    """The witnesses of today, with the largest checkpoint each has signed."""
    log = await current_log(reader)
    signed = Cosignature.log_id == (log.id if log else 0)
    rows = await reader.execute(
        select(
            Witness.key,
            Witness.holder,
            func.max(Cosignature.size).label("size"),
            func.max(Cosignature.received_at).label("signed_at"),
        )
        .outerjoin(Cosignature, (Cosignature.witness_id == Witness.id) & signed)
        .where(Witness.removed_at.is_(None))
        .group_by(Witness.id)
        .order_by(Witness.id)
    )
    return [
        WitnessFacts(note.read_key(row.key).name, row.key, row.holder, row.size, row.signed_at)
        for row in rows
    ]
