"""Who stands up for a helper, and who waits for somebody who does."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.accounts.models import Person
from app.accounts.rules import Visitor
from app.db import ReadSession
from app.posts.models import Attestation
from app.posts.rules.attested import Known, Standing, is_known_enough
from app.posts.rules.taxonomy import by_number

MOST_ROWS = 100


async def known_of(reader: ReadSession, person_id: int) -> Known:
    """What was confirmed about a person and still holds."""
    rows = await reader.execute(
        select(Attestation.kind, func.count().label("n"))
        .where(
            Attestation.person_id == person_id,
            Attestation.confirmed_at.is_not(None),
            Attestation.revoked_at.is_(None),
        )
        .group_by(Attestation.kind)
    )
    counts = {row.kind: row.n for row in rows}
    return Known(bool(counts.get(Standing.IDENTITY.value)), counts.get(Standing.REFERENCE.value, 0))


async def is_attested(reader: ReadSession, visitor: Visitor, category: int) -> bool:
    """True where the person may visit for help of this kind."""
    found = by_number(category)
    return found.is_visit and is_known_enough(found, await known_of(reader, visitor.person_id))


async def attestations_of(reader: ReadSession, person_id: int) -> Sequence[Attestation]:
    """What a person asked for and has, oldest first."""
    rows = await reader.scalars(
        select(Attestation)
        .where(Attestation.person_id == person_id, Attestation.revoked_at.is_(None))
        .order_by(Attestation.id)
    )
    return rows.all()


async def waiting_attestations(reader: ReadSession) -> Sequence[tuple[Attestation, Person]]:
    """Helpers who wait until somebody confirms who they are, oldest first."""
    rows = await reader.execute(
        select(Attestation, Person)
        .join(Person, Person.id == Attestation.person_id)
        .where(Attestation.confirmed_at.is_(None), Attestation.revoked_at.is_(None))
        .order_by(Attestation.id)
        .limit(MOST_ROWS)
    )
    return rows.all()
