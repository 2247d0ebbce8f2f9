"""Clients get an alias and a mandate."""

from sqlalchemy import func

from app.crypto import new_code
from app.db import Session
from app.organisations.actions.consents import end_mandates
from app.organisations.actions.notes import write_note
from app.organisations.forms import ClientDraft, MandateDraft
from app.organisations.models import Client, Mandate
from app.organisations.rules import (
    ALIAS_LENGTH,
    EVERYTHING,
    MANDATE_LIFE,
    MANDATE_TEXT,
    RevokedVia,
)
from app.territories import actions as territories
from app.territories.geocoder.port import FoundPlace


async def create_client(
    session: Session,
    organisation_id: int,
    found: FoundPlace,
    draft: ClientDraft,
    *,
    worker_id: int | None = None,
) -> Client:
    """A client under a new alias that says nothing about the person; the place is its cell only.

    The worker looks after them until they are handed over.
    """
    place = await territories.save_place(
        session,
        owner_id=None,
        lat=found.lat,
        lon=found.lon,
        nis=found.municipality_nis,
        postcode=found.postcode,
    )
    client = Client(
        organisation_id=organisation_id,
        worker_id=worker_id,
        place_id=place.id,
        alias=new_code(ALIAS_LENGTH).upper(),
        languages=list(draft.languages),
        channel=draft.channel,
    )
    session.add(client)
    await session.flush()
    if draft.note:
        await write_note(session, client.id, worker_id, draft.note)
    return client


async def give_mandate(
    session: Session, client: Client, worker_id: int, draft: MandateDraft
) -> Mandate:
    """What the client allows from now on, for twelve months; earlier words end."""
    await end_mandates(session, client, RevokedVia.REPLACED)
    client.worker_id = client.worker_id or worker_id
    mandate = Mandate(
        client_id=client.id,
        categories=EVERYTHING if draft.hosting else None,
        contact_release=draft.contact_release,
        how=draft.how,
        text_version=MANDATE_TEXT,
        language=draft.language,
        worker_id=worker_id,
        expires_at=func.now() + MANDATE_LIFE,
    )
    session.add(mandate)
    await session.flush()
    return mandate
