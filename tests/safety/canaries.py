"""A small town full of secrets, and who may read which of them where.

Contacts and addresses are read from the tables themselves, so that a secret nobody thought of is
looked for as well; each may be read by its owner, and by others only where `town` says so.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import func, select, update

from app import crypto
from app.accounts.actions import grant
from app.accounts.models import Contact, Person
from app.accounts.queries import grants_of
from app.accounts.rules import Grant, Role, Visitor
from app.clock import now
from app.db import Session
from app.exchanges import actions as exchanges
from app.exchanges import queries as exchange_queries
from app.exchanges.forms import Meeting, Said
from app.exchanges.models import ContactRelease, Exchange
from app.exchanges.rules import Answer, Side
from app.moderation import actions as moderation
from app.moderation.rules import About, Origin, Reason, ReportDraft
from app.organisations.actions import issue_code, write_note
from app.posts.models import Post
from app.territories.models import ExactPlace, Place
from tests.factories.accounts import make_person
from tests.factories.exchanges import a_proposal, visitor_of
from tests.factories.hosting import Hosting, a_hosting, a_stay
from tests.factories.organisations import a_caseworker, a_client, a_mandate, an_organisation
from tests.factories.posts import a_need, an_offer, somewhere

SHOWN = ("agreed", "completed")
# A person's own data, on one page and as a file.
TAKEN_ALONG = ("/account/data", "/account/data/file", "/api/v1/me/data")
STATES = ("proposed", "half", *SHOWN, "cancelled", "expired")
REPORTED = "Canary words of whoever is afraid"
REPORTER = "Canarina"
NOTE = "Canary note of the interview"
FOUND_AT_HOST = "A quiet room."
MOVE_ON = "A talk with the housing agency."
EXCHANGE = r"/exchanges/{code}(/.*)?|/api/v1/exchanges(/{code})?"
DESK = r"/(api/v1/)?(desk|organisations|exchanges|proposals)\b.*"
ANYWHERE = ".*"


@dataclass
class Town:
    """People by role, what stands for a parameter in an address, and who reads what where."""

    people: dict[str, int | None]
    codes: dict[str, list[str]] = field(default_factory=dict)
    pairs: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    grants: dict[str, set[str]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    open_to: dict[tuple[str, str], str] = field(default_factory=dict)
    client_code: str = ""

    def hide(self, value: str, what: str, **readers: str) -> None:
        """A secret, and by role the addresses where it may be read."""
        self.secrets[value] = what
        for role, where in readers.items():
            self.open_to[role, value] = where

    def may_read(self, role: str, value: str, path: str) -> bool:
        where = self.open_to.get((role, value), "never")
        # What may be read somewhere may be taken along by whoever reads it there.
        taken_along = path in TAKEN_ALONG and where != "never"
        return taken_along or re.fullmatch(where, path) is not None

    def seen_from(self, role: str) -> dict[str, list[str]]:
        """Codes to try: all of a side's own; to others pairs are alike, so one that is agreed."""
        agreed = {kind: some[-4:-3] for kind, some in self.pairs["giver"].items()}
        return {**self.codes, **self.pairs.get(role, agreed)}

    def role_of(self, person_id: int) -> str | None:
        return next((role for role, one in self.people.items() if one == person_id), None)


async def a_town(session: Session) -> Town:
    """Jan gives and Amal receives, each in every state; a client, a stay, a report beside."""
    hosting = await a_hosting(session)
    town = Town(await _people(session, hosting))
    for role, person_id in town.people.items():
        grants = await grants_of(session, person_id) if person_id else ()
        town.grants[role] = {one.role.value for one in grants}
    await session.execute(update(Person).values(created_at=func.now() - timedelta(days=9)))
    for state in STATES:
        for side in Side:
            await _pair(session, town, state, side)
    await _stay(session, town, hosting)
    await _client(session, town, hosting)
    await _report(session, town)
    await _contacts(session, town)
    return town


