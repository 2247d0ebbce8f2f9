"""Two planners on one shard write no pair twice, and no plan overrides what a person did."""

import asyncio
from collections import Counter

import numpy as np
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Block
from app.accounts.rules import Visitor
from app.crypto import new_code
from app.db import Session, SessionMaker, reading, transaction
from app.notifications.models import Letter, Notice
from app.outbox import Job, JobRow
from app.posts import actions as posts
from app.posts.models import Post
from app.posts.rules import Urgency
from app.proposals.actions import Basis, ask_balance, write_part
from app.proposals.models import Proposal, Shard
from app.proposals.queries import Snapshot, is_asked_since, market_around, read_shard, read_snapshot
from app.settings import Settings
from matching.market import Market
from matching.pair import Pairing
from matching.plan import match
from matching.policy import Policy
from matching.score import PRIOR
from tests.factories.accounts import make_person
from tests.factories.posts import MEAL, a_need, an_author, an_offer, in_days
from workers import balancing
from workers.protocol import Tools

# What the two ways of reading may differ in: the round's radius is applied on one side only.
BY_ROUND = {"radius"}


async def somebody(session: Session, name: str) -> Visitor:
    person = await make_person(session, name=name)
    return Visitor(person.id, name, "en")


async def a_street(maker: SessionMaker, needs: int, offers: int) -> int:
    """Needs and offers of meals around one corner; the shard they belong to."""
    async with transaction(maker) as session:
        for number in range(needs):
            await a_need(session, await somebody(session, f"N{number}"), places=1)
        for number in range(offers):
            await an_offer(session, await somebody(session, f"O{number}"), places=1)
        (shard_id,) = await ask_balance(session)
        return shard_id


async def planned(maker: SessionMaker) -> tuple[Snapshot, tuple[Pairing, ...]]:
    async with reading(maker) as reader:
        snapshot = await read_snapshot(reader, MEAL)
    return snapshot, match(snapshot.market, PRIOR, Policy()).pairings


async def pairs(maker: SessionMaker) -> Counter[tuple[int, int]]:
    async with reading(maker) as reader:
        rows = await reader.execute(select(Proposal.need_id, Proposal.offer_id))
        return Counter((need_id, offer_id) for need_id, offer_id in rows)


async def write(
    maker: SessionMaker,
    shard_id: int,
    pairings: tuple[Pairing, ...],
    basis: Basis,
    version: int = 0,
) -> tuple[int, int] | None:
    async with transaction(maker) as session:
        done = await write_part(session, shard_id, version, pairings, basis)
    return (done.made, done.refused) if done else None


async def test_two_planners_write_no_pair_twice(maker: SessionMaker, settings: Settings) -> None:
    shard_id = await a_street(maker, needs=24, offers=16)
    one, other = Tools(settings, maker), Tools(settings, maker)
    await asyncio.gather(*(balancing.balance_shard(tools, shard_id) for tools in (one, other)))
    once = await pairs(maker)
    assert len(once) >= 16
    assert set(once.values()) == {1}
    # The same without the lock that keeps the second away: versions and rows still hold.
    async with transaction(maker) as session:
        await a_need(session, await somebody(session, "Late"), places=1)
        await an_offer(session, await somebody(session, "Too"), places=3)
    await asyncio.gather(*(balancing._balance(tools, shard_id) for tools in (one, other)))
    twice = await pairs(maker)
    assert len(twice) > len(once)
    assert set(twice.values()) == {1}
    assert max(Counter(offer for _, offer in twice).values()) <= 5
    assert max(Counter(need for need, _ in twice).values()) <= 3
    async with reading(maker) as reader:
        told = await reader.scalar(select(func.count()).select_from(Notice))
        letters = await reader.scalar(select(func.count()).select_from(Letter))
        sending = select(func.count()).where(JobRow.kind == Job.SEND_LETTER.value)
        posted = await reader.scalar(select(func.count()).where(Notice.kind == "published"))
        assert (told or 0) - (posted or 0) == 2 * len(twice)
        assert 0 < (letters or 0) <= (await reader.scalar(sending) or 0)


async def test_without_the_checks_two_planners_collide(maker: SessionMaker) -> None:
    """The control: both write what they planned, as it was planned."""
    await a_street(maker, needs=6, offers=6)
    (_, first), (_, second) = await planned(maker), await planned(maker)

    async def naive(pairings: tuple[Pairing, ...]) -> None:
        async with transaction(maker) as session:
            now = await session.scalar(select(func.now()))
            for one in pairings:
                session.add(
                    Proposal(
                        code=new_code(), need_id=one.need, offer_id=one.offer, units=1,
                        proposer="engine", reasons=[], score=one.p, weights="x", far=False,
                        expires_at=now,
                    )
                )  # fmt: skip

    await naive(first)
    with pytest.raises(IntegrityError):
        await naive(second)


