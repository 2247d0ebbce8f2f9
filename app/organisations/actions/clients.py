"""Clients get an alias, a mandate and consents."""

from datetime import date, datetime, time

from sqlalchemy import func, update

from app.clock import BRUSSELS
from app.crypto import new_code
from app.db import Session
from app.organisations.forms import ClientDraft, MandateDraft
from app.organisations.models import Client, Consent, Mandate
from app.organisations.rules import (
    ALIAS_LENGTH,
    EVERYTHING,
    MANDATE_LIFE,
    MANDATE_TEXT,
    ConsentPurpose,
)
from app.territories import actions as territories
from app.territories.geocoder.port import FoundPlace


async def create_client(
    session: Session, organisation_id: int, found: FoundPlace, draft: ClientDraft
) -> Client:
    """A client under a new alias that says nothing about the person; the place is its cell only."""
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
        place_id=place.id,
        alias=new_code(ALIAS_LENGTH).upper(),
        languages=list(draft.languages),
        channel=draft.channel,
        note=draft.note,
    )
    session.add(client)
    await session.flush()
    return client


async def give_mandate(
    session: Session, client: Client, worker_id: int, draft: MandateDraft
) -> Mandate:
    """What the client allows from now on, for twelve months; earlier words end."""
    await revoke_mandate(session, client)
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


async def revoke_mandate(session: Session, client: Client) -> None:
    """The client takes the mandate back at the desk."""
    await session.execute(
        update(Mandate)
        .where(Mandate.client_id == client.id, Mandate.revoked_at.is_(None))
        .values(revoked_at=func.now(), revoked_via="desk")
    )


async def say_how_consent_was_given(
    session: Session, *, client_id: int, post_id: int, how: str, day: date | None, text_read: str
) -> None:
    """Complete the consent that was recorded when a client's post was published."""
    values: dict[str, object] = {"how": how, "text_read": text_read}
    if day is not None:
        values["given_at"] = datetime.combine(day, time(12), BRUSSELS)
    await session.execute(
        update(Consent)
        .where(
            Consent.client_id == client_id,
            Consent.ref == post_id,
            Consent.purpose == ConsentPurpose.PUBLISH.value,
        )
        .values(**values)
    )
