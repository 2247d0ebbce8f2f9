"""The last yes takes the places and opens one exchange; whoever is late is told kindly."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text, update

from app.accounts.models import Block, Person
from app.accounts.rules import Visitor
from app.db import Session, SessionMaker, transaction
from app.errors import ConflictError, GoneError, NotFoundError
from app.exchanges import actions
from app.exchanges.models import ContactRelease, Exchange
from app.notifications.models import Notice
from app.organisations.models import Organisation
from app.posts import actions as posts
from app.posts.models import Post
from app.proposals.models import Proposal
from tests.factories.accounts import make_person
from tests.factories.exchanges import (
    GIVER_PHONE,
    RECEIVER_EMAIL,
    a_pair,
    a_proposal,
    agree,
    visitor_of,
    works_for,
)
from tests.factories.hosting import a_hosting, a_plan
from tests.factories.posts import BED, a_need, an_author, an_offer


async def test_the_first_yes_waits_for_the_second(session: Session) -> None:
    pair = await a_pair(session)
    accepted = await actions.accept(session, pair.receiver, pair.code)
    assert accepted.exchange is None
    proposal = await session.get_one(Proposal, pair.proposal_id)
    assert proposal.need_accepted_at is not None
    assert proposal.offer_accepted_at is None
    assert await session.scalar(select(func.count()).select_from(ContactRelease)) == 0
    assert (await session.get_one(Post, pair.offer_id)).taken == 0


async def test_the_second_yes_opens_the_exchange(session: Session) -> None:
    pair = await a_pair(session, units=3)
    exchange = await agree(session, pair)
    assert (exchange.units, exchange.need_id) == (3, pair.need_id)
    assert exchange.ask_at is not None
    assert (await session.get_one(Post, pair.offer_id)).taken == 3
    released = await session.scalars(select(ContactRelease).order_by(ContactRelease.side))
    assert [(one.side, one.field, one.value) for one in released] == [
        ("giver", "phone", GIVER_PHONE),
        ("receiver", "email", RECEIVER_EMAIL),
    ]
    told = await session.scalars(select(Notice.person_id).where(Notice.kind == "agreed"))
    assert set(told) == {pair.giver.person_id, pair.receiver.person_id}


async def test_yes_twice_is_one_yes(session: Session) -> None:
    pair = await a_pair(session)
    for _ in range(2):
        assert (await actions.accept(session, pair.receiver, pair.code)).exchange is None
    first = await agree(session, pair)
    again = await actions.accept(session, pair.giver, pair.code)
    assert again.exchange is not None
    assert again.exchange.id == first.id
    assert (await session.get_one(Post, pair.offer_id)).taken == 2


async def test_nobody_else_can_answer(session: Session) -> None:
    pair = await a_pair(session)
    stranger = await an_author(session, "Eve")
    with pytest.raises(NotFoundError):
        await actions.accept(session, stranger, pair.code)
    with pytest.raises(NotFoundError):
        await actions.accept(session, pair.giver, "nothing")


ENDS: list[tuple[dict[str, Any], str]] = [
    ({"declined_at": func.now(), "declined_by": "need"}, "ended"),
    ({"withdrawn_at": func.now()}, "ended"),
    ({"expired_at": func.now()}, "ended"),
    ({"superseded_at": func.now()}, "no longer free"),
    ({"expires_at": func.now() - timedelta(minutes=1)}, "time to answer"),
]


@pytest.mark.parametrize(("end", "words"), ENDS)
async def test_a_stale_proposal_is_gone(session: Session, end: dict[str, Any], words: str) -> None:
    pair = await a_pair(session)
    await actions.accept(session, pair.giver, pair.code)
    await session.execute(update(Proposal).values(**end))
    with pytest.raises(GoneError, match=words):
        await actions.accept(session, pair.receiver, pair.code)
    assert await session.scalar(select(func.count()).select_from(Exchange)) == 0


@pytest.mark.parametrize("column", ["withdrawn_at", "expired_at", "paused_at", "held_at"])
async def test_a_closed_post_is_gone(session: Session, column: str) -> None:
    pair = await a_pair(session)
    await actions.accept(session, pair.giver, pair.code)
    closed = update(Post).where(Post.id == pair.offer_id)
    await session.execute(closed.values({column: func.now()}))
    with pytest.raises(GoneError):
        await actions.accept(session, pair.receiver, pair.code)


async def test_people_who_blocked_each_other_never_meet(session: Session) -> None:
    pair = await a_pair(session)
    await actions.accept(session, pair.giver, pair.code)
    session.add(Block(blocker_id=pair.giver.person_id, blocked_id=pair.receiver.person_id))
    with pytest.raises(GoneError):
        await actions.accept(session, pair.receiver, pair.code)


async def test_a_stopped_person_meets_nobody(session: Session) -> None:
    pair = await a_pair(session)
    await actions.accept(session, pair.giver, pair.code)
    (await session.get_one(Person, pair.giver.person_id)).suspended_at = await session.scalar(
        select(func.now())
    )
    with pytest.raises(GoneError):
        await actions.accept(session, pair.receiver, pair.code)


async def test_others_are_told_when_the_offer_is_full(session: Session) -> None:
    pair = await a_pair(session, units=3)  # of four places
    late = visitor_of(await make_person(session, name="Late"))
    small = visitor_of(await make_person(session, name="Small"))
    offer = await session.get_one(Post, pair.offer_id)
    too_big = await a_proposal(session, await a_need(session, late, places=2), offer)
    fits = await a_proposal(session, await a_need(session, small, places=1), offer)
    await agree(session, pair)
    await session.refresh(too_big)
    await session.refresh(fits)
    assert too_big.superseded_at is not None
    assert fits.is_live
    told = select(Notice.person_id).where(Notice.kind == "no_longer_free")
    assert list(await session.scalars(told)) == [late.person_id]
    with pytest.raises(GoneError, match="no longer free"):
        await actions.accept(session, late, too_big.code)


async def test_other_offers_of_a_met_need_end(session: Session) -> None:
    pair = await a_pair(session)
    need = await session.get_one(Post, pair.need_id)
    second = await an_offer(session)
    other = await a_proposal(session, need, second)
    await agree(session, pair)
    await session.refresh(other)
    assert other.superseded_at is not None
    assert (await session.get_one(Post, pair.need_id)).taken == need.places


async def _organisation(session: Session) -> Organisation:
    house = Organisation(
        code="house", name="The House", kind="asbl", phone="+3225555555", desk="Rue 1",
        languages=["fr"], verified_at=func.now(),
    )  # fmt: skip
    session.add(house)
    await session.flush()
    return house


async def test_hosting_waits_for_the_organisation_that_vouches(session: Session) -> None:
    hosting = await a_hosting(session)
    worker, code = hosting.house.fatou, hosting.proposal.code
    await actions.accept(session, hosting.host, code)
    assert (await actions.accept(session, hosting.guest, code)).exchange is None
    assert await session.scalar(select(func.count()).select_from(ContactRelease)) == 0
    called = select(Notice.person_id).where(Notice.kind == "proposal", Notice.link_ref == code)
    assert worker.person_id in set(await session.scalars(called))
    with pytest.raises(ConflictError, match="last day"):
        await actions.accept(session, worker, code)
    await actions.write_plan(session, worker, code, a_plan())
    assert (await actions.accept(session, worker, code)).exchange is not None


async def test_hosting_without_adoption_opens_nothing(session: Session) -> None:
    pair = await a_pair(session)
    await session.execute(update(Post).values(category=BED))
    with pytest.raises(GoneError):
        await actions.accept(session, pair.giver, pair.code)


async def test_an_organisation_releases_its_desk(session: Session) -> None:
    house = await _organisation(session)
    pair = await a_pair(session)
    (await session.get_one(Post, pair.need_id)).organisation_id = house.id
    caseworker = works_for(pair.receiver, house.id)
    await actions.accept(session, pair.giver, pair.code)
    with pytest.raises(NotFoundError):  # the author alone no longer speaks for it
        await actions.accept(session, pair.receiver, pair.code)
    await actions.accept(session, caseworker, pair.code)
    released = await session.scalars(
        select(ContactRelease).where(ContactRelease.side == "receiver")
    )
    assert [(one.field, one.value) for one in released] == [("desk", house.phone)]


async def _crowd(maker: SessionMaker, people: int) -> list[tuple[Visitor, str]]:
    """One offer with one place whose author said yes to everybody."""
    crowd = []
    async with transaction(maker) as session:
        host = visitor_of(await make_person(session, name="Jan"))
        offer = await an_offer(session, host, places=1)
        for number in range(people):
            person = visitor_of(await make_person(session, name=f"P{number}"))
            need = await a_need(session, person, places=1)
            proposal = await a_proposal(session, need, offer, offer_accepted_at=func.now())
            crowd.append((person, proposal.code))
    return crowd


async def _try(maker: SessionMaker, person: Visitor, code: str) -> str:
    try:
        async with transaction(maker) as session:
            await actions.accept(session, person, code)
    except GoneError:
        return "gone"
    return "opened"


async def test_many_race_for_one_place_and_one_wins(maker: SessionMaker) -> None:
    crowd = await _crowd(maker, 16)
    ends = await asyncio.gather(*(_try(maker, person, code) for person, code in crowd))
    assert sorted(ends) == ["gone"] * 15 + ["opened"]
    async with transaction(maker) as session:
        assert await session.scalar(select(func.count()).select_from(Exchange)) == 1
        assert await session.scalar(select(func.count()).select_from(ContactRelease)) == 2
        taken = await session.scalar(select(Post.taken).where(Post.kind == "offer"))
        assert taken == 1
        live = await session.scalar(select(func.count()).where(Proposal.is_live))
        assert live == 0


async def test_both_sides_say_yes_at_the_same_moment(maker: SessionMaker) -> None:
    for _ in range(5):
        async with transaction(maker) as session:
            pair = await a_pair(session)
        sides = (pair.giver, pair.receiver)
        await asyncio.gather(*(_try(maker, side, pair.code) for side in sides))
        async with transaction(maker) as session:
            opened = select(func.count()).where(Exchange.proposal_id == pair.proposal_id)
            assert await session.scalar(opened) == 1


async def _naive_try(maker: SessionMaker, code: str, start: asyncio.Barrier) -> None:
    """Count, then insert: what the lock and the guarded counter stand against."""
    async with transaction(maker) as session:
        proposal = (await session.scalars(select(Proposal).where(Proposal.code == code))).one()
        offer = await session.get_one(Post, proposal.offer_id)
        taken = await session.scalar(
            select(func.count()).where(Exchange.offer_id == proposal.offer_id)
        )
        await start.wait()
        if (taken or 0) < offer.places:
            session.add(
                Exchange(
                    code=code, reference=uuid4(),
                    proposal_id=proposal.id, need_id=proposal.need_id,
                    offer_id=proposal.offer_id, units=1,
                )
            )  # fmt: skip


async def test_control_counting_before_inserting_promises_one_place_twice(
    maker: SessionMaker,
) -> None:
    crowd = await _crowd(maker, 4)
    start = asyncio.Barrier(len(crowd))
    await asyncio.gather(*(_naive_try(maker, code, start) for _, code in crowd))
    async with transaction(maker) as session:
        assert (await session.scalar(select(func.count()).select_from(Exchange)) or 0) > 1


async def test_a_recurring_offer_counts_each_day_by_itself(session: Session) -> None:
    pair = await a_pair(session, units=4)
    offer = await session.get_one(Post, pair.offer_id)
    offer.recurring = True
    proposal = await session.get_one(Proposal, pair.proposal_id)
    proposal.day = await session.scalar(text("SELECT current_date + 3"))
    other_day = await a_proposal(
        session,
        await a_need(session, places=4),
        offer,
        day=await session.scalar(text("SELECT current_date + 4")),
    )
    same_day = await a_proposal(session, await a_need(session, places=1), offer, day=proposal.day)
    await session.flush()
    await agree(session, pair)
    await session.refresh(other_day)
    await session.refresh(same_day)
    assert other_day.is_live
    assert same_day.superseded_at is not None
    assert offer.taken == 0
    assert (await posts.lock_posts(session, [offer.id]))[offer.id].is_open
