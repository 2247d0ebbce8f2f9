"""Who works for an organisation."""

from collections.abc import Sequence

from sqlalchemy import select

from app.accounts.models import RoleGrant
from app.accounts.rules import Role
from app.db import ReadSession


async def leads_of(reader: ReadSession, organisation_id: int) -> Sequence[int]:
    """Its administrators, who answer for it."""
    rows = await reader.scalars(
        select(RoleGrant.person_id)
        .where(
            RoleGrant.organisation_id == organisation_id,
            RoleGrant.role == Role.ORGANISATION_ADMIN.value,
            RoleGrant.ended_at.is_(None),
        )
        .order_by(RoleGrant.id)
    )
    return rows.all()
