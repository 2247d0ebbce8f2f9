"""Any story of yes, no, calling off and answering, told to the database and to a plain model.

After every step the real answer equals the model's, places add up, and the ledger holds exactly
the completed exchanges.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_stories
from sqlalchemy import func, select, update

from app.db import SessionMaker, create_engine, reading, session_maker, transaction
from app.errors import SolidareError
from app.exchanges import actions, queries
from app.exchanges.forms import Said
from app.exchanges.models import ContactRelease, Exchange
from app.exchanges.rules import Answer, Side, Status, status
from app.ledger.models import Entry
from app.posts.models import Post
from app.proposals import actions as proposals
from app.proposals import queries as proposal_queries
from app.proposals.rules import side_of
from app.settings import Settings
from tests.conftest import empty
from tests.factories.accounts import make_person
from tests.factories.exchanges import Pair, a_proposal, visitor_of
from tests.factories.posts import a_need, an_offer

T = TypeVar("T")
PLACES, UNITS = 3, (1, 2, 2)
ENDED = {Status.COMPLETED, Status.CANCELLED, Status.NOT_DONE}
SHORT = effort(
    max_examples=6,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
which = st.integers(0, len(UNITS) - 1)
sides = st.sampled_from(Side)


@dataclass
class Told:
    """One proposal in the plain model."""

    units: int
    yes: set[Side] = field(default_factory=set)
    ended: bool = False  # the proposal, without an exchange
    status: Status | None = None  # of the exchange
    said: dict[Side, Answer] = field(default_factory=dict)

    @property
    def holds(self) -> int:
        """Places it keeps taken."""
        return self.units if self.status not in (None, Status.CANCELLED, Status.NOT_DONE) else 0


class Story(RuleBasedStateMachine):
    """One offer of three places and three people who need one or two of them."""

    platform: ClassVar[Settings]
    told_to_the_end: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.engine = create_engine(replace(self.platform.database, role=""), at_work=True)
        self.maker: SessionMaker = session_maker(self.engine)
        self.pairs: list[Pair] = []
        self.told = [Told(units) for units in UNITS]

    def do(self, act: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(act)

    def teardown(self) -> None:
        type(self).told_to_the_end += 1
        self.do(self.engine.dispose())
        self.runner.close()

    @initialize()
    def begin(self) -> None:
        self.do(empty(self.engine))
        self.pairs = self.do(self._begin())

    async def _begin(self) -> list[Pair]:
        pairs = []
        async with transaction(self.maker) as session:
            giver = visitor_of(await make_person(session, name="Jan"))
            offer = await an_offer(session, giver, places=PLACES)
            for units in UNITS:
                person = visitor_of(await make_person(session))
                need = await a_need(session, person, places=units)
                proposal = await a_proposal(session, need, offer)
                ids = need.id, offer.id, proposal.id, proposal.code
                pairs.append(Pair(giver, person, *ids))
        return pairs

    async def _try(self, act: Coroutine[Any, Any, object]) -> bool:
        """True where the platform did not refuse."""
        try:
            await act
        except SolidareError:
            return False
        return True

    @rule(i=which, side=sides)
    def accept(self, i: int, side: Side) -> None:
        told = self.told[i]
        done = self.do(self._try(self._accept(self.pairs[i], side)))
        assert done == (not told.ended)
        if not done or told.status is not None:
            return
        told.yes.add(side)
        if told.yes == set(Side):
            told.status = Status.AGREED
            self._end_what_no_longer_fits()

    def _end_what_no_longer_fits(self) -> None:
        left = PLACES - sum(one.holds for one in self.told)
        for one in self.told:
            if one.status is None and one.units > left:
                one.ended = True

    async def _accept(self, pair: Pair, side: Side) -> None:
        async with transaction(self.maker) as session:
            await actions.accept(session, pair.person(side), pair.code)

    @rule(i=which, side=sides)
    def decline(self, i: int, side: Side) -> None:
        told = self.told[i]
        done = self.do(self._try(self._decline(self.pairs[i], side)))
        assert done == (not told.ended and told.status is None)
        told.ended = told.ended or done

    async def _decline(self, pair: Pair, side: Side) -> None:
        async with transaction(self.maker) as session:
            visitor = pair.person(side)
            proposal = await proposal_queries.proposal_by_code(session, visitor, pair.code)
            side_of_post = side_of(visitor, proposal)
            assert side_of_post is not None
            await proposals.decline(session, proposal, side_of_post)

    @rule(i=which, side=sides)
    def cancel(self, i: int, side: Side) -> None:
        told = self.told[i]
        done = self.do(self._try(self._cancel(self.pairs[i], side)))
        again = told.status is Status.CANCELLED
        assert done == (again or (told.status is not None and not self._answered(told)))
        if done:
            told.status = Status.CANCELLED

    def _answered(self, told: Told) -> bool:
        return bool(told.said) or told.status in ENDED

    async def _cancel(self, pair: Pair, side: Side) -> None:
        code = await self._code(pair)
        async with transaction(self.maker) as session:
            await actions.cancel(session, await queries.stand(session, pair.person(side), code))

    @rule(i=which, side=sides, word=st.sampled_from([Answer.YES, Answer.NO]))
    def say(self, i: int, side: Side, word: Answer) -> None:
        told = self.told[i]
        done = self.do(self._try(self._say(self.pairs[i], side, word)))
        repeated = told.said.get(side) is word
        assert done == (repeated or (told.status is not None and told.status not in ENDED))
        if not done or repeated:
            return
        told.said[side] = word
        said = set(told.said.values())
        if len(told.said) < len(Side):
            told.status = Status.ASKED
        elif len(said) > 1:
            told.status = Status.DISPUTED
        else:
            told.status = Status.COMPLETED if said == {Answer.YES} else Status.NOT_DONE

    async def _say(self, pair: Pair, side: Side, word: Answer) -> None:
        code = await self._code(pair)
        async with transaction(self.maker) as session:
            visitor = pair.person(side)
            stand = await queries.stand(session, visitor, code)
            await actions.say(session, stand, visitor.person_id, Said(word))

    async def _code(self, pair: Pair) -> str:
        async with reading(self.maker) as reader:
            found = select(Exchange.code).where(Exchange.proposal_id == pair.proposal_id)
            return await reader.scalar(found) or "nothing"

    @invariant()
    def the_database_tells_the_same_story(self) -> None:
        if self.pairs:
            self.do(self._compare())

    async def _compare(self) -> None:
        async with reading(self.maker) as reader:
            rows = await reader.scalars(select(Exchange))
            real = {row.proposal_id: status(row) for row in rows}
            model = {
                pair.proposal_id: told.status
                for pair, told in zip(self.pairs, self.told, strict=True)
                if told.status is not None
            }
            assert real == model
            offer = await reader.get_one(Post, self.pairs[0].offer_id)
            assert offer.taken == sum(told.holds for told in self.told)
            entries = await reader.scalar(select(func.count()).select_from(Entry))
            assert entries == list(model.values()).count(Status.COMPLETED)
            assert await queries.ledger_mismatch(reader) == queries.Mismatch((), ())
            shown = await reader.scalar(
                select(func.count(func.distinct(ContactRelease.exchange_id))).where(
                    ContactRelease.until.is_(None) | (ContactRelease.until > func.now())
                )
            )
            assert shown == sum(told.holds > 0 for told in self.told)


def test_every_story_ends_the_same_in_the_model(settings: Settings) -> None:
    """Fewer stories than a nightly run would tell; each has up to twenty steps."""
    Story.platform = settings
    before = Story.told_to_the_end
    run_stories(Story, settings=SHORT)
    assert Story.told_to_the_end - before >= SHORT.max_examples


class Careless(Story):
    """The control: calling off only writes the time down and keeps the places."""

    @initialize()
    def begin(self) -> None:
        """Every story of the careless begins with its fault, so that chance cannot miss it."""
        super().begin()
        for side in Side:
            self.accept(0, side)
        self.cancel(0, Side.GIVER)

    async def _cancel(self, pair: Pair, side: Side) -> None:
        async with transaction(self.maker) as session:
            await queries.stand(session, pair.person(side), await self._code(pair))
            await session.execute(update(Exchange).values(cancelled_at=func.now()))


def test_control_a_careless_platform_is_caught(settings: Settings) -> None:
    Careless.platform = settings
    with pytest.raises(AssertionError):
        run_stories(Careless, settings=effort(SHORT, phases=[Phase.generate]))
