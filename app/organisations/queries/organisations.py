"""Organisations by code, by whom they wait for, and by who works there."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, select

from app.db import ReadSession
from app.errors import NotAllowedError, NotFoundError
from app.organisations.models import Organisation


def at_work() -> ColumnElement[bool]:
    """Checked, neither stopped nor closed."""
    return and_(
        Organisation.verified_at.is_not(None),
        Organisation.suspended_at.is_(None),
        Organisation.closed_at.is_(None),
    )


async def organisation_by_code(reader: ReadSession, code: str) -> Organisation:
    found: Organisation | None = await reader.scalar(
        select(Organisation).where(Organisation.code == code)
    )
    if found is None:
        raise NotFoundError("There is no such organisation.")
    return found


async def waiting_organisations(reader: ReadSession) -> Sequence[Organisation]:
    """Those that asked to join and were not checked yet, oldest first."""
    rows = await reader.scalars(
        select(Organisation)
        .where(Organisation.verified_at.is_(None), Organisation.closed_at.is_(None))
        .order_by(Organisation.applied_at, Organisation.id)
    )
    return rows.all()


async def own_organisations(reader: ReadSession, ids: Collection[int]) -> Sequence[Organisation]:
    """Those of these that may work now, by name."""
    rows = await reader.scalars(
        select(Organisation)
        .where(Organisation.id.in_(ids), at_work())
        .order_by(Organisation.name, Organisation.id)
    )
    return rows.all()


async def acting_for(reader: ReadSession, ids: Collection[int], code: str = "") -> Organisation:
    """The one of these with this code, or the first; only those that may work now."""
    own = await own_organisations(reader, ids)
    chosen = next((one for one in own if one.code == code), None) if code else next(iter(own), None)
    if chosen is None:
        raise NotAllowedError("This organisation is not verified yet, or it is stopped.")
    return chosen
