"""Each pair of acts on the same rows, in every order of their steps: nothing is promised twice.

Twenty orders for each pair; by default every third of them, all with SOLIDARE_NIGHTLY=1.
"""

import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta

import asyncpg  # type: ignore[import-untyped] # ships no types
import pytest
from sqlalchemy import func, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.accounts.rules import Visitor
from app.db import Session, SessionMaker, reading, transaction
from app.errors import ConflictError
from app.exchanges import actions as exchanges
from app.exchanges import queries
from app.exchanges.forms import Said
from app.exchanges.rules import Answer
from app.moderation.actions.stop import suspend
from app.posts import actions as posts
from app.posts.actions import Nights
from app.posts.models import Post
from app.proposals import actions as proposals
from app.proposals.models import Proposal
from app.rights import actions as rights
from app.settings import Settings
from tests.concurrency.gate import Act, Actor, Schedule, gated, words
from tests.concurrency.rows import Scene, a_scene, beds, broken, exchange_code

EVERY = 1 if os.environ.get("SOLIDARE_NIGHTLY") else 3
Make = Callable[[SessionMaker], Awaitable[tuple[Act, Act]]]


def accept(who: Visitor, code: str) -> Act:
    return lambda session: exchanges.accept(session, who, code)


def decline(proposal_id: int) -> Act:
    async def act(session: Session) -> None:
        await proposals.decline(session, await session.get_one(Proposal, proposal_id), "offer")

    return act


def on_exchange(who: Visitor, code: str, word: Answer | None) -> Act:
    async def act(session: Session) -> None:
        stand = await queries.stand(session, who, code)
        if word is None:
            await exchanges.cancel(session, stand)
        else:
            await exchanges.say(session, stand, who.person_id, Said(word, ""))

    return act


async def two_for_one_place(maker: SessionMaker) -> tuple[Act, Act]:
    scene = await a_scene(maker)
    return accept(scene.jan, scene.codes[0]), accept(scene.jan, scene.codes[1])


async def both_sides_of_one(maker: SessionMaker) -> tuple[Act, Act]:
    scene = await a_scene(maker, half=False)
    return accept(scene.jan, scene.codes[0]), accept(scene.people[0], scene.codes[0])


async def accept_and_withdraw(maker: SessionMaker) -> tuple[Act, Act]:
    scene = await a_scene(maker)

    async def withdraw(session: Session) -> None:
        await posts.withdraw(session, scene.jan, await session.get_one(Post, scene.offer))
        await proposals.close_proposals(session, scene.offer)

    return accept(scene.jan, scene.codes[0]), withdraw


async def accept_and_expire(maker: SessionMaker) -> tuple[Act, Act]:
    scene = await a_scene(maker)
    async with transaction(maker) as session:
        past = func.now() - timedelta(seconds=1)
        await session.execute(update(Post).where(Post.id == scene.needs[0]).values(ends_at=past))
    return accept(scene.jan, scene.codes[0]), posts.tidy_posts


async def accept_and_decline(maker: SessionMaker) -> tuple[Act, Act]:
    scene = await a_scene(maker)
    return accept(scene.jan, scene.codes[0]), decline(scene.proposals[0])


async def accept_and_suspend(maker: SessionMaker) -> tuple[Act, Act]:
    scene = await a_scene(maker)
    return accept(scene.jan, scene.codes[0]), lambda session: suspend(
        session, [scene.people[0].person_id]
    )


async def accept_and_close_account(maker: SessionMaker) -> tuple[Act, Act]:
    scene = await a_scene(maker)
    leaver = scene.people[0]
    return accept(scene.jan, scene.codes[0]), lambda session: rights.close_account(session, leaver)


async def _agreed(maker: SessionMaker, places: int = 2) -> tuple[Scene, str]:
    scene = await a_scene(maker, places=places)
    async with transaction(maker) as session:
        await exchanges.accept(session, scene.jan, scene.codes[0])
    return scene, await exchange_code(maker, scene)


async def accept_and_cancel_another(maker: SessionMaker) -> tuple[Act, Act]:
    scene, code = await _agreed(maker, places=4)
    return accept(scene.jan, scene.codes[1]), on_exchange(scene.jan, code, None)


