"""Organisations at work, their caseworkers and their clients."""

from app.accounts.actions import grant
from app.accounts.models import Person
from app.accounts.rules import Role
from app.clock import now
from app.crypto import new_code
from app.db import Session
from app.organisations import actions
from app.organisations.forms import ClientDraft, MandateDraft
from app.organisations.models import Client, Organisation
from app.territories.geocoder.gazetteer import find_places
from tests.factories.accounts import make_person


async def an_organisation(
    session: Session, name: str = "Le Relais", **columns: object
) -> Organisation:
    """Verified, unless told otherwise."""
    facts: dict[str, object] = {
        "code": new_code(),
        "name": name,
        "kind": "association",
        "phone": "+3225123456",
        "desk": "Rue du Relais 1, 1060, Mon-Fri 9-12",
        "languages": ["fr"],
        "verified_at": now(),
    }
    organisation = Organisation(**{**facts, **columns})
    session.add(organisation)
    await session.flush()
    return organisation


async def a_caseworker(
    session: Session, organisation: Organisation, name: str = "Fatou", role: Role = Role.CASEWORKER
) -> Person:
    person = await make_person(session, name=name)
    await grant(session, person.id, role, organisation.id)
    return person


async def a_client(session: Session, organisation: Organisation) -> Client:
    place = find_places("1060")[0]
    return await actions.create_client(
        session, organisation.id, place, ClientDraft(("ar",), "none", None)
    )


async def a_mandate(
    session: Session, client: Client, worker: Person, *, hosting: bool = False
) -> None:
    draft = MandateDraft(how="oral", language="ar", hosting=hosting, contact_release=True)
    await actions.give_mandate(session, client, worker.id, draft)
