"""Clients of an organisation; whose client it is stands in every WHERE clause."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.db import ReadSession
from app.errors import NotFoundError
from app.organisations.models import Client, Mandate, Organisation
from app.organisations.queries.organisations import at_work


async def clients_of(reader: ReadSession, organisation_ids: Collection[int]) -> Sequence[Client]:
    """Clients of these organisations with their places, newest first."""
    rows = await reader.scalars(
        select(Client)
        .join(Organisation)
        .options(joinedload(Client.place), joinedload(Client.organisation))
        .where(Client.organisation_id.in_(organisation_ids), at_work(), Client.erased_at.is_(None))
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
        .where(Client.erased_at.is_(None))
    )
    if found is None:
        raise NotFoundError("There is no such client.")
    return found


async def client_by_id(reader: ReadSession, client_id: int) -> Client:
    """With the organisation; whose it is has been checked by whoever calls."""
    found = await reader.scalars(
        select(Client)
        .options(joinedload(Client.organisation), joinedload(Client.place))
        .where(Client.id == client_id)
    )
    return found.one()


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
