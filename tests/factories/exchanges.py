"""Two people, their posts, the proposal between them, and what comes of it."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.accounts.rules import Grant, Role, Visitor
from app.crypto import new_code
from app.db import ReadSession, Session, SessionMaker, transaction
from app.exchanges import actions, queries
from app.exchanges.forms import Said
from app.exchanges.models import Exchange
from app.exchanges.queries import Stand
from app.exchanges.rules import Answer, Side
from app.posts.models import Post
from app.proposals.models import Proposal
from tests.factories.accounts import make_person
from tests.factories.posts import a_need, an_offer

GIVER_PHONE = "+32470111111"
RECEIVER_EMAIL = "canary.receiver@example.org"


@dataclass(frozen=True)
class Pair:
    """A need and an offer that are put before each other."""

    giver: Visitor
    receiver: Visitor
    need_id: int
    offer_id: int
    proposal_id: int
    code: str

    def person(self, side: Side) -> Visitor:
        return self.giver if side is Side.GIVER else self.receiver


def visitor_of(person: Person, *grants: Grant) -> Visitor:
    return Visitor(person.id, person.name, person.language, frozenset(grants))


def works_for(visitor: Visitor, organisation_id: int) -> Visitor:
    return replace(visitor, grants=frozenset({Grant(Role.CASEWORKER, organisation_id)}))


async def a_proposal(session: Session, need: Post, offer: Post, **columns: object) -> Proposal:
    """As the engine would have made it; it lives for two days."""
    plain: dict[str, object] = {
        "code": new_code(),
        "need_id": need.id,
        "offer_id": offer.id,
        "units": need.places,
        "proposer": "engine",
        "reasons": [],
        "score": 0.5,
        "weights": "test",
        "far": False,
        "expires_at": func.now() + timedelta(days=2),
    }
    proposal = Proposal(**{**plain, **columns})
    session.add(proposal)
    await session.flush()
    return proposal


async def a_pair(session: Session, *, units: int = 2, **offer: object) -> Pair:
    """Jan offers, Amal needs: one proposal that nobody has answered.

    The first pair has the contacts above; later ones have others.
    """
    known = await session.scalar(select(Person.id).limit(1))
    phone, email = (None, None) if known else (GIVER_PHONE, RECEIVER_EMAIL)
    jan = visitor_of(await make_person(session, name="Jan", phone=phone))
    amal = visitor_of(await make_person(session, name="Amal", email=email))
    given = await an_offer(session, jan, **offer)
    need = await a_need(session, amal, places=units)
    proposal = await a_proposal(session, need, given)
    return Pair(jan, amal, need.id, given.id, proposal.id, proposal.code)


async def agree(session: Session, pair: Pair) -> Exchange:
    """Both say yes."""
    await actions.accept(session, pair.giver, pair.code)
    accepted = await actions.accept(session, pair.receiver, pair.code)
    assert accepted.exchange is not None
    return accepted.exchange


async def an_exchange(maker: SessionMaker, *, units: int = 2) -> tuple[Pair, str]:
    """A committed exchange and its code."""
    async with transaction(maker) as session:
        two = await a_pair(session, units=units)
        return two, (await agree(session, two)).code


async def stand_of(session: Session, pair: Pair, code: str, side: Side) -> Stand:
    return await queries.stand(session, pair.person(side), code)


async def answer(
    maker: SessionMaker, pair: Pair, code: str, side: Side, word: Answer, *, thanks: str = ""
) -> None:
    """One side says whether it happened, in a transaction of its own."""
    async with transaction(maker) as session:
        stand = await stand_of(session, pair, code, side)
        await actions.say(session, stand, pair.person(side).person_id, Said(word, thanks))


async def see(reader: ReadSession, code: str) -> Exchange:
    """The exchange as the database has it now."""
    found = await reader.scalars(
        select(Exchange)
        .where(Exchange.code == code)
        .options(joinedload(Exchange.need), joinedload(Exchange.offer))
        .execution_options(populate_existing=True)
    )
    return found.one()