def said(one: Answer | None, other: Answer | None) -> Make:
    async def make(maker: SessionMaker) -> tuple[Act, Act]:
        scene, code = await _agreed(maker)
        return on_exchange(scene.jan, code, one), on_exchange(scene.people[0], code, other)

    return make


def book(offer: int, holder: object, first: int, last: int) -> Act:
    start = date(2027, 1, 1)
    nights = Nights(start + timedelta(days=first), start + timedelta(days=last))

    async def act(session: Session) -> None:
        """As a caller who forgot to lock the offer."""
        post = await session.get_one(Post, offer)
        found = await session.scalars(
            posts.booking(offer, 1, nights.range, holder)  # type: ignore[arg-type] # a UUID
        )
        if not found.all():
            raise ConflictError(post.code)

    return act


async def two_in_one_bed(maker: SessionMaker) -> tuple[Act, Act]:
    offer, one, other = await beds(maker, 1)
    return book(offer, one, 0, 5), book(offer, other, 3, 8)


PAIRS: dict[str, Make] = {
    "accept, accept: two needs, one place": two_for_one_place,
    "accept, accept: both sides of one proposal": both_sides_of_one,
    "accept, withdraw": accept_and_withdraw,
    "accept, expire": accept_and_expire,
    "accept, decline": accept_and_decline,
    "accept, suspend": accept_and_suspend,
    "accept, close the account": accept_and_close_account,
    "accept, cancel another": accept_and_cancel_another,
    "confirm, confirm": said(Answer.YES, Answer.YES),
    "confirm, deny": said(Answer.YES, Answer.NO),
    "confirm, cancel": said(Answer.YES, None),
    "cancel, cancel": said(None, None),
    "book, book: one bed, no lock taken": two_in_one_bed,
}
# Of these two only one can be granted, whatever the order.
ONE_WINNER = {"accept, accept: two needs, one place", "book, book: one bed, no lock taken"}


@pytest.fixture
async def watch(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(settings.database.url.reveal().replace("+asyncpg", ""))
    yield connection
    await connection.close()


async def played(
    engine: AsyncEngine,
    maker: SessionMaker,
    watch: asyncpg.Connection,
    make: Make,
    every: int = EVERY,
) -> list[tuple[Actor, Actor]]:
    """All orders of one pair, each on rows of its own."""
    draw = random.Random(5)  # noqa: S311 - the same orders each time
    ended = []
    with gated(engine):
        for word in words()[::every]:
            acts = await make(maker)
            cuts = draw.randint(1, 12), draw.randint(1, 12)
            ended.append(await Schedule(maker, watch, cuts).play(word, *acts))
    return ended


@pytest.mark.parametrize("pair", PAIRS)
async def test_no_order_of_two_acts_breaks_a_promise(
    engine: AsyncEngine, maker: SessionMaker, watch: asyncpg.Connection, pair: str
) -> None:
    ended = await played(engine, maker, watch, PAIRS[pair])
    async with reading(maker) as reader:
        assert await broken(reader) == []
    won = [sum(one.outcome == "done" for one in both) for both in ended]
    assert min(won) >= 1
    if pair in ONE_WINNER:
        assert max(won) == 1


async def test_counting_first_breaks_in_some_orders(
    engine: AsyncEngine, maker: SessionMaker, watch: asyncpg.Connection
) -> None:
    """The naive control: look whether there is room, then write, without a lock."""
    async with transaction(maker) as session:
        await session.execute(text("CREATE TABLE naive_booking (bed int NOT NULL)"))

    def naive(bed: int) -> Act:
        async def act(session: Session) -> None:
            counted = text("SELECT count(*) FROM naive_booking WHERE bed = :bed")
            if await session.scalar(counted, {"bed": bed}):
                raise ConflictError("taken")
            await session.execute(text("INSERT INTO naive_booking VALUES (:bed)"), {"bed": bed})

        return act

    made = iter(range(100))

    async def make(_: SessionMaker) -> tuple[Act, Act]:
        bed = next(made)
        return naive(bed), naive(bed)

    try:
        ended = await played(engine, maker, watch, make, every=1)
        twice = sum(all(one.outcome == "done" for one in both) for both in ended)
        assert 10 <= twice < len(ended) == 20, twice
    finally:
        async with transaction(maker) as session:
            await session.execute(text("DROP TABLE naive_booking"))
