"""People, their roles and an organisation with clients, as the platform knows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from sqlalchemy import func, select, update

from app.accounts import actions as accounts
from app.accounts.models import Contact, Person
from app.accounts.queries import grants_of
from app.accounts.rules import Role, Visitor, contact_lookup
from app.cli.demo.people import SAINT_GILLES, Neighbour
from app.cli.demo.places import draw_place_in
from app.clock import now
from app.db import ReadSession, Session
from app.organisations import actions as organisations
from app.organisations.forms import ClientDraft, DeskDraft, MandateDraft, OrganisationDraft
from app.organisations.models import Client, Mandate, Organisation
from app.organisations.rules import Channel, Manner, OrganisationKind, Verdict
from app.territories import actions as territories
from app.territories.geocoder.port import FoundPlace, Precision
from app.territories.geocoder.shipped import municipalities

ORGANISATION = "Maison des Voisins"
CLIENTS = 30
# Every so many clients: one of Nadia's, one with a mandate that ends, one whose note is written.
NADIAS, ENDING, NOTED = 3, 11, 4
A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Resident:
    """Somebody of the demo, known to the platform."""

    neighbour: Neighbour
    visitor: Visitor


@dataclass(frozen=True)
class House:
    """The organisation and those it speaks for."""

    id: int
    clients: tuple[int, ...]


async def find_person(reader: ReadSession, neighbour: Neighbour) -> Person | None:
    kind = "phone" if neighbour.phone else "email"
    found: Person | None = await reader.scalar(
        select(Person)
        .join(Contact, Contact.person_id == Person.id)
        .where(Contact.lookup == contact_lookup(kind, neighbour.contact))
    )
    return found


async def settle(session: Session, neighbour: Neighbour) -> Resident:
    """Register somebody who is new; those who are here already stay as they are."""
    person = await find_person(session, neighbour)
    if person is None:
        person = await accounts.register_person(
            session,
            name=neighbour.name,
            language=neighbour.language,
            languages=neighbour.languages,
            email=neighbour.email,
            phone=neighbour.phone,
        )
    grants = await grants_of(session, person.id)
    return Resident(neighbour, Visitor(person.id, person.name, person.language, grants))


async def settle_personas(
    session: Session, random: Random, personas: Iterable[Neighbour]
) -> tuple[dict[str, Resident], House]:
    """The people of the design with their homes and roles, and their organisation."""
    residents = {one.key: await settle(session, one) for one in personas}
    for resident in residents.values():
        await _choose_home(session, resident)
    house = await _open_house(session, random, residents)
    for key, role, organisation_id in (
        ("fatou", Role.CASEWORKER, house.id),
        ("nadia", Role.ORGANISATION_ADMIN, house.id),
        ("claire", Role.MODERATOR, None),
        ("hilde", Role.COORDINATOR, None),
    ):
        one = residents[key]
        await accounts.grant(session, one.visitor.person_id, role, organisation_id)
        grants = await grants_of(session, one.visitor.person_id)
        residents[key] = Resident(one.neighbour, replace(one.visitor, grants=grants))
    return residents, house


async def _choose_home(session: Session, resident: Resident) -> None:
    home, person_id = resident.neighbour.place, resident.visitor.person_id
    place = await territories.save_place(
        session,
        owner_id=person_id,
        lat=home.lat,
        lon=home.lon,
        nis=home.nis,
        postcode=home.postcode,
    )
    await territories.choose_home(session, person_id, place.id)


async def _open_house(session: Session, random: Random, residents: dict[str, Resident]) -> House:
    worker = residents["fatou"].visitor.person_id
    house = await session.scalar(select(Organisation).where(Organisation.name == ORGANISATION))
    if house is not None:
        known = await session.scalars(
            select(Client.id).where(Client.organisation_id == house.id).order_by(Client.id)
        )
        return House(house.id, tuple(known))
    asked = await organisations.apply_organisation(
        session, residents["nadia"].visitor.person_id, _about_house()
    )
    claire = residents["claire"].visitor.person_id
    await organisations.decide(session, claire, asked, Verdict.VERIFIED, "Visited.")
    nadia = residents["nadia"].visitor.person_id
    clients = [
        await _welcome(session, random, asked.id, nadia if number % NADIAS == 0 else worker)
        for number in range(CLIENTS)
    ]
    await _vary(session, clients)
    return House(asked.id, tuple(clients))


def _about_house() -> OrganisationDraft:
    return OrganisationDraft(
        name=ORGANISATION,
        kind=OrganisationKind.ASSOCIATION.value,
        enterprise_number=None,
        desk=DeskDraft(
            phone="+3220000000",
            desk="Place Bethléem 1, 1060 Saint-Gilles",
            hours="9:00-12:00",
            languages=("fr", "nl", "ar"),
            area=(),
            insured_until=now().date() + A_YEAR,
        ),
    )


async def _welcome(session: Session, random: Random, organisation_id: int, worker_id: int) -> int:
    """A client without internet and the mandate to post for them."""
    home = draw_place_in(random, SAINT_GILLES)
    municipality = municipalities()[home.nis]
    found = FoundPlace(
        label_fr=municipality.name_fr,
        label_nl=municipality.name_nl,
        postcode=home.postcode,
        municipality_nis=home.nis,
        lat=home.lat,
        lon=home.lon,
        precision=Precision.POSTCODE,
    )
    languages = random.choice((("fr",), ("ar", "fr"), ("ar",), ("ff", "fr"), ("pt",), ("tr",)))
    about = ClientDraft(languages, random.choice(list(Channel)).value, note=None)
    client = await organisations.create_client(
        session, organisation_id, found, about, worker_id=worker_id
    )
    manner = random.choice(list(Manner)).value
    mandate = MandateDraft(how=manner, language=languages[0], hosting=False, contact_release=True)
    await organisations.give_mandate(session, client, worker_id, mandate)
    return client.id


async def _vary(session: Session, clients: Sequence[int]) -> None:
    """Some notes, and some mandates that end soon: what a desk looks like after a year."""
    for client_id in clients[::NOTED]:
        await organisations.write_note(session, client_id, None, "Vient le jeudi.")
    await session.execute(
        update(Mandate)
        .where(Mandate.client_id.in_(clients[::ENDING]))
        .values(expires_at=func.now() + timedelta(days=12))
    )
