"""Pairings become proposals only where everything still holds under lock."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest
from sqlalchemy import func, select, text

from app.accounts.models import Block, Person
from app.clock import local
from app.db import Session, SessionMaker, reading, transaction
from app.notifications.models import Notice
from app.posts import actions as posts
from app.posts.models import Post
from app.posts.rules import Urgency
from app.proposals.actions import propose, propose_asked
from app.proposals.models import Proposal
from matching.pair import Pairing
from tests.factories.exchanges import a_proposal as a_bare_proposal
from tests.factories.hosting import ONE_WOMAN as ALONE
from tests.factories.hosting import a_house, verify
from tests.factories.posts import BED, a_need, an_offer, in_days, somewhere
from tests.factories.proposals import (
    a_pair,
    a_proposal,
    committed_pair,
    find_pairings,
    let_time_pass,
    pairings_around,
    proposal_between,
)


async def count(session: Session) -> int:
    return await session.scalar(select(func.count()).select_from(Proposal)) or 0


async def test_a_need_finds_an_offer_and_both_are_told(session: Session) -> None:
    need, offer = await a_pair(session)
    (proposal,) = await find_pairings(session, need.id)
    assert (proposal.need_id, proposal.offer_id) == (need.id, offer.id)
    assert (proposal.units, proposal.proposer, proposal.far) == (need.places, "engine", False)
    assert {reason["side"] for reason in proposal.reasons} == {"need", "offer"}
    told = await session.scalars(select(Notice.person_id).where(Notice.kind == "proposal"))
    assert sorted(told) == sorted([need.author_id, offer.author_id])


async def test_an_offer_finds_the_needs_around_it(session: Session) -> None:
    need, offer = await a_pair(session)
    (proposal,) = await find_pairings(session, offer.id)
    assert (proposal.need_id, proposal.offer_id) == (need.id, offer.id)


async def test_the_same_pair_is_proposed_once(session: Session) -> None:
    need, offer = await a_pair(session)
    pairings = await pairings_around(session, need.id)
    assert len(await propose(session, pairings)) == 1
    assert await propose(session, pairings) == []
    assert await find_pairings(session, offer.id) == []
    assert await count(session) == 1


async def test_two_workers_at_once_make_one_row(maker: SessionMaker) -> None:
    need_id, offer_id = await committed_pair(maker)

    async def work(post_id: int, barrier: asyncio.Barrier) -> int:
        async with reading(maker) as reader:
            pairings = await pairings_around(reader, post_id)
        await barrier.wait()
        async with transaction(maker) as session:
            return len(await propose(session, pairings))

    barrier = asyncio.Barrier(4)
    made = await asyncio.gather(*(work(i, barrier) for i in (need_id, offer_id) * 2))
    assert sum(made) == 1
    async with transaction(maker) as session:
        assert await count(session) == 1


async def test_caps_hold_when_many_workers_propose_at_once(maker: SessionMaker) -> None:
    """Each worker saw an offer nobody had asked; together they may not flood it."""
    async with transaction(maker) as session:
        offer = await an_offer(session, places=1)
        needs = [(await a_need(session, places=1)).id for _ in range(8)]
    async with reading(maker) as reader:
        seen = [await pairings_around(reader, need_id) for need_id in needs]
    assert all(seen)

    async def work(pairings: Sequence[Pairing]) -> None:
        async with transaction(maker) as session:
            await propose(session, pairings)

    await asyncio.gather(*(work(pairings) for pairings in seen))
    async with transaction(maker) as session:
        assert await count(session) == 3  # min(3k, k + 2) for one place
        assert {row.offer_id for row in await session.scalars(select(Proposal))} == {offer.id}


async def test_without_the_recheck_the_cap_breaks(maker: SessionMaker) -> None:
    """The control: the same workers insert what they saw, and the offer is flooded."""
    async with transaction(maker) as session:
        await an_offer(session, places=1)
        needs = [(await a_need(session, places=1)).id for _ in range(8)]
    async with reading(maker) as reader:
        seen = [await pairings_around(reader, need_id) for need_id in needs]

    async def work(pairings: Sequence[Pairing]) -> None:
        async with transaction(maker) as session:
            for pairing in pairings:
                need = await session.get_one(Post, pairing.need)
                offer = await session.get_one(Post, pairing.offer)
                await a_bare_proposal(session, need, offer)

    await asyncio.gather(*(work(pairings) for pairings in seen))
    async with transaction(maker) as session:
        assert await count(session) > 3


async def test_a_need_has_at_most_three(session: Session) -> None:
    need = await a_need(session, urgency=Urgency.TODAY)
    for _ in range(6):
        await an_offer(session)
    assert len(await find_pairings(session, need.id)) == 3
    assert await find_pairings(session, need.id) == []


async def test_a_host_hears_one_request_at_a_time(session: Session) -> None:
    house = await a_house(session)
    offer = await an_offer(session, category=BED, places=3)
    first, second = [await a_need(session, category=BED, places=1, party=ALONE) for _ in range(2)]
    assert await find_pairings(session, first.id) == []  # nobody vouches yet
    await verify(session, house, offer)
    for need in (first, second):
        await posts.adopt_need(session, house.fatou, need, house.organisation.id, ALONE)
    assert len(await find_pairings(session, first.id)) == 1
    assert await find_pairings(session, second.id) == []


async def block(session: Session, need: Post, offer: Post) -> None:
    session.add(Block(blocker_id=need.author_id, blocked_id=offer.author_id))


async def block_back(session: Session, need: Post, offer: Post) -> None:
    session.add(Block(blocker_id=offer.author_id, blocked_id=need.author_id))


async def suspend(session: Session, need: Post, offer: Post) -> None:
    (await session.get_one(Person, offer.author_id)).suspended_at = func.now()


async def suspend_the_other(session: Session, need: Post, offer: Post) -> None:
    (await session.get_one(Person, need.author_id)).suspended_at = func.now()


async def pause(session: Session, need: Post, offer: Post) -> None:
    offer.paused_at = func.now()


async def hold(session: Session, need: Post, offer: Post) -> None:
    need.held_at = func.now()


async def fill(session: Session, need: Post, offer: Post) -> None:
    await posts.take_places(session, offer, offer.places)


async def meet(session: Session, need: Post, offer: Post) -> None:
    await posts.take_need(session, need)


async def end(session: Session, need: Post, offer: Post) -> None:
    await session.execute(
        text("UPDATE post SET ends_at = now() - interval '1 s' WHERE id = :id"), {"id": offer.id}
    )


Hindrance = Callable[[Session, Post, Post], Awaitable[None]]
HINDRANCES: list[Hindrance] = [
    block,
    block_back,
    suspend,
    suspend_the_other,
    pause,
    hold,
    fill,
    meet,
    end,
]


@pytest.mark.parametrize("hinder", HINDRANCES)
async def test_a_hindrance_before_the_look_leaves_nobody(
    session: Session, hinder: Hindrance
) -> None:
    need, offer = await a_pair(session)
    assert await pairings_around(session, need.id)  # the control: they would meet
    await hinder(session, need, offer)
    await session.flush()
    assert await pairings_around(session, need.id) == ()
    assert await pairings_around(session, offer.id) == ()


@pytest.mark.parametrize("hinder", HINDRANCES)
async def test_a_hindrance_after_the_look_stops_the_insert(
    session: Session, hinder: Hindrance
) -> None:
    need, offer = await a_pair(session)
    pairings = await pairings_around(session, need.id)
    await hinder(session, need, offer)
    await session.flush()
    assert await propose(session, pairings) == []


async def test_a_wider_round_reaches_further(session: Session) -> None:
    """Half the radius first, all of it after a day, half as much again after three."""
    need = await a_need(session, place=somewhere("1060"))
    offer = await an_offer(session, place=somewhere("1060"))
    await session.execute(
        text("UPDATE post SET lat = lat + :north WHERE id = :id"),
        {"north": 6.0 / 111.3, "id": offer.id},
    )
    reached = []
    for hours in (0, 25, 50):
        await let_time_pass(session, hours=hours)
        reached.append(len(await pairings_around(session, need.id)))
    assert reached == [0, 0, 1]
    (proposal,) = await find_pairings(session, need.id)
    assert proposal.far


async def test_a_recurring_offer_is_proposed_for_a_day(session: Session) -> None:
    window = in_days(1, rule="FREQ=WEEKLY")
    offer = await an_offer(session, windows=(window,), places=1)
    need = await a_need(session, windows=(in_days(8),), places=1)
    (proposal,) = await find_pairings(session, need.id)
    assert proposal.day == local(in_days(8).starts_at).date()
    other = await a_need(session, windows=(in_days(8),), places=1)
    await posts.take_places(session, offer, 1, proposal.day)
    assert await pairings_around(session, other.id) == ()


async def test_an_asked_offer_hears_the_need_first(session: Session) -> None:
    offer = await an_offer(session)
    need = await a_need(session, asked_offer=offer.code)
    proposal = await propose_asked(session, need.id)
    assert proposal is not None
    assert (proposal.proposer, proposal.need_accepted_at is None) == ("person", False)
    told = await session.scalars(select(Notice.person_id).where(Notice.kind == "proposal"))
    assert list(told) == [offer.author_id]
    assert await propose_asked(session, need.id) is None
    assert await propose_asked(session, offer.id) is None


async def test_an_ordinary_need_asks_nobody(session: Session) -> None:
    need, _offer = await a_pair(session)
    assert await propose_asked(session, need.id) is None


async def test_reasons_are_kept_as_codes(session: Session) -> None:
    proposal = await a_proposal(session)
    kept = {(r["side"], r["key"]): r["values"] for r in proposal.reasons}
    assert kept["need", "distance.near"] == {"bucket": "under_2"}
    shared = [r["values"] for r in proposal.reasons if r["key"] == "language.shared"]
    assert all(values == {"languages": "fr,en"} for values in shared)
    need = await session.get_one(Post, proposal.need_id)
    offer = await session.get_one(Post, proposal.offer_id)
    assert (await proposal_between(session, need, offer)).weights == "prior-1"
