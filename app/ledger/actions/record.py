"""Writing the ledger: in the transaction of the act it records, and never again."""

import secrets
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.db import Session
from app.ledger import rules
from app.ledger.models import Entry, Pending, SubjectKey
from app.ledger.rules import Fact, Kind, SubjectKind

Subject = tuple[SubjectKind, int]


async def record(
    session: Session,
    *,
    reference: UUID,
    group: str,
    month: str,
    commune: str,
    completed_there: int,
    quantity: int,
    unit: str,
    giver: Subject,
    receiver: Subject,
) -> Entry:
    """Write down that an exchange was completed; a second entry for it is an `IntegrityError`.

    `completed_there` counts the completed exchanges of the commune, this one included.
    """
    fact = Fact(
        kind=Kind.EXCHANGE,
        reference=reference,
        group=group,
        month=month,
        area=rules.named_area(commune, completed_there),
        quantity=quantity,
        unit=unit,
        giver=await _commitment(session, giver, reference),
        receiver=await _commitment(session, receiver, reference),
    )
    raw = rules.canonical(fact)
    entry = Entry(
        kind=fact.kind.value, reference=reference, canonical=raw, digest=rules.digest(raw)
    )
    session.add(entry)
    await session.flush()
    session.add(Pending(entry_id=entry.id))
    await session.flush()
    return entry


async def _commitment(session: Session, subject: Subject, reference: UUID) -> bytes:
    key = await key_of(session, subject)
    return rules.commitment(rules.opening(key.secret, reference), key.subject)


async def key_of(session: Session, subject: Subject) -> SubjectKey:
    """The subject's key, made when it first meets the ledger."""
    kind, ref = subject
    await session.execute(
        insert(SubjectKey)
        .values(
            subject=UUID(bytes=secrets.token_bytes(16)),
            subject_kind=kind.value,
            subject_ref=ref,
            secret=secrets.token_bytes(32),
        )
        .on_conflict_do_nothing(index_elements=["subject_kind", "subject_ref"])
    )
    return (
        await session.scalars(
            select(SubjectKey).where(
                SubjectKey.subject_kind == kind.value, SubjectKey.subject_ref == ref
            )
        )
    ).one()
