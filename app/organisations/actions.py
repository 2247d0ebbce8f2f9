"""Organisations join and are checked; clients get an alias, a mandate and consents."""

from datetime import date, datetime, time

from sqlalchemy import func, select, update

from app.accounts import actions as accounts
from app.accounts.models import Person
from app.accounts.rules import Role
from app.clock import BRUSSELS
from app.crypto import new_code
from app.db import Session
from app.errors import ConflictError
from app.organisations.forms import ClientDraft, MandateDraft, OrganisationDraft
from app.organisations.models import Client, Consent, Mandate, Organisation
from app.organisations.rules import (
    ALIAS_LENGTH,
    EVERYTHING,
    MANDATE_LIFE,
    MANDATE_TEXT,
    ConsentPurpose,
)
from app.territories import actions as territories
from app.territories.geocoder.port import FoundPlace


async def apply_organisation(
    session: Session, person_id: int, draft: OrganisationDraft
) -> Organisation:
    """Ask to join; nothing may be done in its name before a moderator has checked it.

    The same name from the same person is one question, however often it is sent.
    """
    earlier = await _asked_already(session, person_id, draft.name)
    if earlier is not None:
        return earlier
    organisation = Organisation(
        code=new_code(),
        name=draft.name,
        kind=draft.kind,
        enterprise_number=draft.enterprise_number,
        phone=draft.phone,
        desk=draft.desk,
        languages=list(draft.languages),
        insured_until=draft.insured_until,
        applied_by=person_id,
    )
    session.add(organisation)
    await session.flush()
    return organisation


async def _asked_already(session: Session, person_id: int, name: str) -> Organisation | None:
    """A twin of the request waits at the person's row until the first has been kept."""
    await session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    found: Organisation | None = await session.scalar(
        select(Organisation).where(
            Organisation.applied_by == person_id,
            Organisation.name == name,
            Organisation.verified_at.is_(None),
            Organisation.closed_at.is_(None),
        )
    )
    return found


async def verify_organisation(
    session: Session, moderator_id: int, organisation: Organisation
) -> None:
    """Let it work; whoever asked to join becomes its first administrator."""
    verified = await session.scalar(
        update(Organisation)
        .where(Organisation.id == organisation.id, Organisation.verified_at.is_(None))
        .values(verified_at=func.now())
        .returning(Organisation.applied_by)
        .execution_options(synchronize_session=False)
    )
    if verified is None:
        raise ConflictError("This organisation is checked already.")
    await session.refresh(organisation)
    await accounts.grant(
        session, verified, Role.ORGANISATION_ADMIN, organisation.id, granted_by=moderator_id
    )


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
