"""Organisations and their clients; whose client it is stands in every WHERE clause."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import joinedload

from app.db import ReadSession
from app.errors import NotAllowedError, NotFoundError
from app.organisations.models import Client, Mandate, Organisation


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


async def clients_of(reader: ReadSession, organisation_ids: Collection[int]) -> Sequence[Client]:
    """Clients of these organisations with their places, newest first."""
    rows = await reader.scalars(
        select(Client)
        .join(Organisation)
        .options(joinedload(Client.place), joinedload(Client.organisation))
        .where(Client.organisation_id.in_(organisation_ids), at_work())
        .order_by(Client.id.desc())
        .limit(200)
    )
    return rows.all()


async def client_by_alias(
    reader: ReadSession, organisation_ids: Collection[int], alias: str
) -> Client:
    """A client of one of these organisations; another's client does not exist here."""
    found: Client | None = await reader.scalar(
        select(Client)
        .join(Organisation)
        .options(joinedload(Client.place), joinedload(Client.organisation))
        .where(Client.alias == alias, Client.organisation_id.in_(organisation_ids), at_work())
    )
    if found is None:
        raise NotFoundError("There is no such client.")
    return found


async def live_mandate(reader: ReadSession, client_id: int) -> Mandate | None:
    """What the client allows now, the newest word first."""
    found: Mandate | None = await reader.scalar(
        select(Mandate)
        .where(
            Mandate.client_id == client_id,
            Mandate.revoked_at.is_(None),
            Mandate.expires_at > func.now(),
        )
        .order_by(Mandate.given_at.desc(), Mandate.id.desc())
        .limit(1)
    )
    return found
