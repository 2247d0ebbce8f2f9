"""No place is promised twice: counters stay within bounds, alone and racing."""

import asyncio
from contextlib import suppress
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from app.db import Session, SessionMaker, transaction
from app.errors import ConflictError
from app.outbox import Job, JobRow
from app.posts import actions
from app.posts.models import Occurrence, Post
from tests.factories.posts import a_need, an_author, an_offer, in_days

DAY = date(2026, 12, 1)
RACERS = 24


async def test_places_are_taken_until_full_and_freed_again(session: Session) -> None:
    offer = await an_offer(session, places=4)
    await actions.take_places(session, offer, 3)
    with pytest.raises(ConflictError):
        await actions.take_places(session, offer, 2)
    await actions.take_places(session, offer, 1)
    assert (offer.taken, offer.status.value) == (4, "full")
    await actions.free_places(session, offer, 3)
    assert offer.taken == 1
    with pytest.raises(ConflictError):
        await actions.free_places(session, offer, 2)
    jobs = await session.scalars(select(JobRow.ref).where(JobRow.kind == Job.FIND_PAIRINGS.value))
    assert list(jobs) == [offer.id, offer.id]  # published, freed


async def test_one_party_fills_an_exclusive_offer(session: Session) -> None:
    offer = await an_offer(session, places=4, exclusive=True)
    await actions.take_places(session, offer, 1)
    with pytest.raises(ConflictError):
        await actions.take_places(session, offer, 1)


async def test_a_recurring_offer_counts_each_day_by_itself(session: Session) -> None:
    offer = await an_offer(session, places=2, windows=(in_days(1, rule="FREQ=DAILY"),))
    with pytest.raises(ConflictError, match="day"):
        await actions.take_places(session, offer, 1)
    for day in (DAY, DAY + timedelta(days=1)):
        await actions.take_places(session, offer, 2, day)
        with pytest.raises(ConflictError):
            await actions.take_places(session, offer, 1, day)
    await actions.free_places(session, offer, 1, DAY)
    await actions.take_places(session, offer, 1, DAY)
    assert offer.taken == 0


async def test_nobody_takes_places_of_a_closed_offer(session: Session) -> None:
    author = await an_author(session)
    single = await an_offer(session, author)
    daily = await an_offer(session, author, windows=(in_days(1, rule="FREQ=DAILY"),))
    for offer in (single, daily):
        await actions.withdraw(session, author, offer)
        with pytest.raises(ConflictError):
            await actions.take_places(session, offer, 1, DAY)


async def test_the_database_refuses_counts_out_of_bounds(session: Session) -> None:
    offer = await an_offer(session, places=4)
    for taken in (-1, 5):
        with pytest.raises(IntegrityError):
            async with session.begin_nested():
                await session.execute(update(Post).where(Post.id == offer.id).values(taken=taken))


@pytest.mark.parametrize("recurring", [False, True])
async def test_racers_share_the_places_and_no_more(maker: SessionMaker, recurring: bool) -> None:
    async with transaction(maker) as session:
        windows = (in_days(1, rule="FREQ=DAILY"),) if recurring else ()
        offer = await an_offer(session, places=10, windows=windows)

    async def race(units: int) -> int:
        with suppress(ConflictError):
            async with transaction(maker) as session:
                locked = await actions.lock_posts(session, [offer.id])
                await actions.take_places(session, locked[offer.id], units, DAY)
                return units
        return 0

    won = await asyncio.gather(*(race(1 + number % 3) for number in range(RACERS)))
    async with transaction(maker) as session:
        row = await session.get_one(Post, offer.id)
        taken = row.taken
        if recurring:
            taken = (await session.get_one(Occurrence, (offer.id, DAY))).taken
    assert 8 < taken == sum(won) <= 10


async def test_the_race_would_be_lost_by_counting_first(maker: SessionMaker) -> None:
    """The naive control: read, decide, write. It must promise more than there is."""
    async with transaction(maker) as session:
        await session.execute(text("CREATE TABLE naive_control (taken int NOT NULL)"))
        await session.execute(text("INSERT INTO naive_control VALUES (0)"))

    async def race() -> int:
        async with transaction(maker) as session:
            taken = await session.scalar(text("SELECT taken FROM naive_control"))
            await asyncio.sleep(0)
            if taken >= 10:
                return 0
            await session.execute(text("UPDATE naive_control SET taken = :n"), {"n": taken + 1})
            return 1

    try:
        won = await asyncio.gather(*(race() for _number in range(RACERS)))
        assert sum(won) > 10
    finally:
        async with transaction(maker) as session:
            await session.execute(text("DROP TABLE naive_control"))


async def test_racers_for_one_need_leave_one_winner(maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        need = await a_need(session)

    async def race() -> int:
        with suppress(ConflictError):
            async with transaction(maker) as session:
                locked = await actions.lock_posts(session, [need.id])
                await actions.take_need(session, locked[need.id])
                return 1
        return 0

    assert sum(await asyncio.gather(*(race() for _number in range(12)))) == 1
