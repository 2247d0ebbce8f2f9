"""Witnesses outside: who may sign after us, and keeping what they signed."""

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.db import Session
from app.errors import ConflictError, NotFoundError
from app.ledger import queries
from app.ledger.models import Cosignature, Witness
from app.ledger.rules import note


async def add_witness(session: Session, key: str, holder: str) -> None:
    """Let an organisation sign our checkpoints; `NoteError` for a key of another form."""
    read = note.read_key(key)
    if read.kind != note.WITNESS:
        raise note.NoteError("This is not the key of a witness.")
    await session.execute(
        insert(Witness)
        .values(key=str(read), holder=holder)
        .on_conflict_do_update(index_elements=["key"], set_={"holder": holder, "removed_at": None})
    )


async def remove_witness(session: Session, name: str) -> None:
    """Accept no more signatures of this witness; what it signed stays."""
    known = await session.scalars(select(Witness).where(Witness.removed_at.is_(None)))
    ids = [row.id for row in known if note.read_key(row.key).name == name]
    if not ids:
        raise NotFoundError("No witness has this name.")
    await session.execute(update(Witness).where(Witness.id.in_(ids)).values(removed_at=func.now()))


async def cosign(session: Session, size: int, line: str) -> None:
    """Keep a witness's signature of the checkpoint of this size; again changes nothing."""
    log = await queries.current_log(session)
    sealed = await queries.checkpoint_at(session, log.id, size) if log else None
    if log is None or sealed is None:
        raise NotFoundError("The ledger has no checkpoint of this size.")
    rows = list(await session.scalars(select(Witness).where(Witness.removed_at.is_(None))))
    signer = note.cosigner(sealed.checkpoint.text, line, [note.read_key(row.key) for row in rows])
    if signer is None:
        raise ConflictError("No known witness has signed this checkpoint so.")
    witness = next(row for row in rows if row.key == str(signer))
    await session.execute(
        insert(Cosignature)
        .values(log_id=log.id, size=size, witness_id=witness.id, line=line)
        .on_conflict_do_nothing()
    )