async def _people(session: Session, hosting: Hosting) -> dict[str, int | None]:
    house = hosting.house
    admin = await a_caseworker(session, house.organisation, "Ada", Role.ORGANISATION_ADMIN)
    other = await a_caseworker(session, await an_organisation(session, "Ailleurs"), "Omar")
    alone = {
        role: await make_person(session, name=role.title())
        for role in ("person", "giver", "receiver", "coordinator", "moderator")
    }
    await grant(session, alone["coordinator"].id, Role.COORDINATOR)
    await grant(session, alone["moderator"].id, Role.MODERATOR)
    return {
        "stranger": None,
        **{role: one.id for role, one in alone.items()},
        "host": hosting.offer.author_id,
        "guest": hosting.need.author_id,
        "caseworker": house.fatou.person_id,
        "admin": admin.id,
        "elsewhere": other.id,
        "client": None,
    }


async def _visitor(session: Session, person_id: int | None) -> Visitor:
    return visitor_of(await session.get_one(Person, person_id))


async def _pair(session: Session, town: Town, state: str, side: Side) -> None:
    """`side` is where the known person stands; the other side is new for each state."""
    known = await _visitor(session, town.people[side.value])
    other = visitor_of(await make_person(session, name="Somebody", phone=_phone(state, side)))
    giver, receiver = (known, other) if side is Side.GIVER else (other, known)
    homes = [f"Canary street {len(town.secrets) + n}, bus 4" for n in range(2)]
    offer = await an_offer(session, giver, place=somewhere(address=homes[0]))
    need = await a_need(session, receiver, place=somewhere(address=homes[1]))
    proposal = await a_proposal(session, need, offer)
    codes = await _carry_on(session, town, state, side, (giver, receiver, proposal.code))
    found = {"proposal": [proposal.code], "exchange": codes, "offer": [offer.code]}
    for kind, some in {**found, "need": [need.code]}.items():
        town.pairs.setdefault(side.value, {}).setdefault(kind, []).extend(some)


def _phone(state: str, side: Side) -> str:
    return f"+3247{STATES.index(state)}{'12' if side is Side.GIVER else '34'}5566"


async def _carry_on(
    session: Session, town: Town, state: str, side: Side, pair: tuple[Visitor, Visitor, str]
) -> list[str]:
    """Bring a pair into its state; the code of its exchange where there is one."""
    giver, receiver, code = pair
    if state == "proposed":
        return []
    await exchanges.accept(session, giver, code)
    if state == "half":
        return []
    exchange = (await exchanges.accept(session, receiver, code)).exchange
    assert exchange is not None
    where = EXCHANGE.format(code=exchange.code) if state in SHOWN else "never"
    meet, words = f"Canary corner {state} {side}", f"Canary message {state} {side}"
    stands = {
        one: await exchange_queries.stand(session, who, exchange.code)
        for one, who in ((Side.GIVER, giver), (Side.RECEIVER, receiver))
    }
    await exchanges.arrange(session, stands[Side.GIVER], Meeting(now() + timedelta(days=1), meet))
    await exchanges.send_message(session, stands[Side.GIVER], giver.person_id, words)
    town.hide(meet, f"meeting place, {state}", **{side.value: where})
    town.hide(words, f"message, {state}", **{side.value: EXCHANGE.format(code=exchange.code)})
    town.hide(_phone(state, side), f"contact, {state}", **{side.value: where})
    if state == "cancelled":
        await exchanges.cancel(session, stands[Side.GIVER])
    if state in ("completed", "expired"):
        for one, stand in stands.items():
            who = giver if one is Side.GIVER else receiver
            await exchanges.say(session, stand, who.person_id, Said(Answer.YES, ""))
    if state == "expired":
        await _let_expire(session, exchange)
    return [exchange.code]


async def _let_expire(session: Session, exchange: Exchange) -> None:
    """The end was more than thirty days ago; no sweep has come by yet."""
    past = func.now() - timedelta(days=31)
    await session.execute(
        update(Exchange).where(Exchange.id == exchange.id).values(completed_at=past)
    )
    await session.execute(
        update(ContactRelease)
        .where(ContactRelease.exchange_id == exchange.id)
        .values(until=func.now() - timedelta(days=1))
    )


