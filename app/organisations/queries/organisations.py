"""Organisations by code, by whom they wait for, and by who works there."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, func, select

from app.accounts.models import Person
from app.accounts.rules import Visitor, may_lead, may_work_for
from app.db import ReadSession
from app.errors import NotAllowedError, NotFoundError
from app.organisations.models import Decision, Organisation


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
        .where(
            Organisation.verified_at.is_(None),
            Organisation.refused_at.is_(None),
            Organisation.closed_at.is_(None),
        )
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


async def led_organisation(reader: ReadSession, visitor: Visitor, code: str) -> Organisation:
    """The organisation of this code, for its administrators alone."""
    organisation = await organisation_by_code(reader, code)
    if may_lead(visitor, organisation.id):
        return organisation
    if may_work_for(visitor, organisation.id):
        raise NotAllowedError("Only an administrator of your organisation can see this.")
    raise NotFoundError("There is no such organisation.")


async def staffed_organisation(reader: ReadSession, visitor: Visitor, code: str) -> Organisation:
    """The organisation of this code, for whoever works there."""
    organisation = await organisation_by_code(reader, code)
    if not may_work_for(visitor, organisation.id):
        raise NotFoundError("There is no such organisation.")
    return organisation


async def decisions_about(
    reader: ReadSession, organisation_id: int
) -> Sequence[tuple[Decision, str | None]]:
    """What moderators decided and who they were, newest first."""
    rows = await reader.execute(
        select(Decision, Person.name)
        .outerjoin(Person, Person.id == Decision.decided_by)
        .where(Decision.organisation_id == organisation_id)
        .order_by(Decision.id.desc())
        .limit(20)
    )
    return [(row.Decision, row.name) for row in rows]


async def directory(reader: ReadSession) -> Sequence[Organisation]:
    """Every organisation that may work here now, by name."""
    rows = await reader.scalars(
        select(Organisation).where(at_work()).order_by(func.lower(Organisation.name)).limit(500)
    )
    return rows.all()
