"""Sealing, in this order: places and tiles are committed; then read again, compared, and signed.

What is signed was read back from the database first: a wrong tile can be mended, a signature not.
Before signing, the tree is compared with every checkpoint that somebody outside still holds:
after a restore from an old backup the ledger would else grow a second, different history.
"""

from collections.abc import Sequence

from sqlalchemy import Select, delete, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from app.crypto import keyring
from app.db import Session
from app.ledger import queries
from app.ledger.models import Check, Entry, Leaf, Log, Pending, SignedCheckpoint, Tile
from app.ledger.queries import Verification
from app.ledger.queries.tree import SEAL
from app.ledger.rules import Checkpoint, note, tree

AT_ONCE = 10_000


async def take_places(session: Session, origin: str) -> int:
    """Give waiting entries the next places in the tree, oldest first; how many.

    `origin` names the tree, if this is its first entry.
    """
    await _one_sealer(session)
    log = await _log(session, origin)
    rows = (await session.execute(_oldest_waiting())).all()
    if not rows:
        return 0
    size = await queries.size_of(session, log.id)
    places = [
        {"log_id": log.id, "index": size + at, "entry_id": row.id} for at, row in enumerate(rows)
    ]
    await session.execute(insert(Leaf), places)
    await _grow(session, log.id, size, [row.digest for row in rows])
    taken = [row.id for row in rows]
    await session.execute(delete(Pending).where(Pending.entry_id.in_(taken)))
    return len(rows)


async def sign_checkpoint(session: Session, held: Sequence[str] = ()) -> str | None:
    """Sign the tree as it stands and return the note; None while there is nothing to sign.

    `held` are notes that others keep; `ForkError` where one of them, or an earlier signature of
    our own, does not agree with the tree.
    """
    await _one_sealer(session)
    log = await queries.current_log(session)
    size = await queries.size_of(session, log.id) if log else 0
    for outside in held:
        await _compare(session, log, size, outside)
    if log is None or size == 0:
        return None
    before = await queries.checkpoint_at(session, log.id)
    if before is not None:
        await _compare(session, log, size, before.signed)
        if before.checkpoint.size == size:
            return before.signed
    checkpoint = Checkpoint(log.origin, size, await queries.root_at(session, log.id, size))
    signed = note.signed(checkpoint, keyring.key(SEAL))
    session.add(SignedCheckpoint(log_id=log.id, size=size, note=signed))
    await session.flush()
    return signed


async def _compare(session: Session, log: Log | None, size: int, outside: str) -> None:
    said = note.read_text(outside)
    key = queries.key_of(said.origin)
    if not note.is_signed_by(outside, key):
        raise note.ForkError("A checkpoint kept outside was not signed by this ledger.")
    if log is not None and said.origin != log.origin:
        if log.quotes is not None and said.origin == note.read_text(log.quotes).origin:
            return
        raise note.ForkError("A checkpoint kept outside belongs to another ledger.")
    if log is None or said.size > size:
        raise note.ForkError(
            f"A checkpoint kept outside covers {said.size} entries, this ledger has {size}."
        )
    if await queries.root_at(session, log.id, said.size) != said.root:
        raise note.ForkError(f"The first {said.size} entries are not those that were signed.")


async def begin_again(session: Session, origin: str, reason: str, held: str) -> Log:
    """End a tree that cannot be mended: all entries join a new one, which quotes the old.

    `held` is the last checkpoint of the old tree, kept outside; `reason` is published with it.
    """
    await _one_sealer(session)
    said = note.read_text(held)
    if not note.is_signed_by(held, queries.key_of(said.origin)):
        raise note.ForkError("A checkpoint kept outside was not signed by this ledger.")
    log = Log(origin=origin, quotes=held, reason=reason)
    session.add(log)
    await session.flush()
    everything = select(Entry.id)
    await session.execute(
        upsert(Pending).from_select(["entry_id"], everything).on_conflict_do_nothing()
    )
    return log


async def note_check(session: Session, found: Verification) -> None:
    """Keep what a full recomputation found."""
    session.add(Check(entries=found.entries, problems=found.problems, root=found.root))
    await session.flush()


async def _one_sealer(session: Session) -> None:
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('ledger', 0))"))


async def _log(session: Session, origin: str) -> Log:
    log = await queries.current_log(session)
    if log is None:
        log = Log(origin=origin)
        session.add(log)
        await session.flush()
    return log


def _oldest_waiting() -> Select[*tuple[int, bytes]]:
    return (
        select(Entry.id, Entry.digest)
        .join(Pending, Pending.entry_id == Entry.id)
        .order_by(Entry.id)
        .limit(AT_ONCE)
    )


async def _grow(session: Session, log_id: int, size: int, leaves: Sequence[bytes]) -> None:
    last = await queries.tiles(session, log_id, tree.open_tiles(size))
    changed = tree.grown(last, size, leaves)
    rows = [
        {"log_id": log_id, "level": level, "number": number, "hashes": hashes}
        for (level, number), hashes in changed.items()
    ]
    add = upsert(Tile)
    await session.execute(
        add.on_conflict_do_update(
            index_elements=["log_id", "level", "number"], set_={"hashes": add.excluded.hashes}
        ),
        rows,
    )
