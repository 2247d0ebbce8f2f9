"""Any story of acts, against a plain model: what it says is what stands in the real database.

Short by default; SOLIDARE_NIGHTLY=1 tells 500 stories of sixty acts.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.accounts.rules import Visitor
from app.db import Session, create_engine, reading, session_maker, transaction
from app.errors import SolidareError
from app.exchanges import actions as exchanges
from app.exchanges import queries
from app.exchanges.forms import Said
from app.exchanges.models import Exchange
from app.exchanges.rules import Answer
from app.posts import actions as posts
from app.posts.models import Post
from app.proposals import actions as proposals
from app.proposals.models import Proposal
from app.rights import actions as rights
from app.settings import Settings
from tests.concurrency.rows import Scene, a_scene, broken, exchange_code

STORIES, ACTS = (500, 60) if os.environ.get("SOLIDARE_NIGHTLY") else (8, 15)
WHICH = st.integers(0, 1)
WORD = st.sampled_from([Answer.YES, Answer.NO])
# What ends a story early comes seldom.
RARE = st.integers(0, 4).map(lambda drawn: drawn == 4)
PLACES, UNITS = 3, 2


@dataclass
class Pairing:
    """One need and its proposal: live, then agreed or ended; agreed, then how it went."""

    state: str = "live"
    said_yes: set[str] = field(default_factory=set)
    exchange: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    need_open: bool = True

    @property
    def holds(self) -> bool:
        return self.exchange in ("open", "completed")


class Market(RuleBasedStateMachine):
    """One offer of three places and two needs of two: only one fits at a time."""

    platform: ClassVar[Settings]
    told: ClassVar[list[str]] = []

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.engine = self.runner.run(self._engine())
        self.maker = session_maker(self.engine)

    async def _engine(self) -> AsyncEngine:
        """Made in the loop that it serves."""
        return create_engine(self.platform.database)

    def teardown(self) -> None:
        self.runner.run(self.engine.dispose())
        self.runner.close()

    @initialize()
    def publish(self) -> None:
        self.scene: Scene = self.runner.run(
            a_scene(self.maker, places=PLACES, units=UNITS, half=False)
        )
        self.pairings = [Pairing(), Pairing()]
        self.offer_open = True

    def act(self, name: str, act: Callable[[Session], Awaitable[object]]) -> bool:
        """Whether it was granted; anything but a refusal in words is a failure."""
        self.told.append(name)

        async def done() -> bool:
            try:
                async with transaction(self.maker) as session:
                    await act(session)
            except SolidareError:
                return False
            return True

        return self.runner.run(done())

    def _side(self, at: int, giver: bool) -> tuple[str, Visitor]:
        return ("giver", self.scene.jan) if giver else ("receiver", self.scene.people[at])

    @rule(at=WHICH, giver=st.booleans())
    def accept(self, at: int, giver: bool) -> None:
        one, (side, who) = self.pairings[at], self._side(at, giver)
        granted = self.act(
            "accept", lambda session: exchanges.accept(session, who, self.scene.codes[at])
        )
        may = one.state == "agreed" or (one.state == "live" and self.offer_open and one.need_open)
        assert granted is may
        if granted and one.state == "live":
            one.said_yes.add(side)
            if len(one.said_yes) == 2:
                one.state, one.exchange = "agreed", "open"
                for other in self.pairings:
                    other.state = "ended" if other.state == "live" else other.state

    @rule(at=WHICH)
    def agree(self, at: int) -> None:
        for giver in (True, False):
            self.accept(at, giver)

    @rule(at=WHICH, luck=RARE)
    def decline(self, at: int, luck: bool) -> None:
        if not luck:
            return

        async def no(session: Session) -> None:
            row = await session.get_one(Proposal, self.scene.proposals[at])
            await proposals.decline(session, row, "offer")

        assert self.act("decline", no) is (self.pairings[at].state == "live")
        self._end(self.pairings[at])

    def _end(self, one: Pairing) -> None:
        one.state = "ended" if one.state == "live" else one.state

    @rule(at=st.integers(-1, 1), luck=RARE)
    def withdraw(self, at: int, luck: bool) -> None:
        if not luck:
            return
        post_id = self.scene.offer if at < 0 else self.scene.needs[at]
        who = self.scene.jan if at < 0 else self.scene.people[at]

        async def take_back(session: Session) -> None:
            await posts.withdraw(session, who, await session.get_one(Post, post_id))
            await proposals.close_proposals(session, post_id)

        is_open = self.offer_open if at < 0 else self.pairings[at].need_open
        assert self.act("withdraw", take_back) is is_open
        self._gone(at)

    def _gone(self, at: int) -> None:
        if at < 0:
            self.offer_open = False
            for one in self.pairings:
                self._end(one)
        else:
            self.pairings[at].need_open = False
            self._end(self.pairings[at])

    @rule(at=WHICH, luck=RARE)
    def expire(self, at: int, luck: bool) -> None:
        if not luck:
            return

        async def pass_by(session: Session) -> None:
            await session.execute(
                update(Proposal)
                .where(Proposal.id == self.scene.proposals[at])
                .values(expires_at=func.now() - timedelta(seconds=1))
            )
            await proposals.tidy_proposals(session)

        assert self.act("expire", pass_by)
        self._end(self.pairings[at])

    @rule(at=WHICH, giver=st.booleans())
    def cancel(self, at: int, giver: bool) -> None:
        one, (_, who) = self.pairings[at], self._side(at, giver)
        if one.state == "live":
            self.agree(at)
        if one.state != "agreed":
            return
        code = self.runner.run(exchange_code(self.maker, self.scene, at))

        async def call_off(session: Session) -> None:
            await exchanges.cancel(session, await queries.stand(session, who, code))

        may = one.exchange == "open" and not one.answers
        assert self.act("cancel", call_off) is (may or one.exchange == "cancelled")
        if may:
            one.exchange = "cancelled"

    @rule(at=WHICH, giver=st.booleans(), word=WORD)
    def confirm(self, at: int, giver: bool, word: Answer) -> None:
        one, (side, who) = self.pairings[at], self._side(at, giver)
        if one.state == "live":
            self.agree(at)
        if one.state != "agreed":
            return
        code = self.runner.run(exchange_code(self.maker, self.scene, at))

        async def say(session: Session) -> None:
            stand = await queries.stand(session, who, code)
            await exchanges.say(session, stand, who.person_id, Said(word, ""))

        may = one.exchange == "open" or one.answers.get(side) is word
        assert self.act("confirm", say) is may
        if one.exchange == "open":
            one.answers[side] = word
            if len(one.answers) == 2 and len(set(one.answers.values())) == 1:
                one.exchange = "completed" if word is Answer.YES else "not done"
                one.need_open = one.need_open and word is Answer.NO

    @rule(at=WHICH, luck=RARE)
    def close_account(self, at: int, luck: bool) -> None:
        if not luck:
            return
        who = self.scene.people[at]
        granted = self.act("close", lambda session: rights.close_account(session, who))
        assert granted is (self.pairings[at].exchange != "open")
        if granted:
            self._gone(at)

    @invariant()
    def the_rows_say_the_same(self) -> None:
        if hasattr(self, "scene"):
            self.runner.run(self._compare())

    async def _compare(self) -> None:
        async with reading(self.maker) as reader:
            assert await broken(reader) == []
            offer = await reader.get_one(Post, self.scene.offer)
            assert offer.taken == UNITS * sum(one.holds for one in self.pairings)
            for one, proposal_id in zip(self.pairings, self.scene.proposals, strict=True):
                proposal = await reader.get_one(Proposal, proposal_id)
                assert (proposal.agreed_at is not None) is (one.state == "agreed")
                assert proposal.is_live is (one.state == "live")
                asked = select(Exchange).where(Exchange.proposal_id == proposal_id)
                exchange = await reader.scalar(asked)
                ends = {
                    "completed": exchange and exchange.completed_at,
                    "cancelled": exchange and exchange.cancelled_at,
                    "not done": exchange and exchange.not_done_at,
                }
                ended = next((word for word, at in ends.items() if at), "open" if exchange else "")
                assert ended == one.exchange


def tell(platform: Settings, stories: int, acts: int) -> None:
    Market.platform = platform
    Market.told.clear()
    run_state_machine_as_test(
        Market,
        settings=how(
            max_examples=stories,
            stateful_step_count=acts,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=True,
        ),
    )


def test_every_story_ends_as_the_model_says(platform_of_stories: Settings) -> None:
    tell(platform_of_stories, STORIES, ACTS)
    assert {"accept", "cancel", "confirm", "withdraw"} <= set(Market.told)


def test_a_forgotten_counter_is_found(
    platform_of_stories: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The naive control: calling off frees nothing, as if that line had been forgotten."""

    async def forget(*_: object) -> None:
        return None

    monkeypatch.setattr(posts, "free_places", forget)
    # The broken rows stay, so that the story told again to report it fails at its first look.
    with pytest.raises((AssertionError, Flaky)):
        tell(platform_of_stories, 60, 20)


@pytest.fixture
def platform_of_stories(settings: Settings, maker: object) -> Settings:
    return settings