async def _stay(session: Session, town: Town, hosting: Hosting) -> None:
    exchange = await a_stay(session, hosting)
    staff = {"caseworker": DESK, "admin": DESK}
    town.hide(FOUND_AT_HOST, "file of the host", **staff)
    town.hide(MOVE_ON, "plan of the guest", **staff, guest=r"/(exchanges|proposals|stay|p|x)/.*")
    town.codes |= {"stay": [exchange.code], "host": [hosting.offer.code]}
    town.codes["bed_need"] = [hosting.need.code]
    town.codes["plan"] = [hosting.proposal.code]
    town.codes["organisation"] = [hosting.house.organisation.code]
    contacts = {"guest": hosting.offer.author_id, "host": hosting.need.author_id}
    # Whoever vouches calls the guest, never the host.
    may_call = {"host": dict.fromkeys(staff, rf"/desk/stays/{exchange.code}")}
    for role, other_id in contacts.items():
        value = await session.scalar(select(Contact.value).where(Contact.person_id == other_id))
        readers = {role: EXCHANGE.format(code=exchange.code), **may_call.get(role, {})}
        town.hide(value or "", "contact of a stay", **readers)


async def _client(session: Session, town: Town, hosting: Hosting) -> None:
    """A client whose need stands before an offer; the note and the alias stay at the desk."""
    house = hosting.house
    client = await a_client(session, house.organisation)
    worker = await session.get_one(Person, house.fatou.person_id)
    await a_mandate(session, client, worker)
    await write_note(session, client.id, worker.id, NOTE)
    town.client_code = await issue_code(session, client.id, worker.id)
    need = await a_need(session, house.fatou)
    need.organisation_id, need.client_id = house.organisation.id, client.id
    await session.flush()
    giver = await _visitor(session, town.people["giver"])
    proposal = await a_proposal(session, need, await an_offer(session, giver))
    fatou = replace(house.fatou, grants=frozenset({Grant(Role.CASEWORKER, house.organisation.id)}))
    await exchanges.accept(session, giver, proposal.code)
    exchange = (await exchanges.accept(session, fatou, proposal.code)).exchange
    assert exchange is not None
    town.codes["slip"] = [exchange.code]
    town.codes["client"] = [client.alias]
    town.codes["client_need"] = [need.code]
    own = {"caseworker": DESK, "admin": DESK}
    # Whoever speaks for the client reads the other side's contact, as the client would.
    reached = await session.scalar(
        select(Contact.value).where(Contact.person_id == giver.person_id)
    )
    town.hide(reached or "", "contact of a client's helper", **own)
    town.hide(client.alias, "alias of a client", **own, client=r"/code/.*")
    town.hide(NOTE, "note about a client", **own)


async def _report(session: Session, town: Town) -> None:
    """Somebody without account is afraid of the giver; a moderator has warned him."""
    draft = ReportDraft(
        About.POST,
        town.pairs["giver"]["offer"][0],
        Reason.MONEY,
        REPORTED,
        contact="afraid@canary.example",
        name=REPORTER,
    )
    origin = Origin(crypto.new_token().encode(), crypto.new_token().encode())
    report = await moderation.send_report(session, draft, origin)
    town.codes["report"] = [report.code]
    at = {"moderator": rf"/moderation/{report.code}"}
    town.hide(REPORTED, "words of a report", **at)
    town.hide(REPORTER, "name of a reporter", **at)
    town.hide("afraid@canary.example", "contact of a reporter")


async def _contacts(session: Session, town: Town) -> None:
    """Every contact and every exact address that the tables hold."""
    for value, person_id in await session.execute(select(Contact.value, Contact.person_id)):
        town.secrets.setdefault(value, "contact")
        _own(town, value, person_id)
    rows = await session.execute(
        select(ExactPlace.address, Place.owner_id).join(Place, Place.id == ExactPlace.place_id)
    )
    for address, owner_id in rows:
        town.secrets.setdefault(address, "address")
        _own(town, address, owner_id)
    assert await session.scalar(select(func.count()).select_from(Post))


def _own(town: Town, value: str, person_id: int | None) -> None:
    role = town.role_of(person_id) if person_id is not None else None
    if role is not None:
        town.open_to[role, value] = ANYWHERE
