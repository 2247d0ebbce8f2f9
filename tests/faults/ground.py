"""People and stays that the load begins with, laid down straight in the database."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import asyncpg  # type: ignore[import-untyped] # ships no types
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.accounts import actions as accounts
from app.accounts.rules import Visitor
from app.db import Session, SessionMaker, transaction
from app.exchanges import actions as exchanges
from app.posts.models import Post
from app.proposals.models import Proposal
from tests.factories.exchanges import a_proposal
from tests.factories.hosting import ONE_WOMAN, House, a_guest, a_host, a_house, a_plan
from tests.factories.posts import in_days
from tests.faults.kinds import EFFECTS, PULSES

T = TypeVar("T")
TRIES = 60
PAUSE = 0.5


@dataclass(frozen=True)
class Neighbour:
    """Somebody with a program and a browser of their own."""

    person_id: int
    token: str
    session: str


@dataclass(frozen=True)
class BedContest:
    """One bed, two guests for the same nights; only the organisation has not said yes yet."""

    worker: str  # token of the caseworker
    offer_id: int
    proposals: tuple[str, str]


class Ground:
    """Connections of the harness itself, past every wire."""

    def __init__(self, maker: SessionMaker) -> None:
        self._maker = maker

    async def until_done(self, act: Callable[[Session], Awaitable[T]]) -> T:
        """The harness needs this row whatever happens to the database meanwhile."""
        for left in reversed(range(TRIES)):
            try:
                async with transaction(self._maker) as session:
                    return await act(session)
            except (OSError, SQLAlchemyError, asyncpg.PostgresError):
                if not left:
                    raise
                await asyncio.sleep(PAUSE)
        raise RuntimeError("There is always a last try.")

    async def prepare(self) -> None:
        async def make_table(session: Session) -> None:
            await session.execute(text(EFFECTS))
            await session.execute(text(PULSES))
            await session.execute(text("GRANT ALL ON fault_effect TO PUBLIC"))

        await self.until_done(make_table)

    async def newcomer(self) -> Neighbour:
        return await self.until_done(_newcomer)

    async def bed_contest(self) -> BedContest:
        return await self.until_done(_bed_contest)


async def _newcomer(session: Session) -> Neighbour:
    address = f"{secrets.token_hex(8)}@example.org"
    person = await accounts.register_person(
        session, name="Nour", language="en", languages=["en", "fr"], email=address
    )
    return Neighbour(
        person_id=person.id,
        token=await accounts.issue_token(session, person.id, "faults"),
        session=await accounts.open_session(session, person.id, "Faults"),
    )


async def _bed_contest(session: Session) -> BedContest:
    house = await a_house(session, f"House {secrets.token_hex(4)}")
    offer = await a_host(session, house, places=1)
    proposals = [await _ready_but_for_the_house(session, house, offer) for _ in range(2)]
    token = await accounts.issue_token(session, house.fatou.person_id, "faults")
    return BedContest(token, offer.id, (proposals[0].code, proposals[1].code))


async def _ready_but_for_the_house(session: Session, house: House, offer: Post) -> Proposal:
    guest = await a_guest(session, house, ONE_WOMAN, windows=(in_days(-0.01, 24 * 40),))
    proposal = await a_proposal(session, guest, offer)
    await exchanges.accept(session, Visitor(offer.author_id, "Jan", "en"), proposal.code)
    await exchanges.accept(session, Visitor(guest.author_id, "Amal", "en"), proposal.code)
    await exchanges.write_plan(session, house.fatou, proposal.code, a_plan())
    return proposal
