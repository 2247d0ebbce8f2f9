"""Who an imported row belongs to, and what was imported already."""

from sqlalchemy import select

from app.accounts.models import Person, RoleGrant
from app.accounts.queries import works_for
from app.db import ReadSession
from app.organisations.models import Organisation
from app.posts.models import ImportedRow


async def imported_post(reader: ReadSession, fingerprint: bytes) -> int | None:
    """The post that this row became, if it was imported before."""
    found: int | None = await reader.scalar(
        select(ImportedRow.post_id).where(ImportedRow.fingerprint == fingerprint)
    )
    return found


async def writer_of(reader: ReadSession, code: str) -> tuple[Person, int] | None:
    """Somebody who writes in an organisation's name, administrators first, and its id."""
    row = (
        await reader.execute(
            select(Person, Organisation.id)
            .join(RoleGrant, RoleGrant.person_id == Person.id)
            .join(Organisation, Organisation.id == RoleGrant.organisation_id)
            .where(Organisation.code == code, works_for(Organisation.id.expression))
            .order_by(RoleGrant.role.desc(), RoleGrant.id)
            .limit(1)
        )
    ).one_or_none()
    return None if row is None else (row.Person, row.id)
