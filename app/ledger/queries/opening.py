"""What a receipt carries so that its holder can show that one entry is theirs, and no other."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.db import ReadSession
from app.ledger import rules
from app.ledger.models import SubjectKey
from app.ledger.rules import SubjectKind


@dataclass(frozen=True)
class Opening:
    """The subject's number and k_x: together they give one commitment of one entry."""

    subject: UUID
    secret: bytes


async def opening_of(
    reader: ReadSession, subject: tuple[SubjectKind, int], reference: UUID
) -> Opening | None:
    """The opening of a subject's entry; None where the key was deleted."""
    kind, ref = subject
    key = await reader.scalar(
        select(SubjectKey).where(
            SubjectKey.subject_kind == kind.value, SubjectKey.subject_ref == ref
        )
    )
    return Opening(key.subject, rules.opening(key.secret, reference)) if key else None