async def test_a_stale_plan_never_overrides_a_person(maker: SessionMaker) -> None:
    shard_id = await a_street(maker, needs=5, offers=5)
    snapshot, pairings = await planned(maker)
    basis = Basis(snapshot.versions, PRIOR.version)
    first = {one.need: one for one in pairings if one.rank == 1}
    withdrawn, blocking, edited, taken, open_ = sorted(first)
    async with transaction(maker) as session:
        await session.execute(update(JobRow).values(done_at=func.now()))
        for need_id in (withdrawn, edited):
            post = await session.get_one(Post, need_id)
            author = Visitor(post.author_id, "", "en")
            if need_id == withdrawn:
                await posts.withdraw(session, author, post)
            else:
                post.version += 1
        need = await session.get_one(Post, blocking)
        offer = await session.get_one(Post, first[blocking].offer)
        session.add(Block(blocker_id=offer.author_id, blocked_id=need.author_id))
        await session.execute(
            update(Post).where(Post.id == first[taken].offer).values(taken=Post.places)
        )
    chosen = tuple(first[need_id] for need_id in sorted(first))
    assert await write(maker, shard_id, chosen, basis) == (1, 4)
    assert list(await pairs(maker)) == [(open_, first[open_].offer)]
    async with reading(maker) as reader:
        again = select(JobRow.ref).where(JobRow.kind == "find_pairings", JobRow.done_at.is_(None))
        assert {withdrawn, blocking, edited, taken} <= set(await reader.scalars(again))
    # Somebody else wrote a plan since: this one is worth nothing.
    assert await write(maker, shard_id, chosen, basis, version=0) is None


async def test_the_caps_hold_inside_one_part(maker: SessionMaker) -> None:
    shard_id = await a_street(maker, needs=6, offers=1)
    snapshot, pairings = await planned(maker)
    offer = pairings[0].offer
    flood = tuple(
        Pairing(**{**vars(pairings[0]), "need": int(need), "offer": offer})
        for need in snapshot.market.needs.id
    )
    assert await write(maker, shard_id, flood, Basis(snapshot.versions, "w")) == (3, 3)
    async with reading(maker) as reader:
        kept = await reader.scalars(select(Proposal))
        assert all(row.weights == "w" and len(row.terms or ()) == 8 for row in kept)


async def test_whoever_asks_meanwhile_is_heard(
    maker: SessionMaker, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shard_id = await a_street(maker, needs=1, offers=0)
    plan, rounds = balancing._balance, []

    async def interrupted(tools: Tools, shard: int) -> Snapshot:
        snapshot = await plan(tools, shard)
        rounds.append(snapshot.as_of)
        if len(rounds) == 1:
            async with transaction(maker) as session:
                await an_offer(session, await somebody(session, "Jan"))
                await ask_balance(session)
        return snapshot

    monkeypatch.setattr(balancing, "_balance", interrupted)
    await balancing.balance_shard(Tools(settings, maker), shard_id)
    assert len(rounds) == 2
    assert len(await pairs(maker)) == 1
    async with reading(maker) as reader:
        assert not await is_asked_since(reader, shard_id, rounds[-1])
        shard = await reader.get_one(Shard, shard_id)
        assert (shard.planned_at, shard.written) == (rounds[-1], 1)
        assert (await read_shard(reader, shard_id)).version == 1


def rounded(value: object) -> object:
    """The two are read at moments of their own."""
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return round(value, 2) if isinstance(value, float) else value


def column(market: Market, side: str, post_id: int) -> list[dict[str, object]]:
    columns = getattr(market, side)
    return [
        {
            name: rounded(getattr(columns, name)[row].tolist())
            for name in columns.dtypes
            if name not in BY_ROUND
        }
        for row in np.flatnonzero(columns.id == post_id)
    ]


async def test_a_shard_says_of_a_post_what_its_surroundings_say(maker: SessionMaker) -> None:
    """Both snapshots are read apart: they must never drift apart."""
    async with transaction(maker) as session:
        weekly = in_days(1, rule="FREQ=DAILY;INTERVAL=2")
        offers = [
            await an_offer(session, await an_author(session, "Jan"), windows=(weekly,)),
            await an_offer(session, await an_author(session, "Els"), languages=("nl", "fr")),
        ]
        need = await a_need(
            session, await an_author(session, "Amal"), windows=(in_days(3, 30),), places=2,
            urgency=Urgency.TODAY, interpreter=True,
        )  # fmt: skip
        ids = need.id, [offer.id for offer in offers]
    async with reading(maker) as reader:
        around = await market_around(reader, ids[0])
    async with reading(maker) as reader:
        whole = (await read_snapshot(reader, MEAL)).market
    assert around is not None
    assert column(whole, "needs", ids[0]) == column(around, "needs", ids[0])
    for offer_id in ids[1]:
        assert column(whole, "offers", offer_id) == column(around, "offers", offer_id)
    assert len(column(whole, "offers", ids[1][0])) > 3
