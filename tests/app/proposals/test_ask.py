"""Whoever asks one offer is heard, or told in words that somebody else is looked for."""

from typing import Any

import pytest
from sqlalchemy import select, text

from app.accounts.models import Block
from app.db import Session
from app.notifications.models import Notice
from app.posts import actions as posts
from app.posts.models import Post
from app.proposals.actions import propose, propose_asked
from app.proposals.models import Proposal
from app.proposals.rules import ASKS_PER_OFFER
from tests.factories.hosting import ONE_WOMAN, a_host, a_house
from tests.factories.posts import BED, a_need, an_offer
from tests.factories.proposals import find_pairings, pairings_around

FULL_OF_PROPOSALS = 3  # min(3k, k + 2) for one place


async def a_flooded_offer(session: Session) -> Post:
    """The engine has put all it may before this offer."""
    offer = await an_offer(session, places=1)
    needs = [(await a_need(session, places=1)).id for _ in range(FULL_OF_PROPOSALS + 1)]
    for pairings in [await pairings_around(session, need_id) for need_id in needs]:
        await propose(session, pairings)
    assert len(await live(session, offer)) == FULL_OF_PROPOSALS
    return offer


async def live(session: Session, offer: Post) -> list[Proposal]:
    rows = await session.scalars(select(Proposal).where(Proposal.offer_id == offer.id))
    return list(rows)


async def an_ask(session: Session, offer: Post, **changes: Any) -> Post:  # noqa: ANN401 - fields of a draft
    return await a_need(session, asked_offer=offer.code, places=1, **changes)


async def told(session: Session, need: Post) -> list[str]:
    rows = await session.scalars(
        select(Notice.kind)
        .where(Notice.person_id == need.author_id, Notice.kind != "published")
        .order_by(Notice.id)
    )
    return list(rows)


async def test_a_direct_ask_goes_past_the_engines_cap(session: Session) -> None:
    offer = await a_flooded_offer(session)
    engine = await a_need(session, places=1)
    assert await find_pairings(session, engine.id) == []  # the control: the engine may not
    need = await an_ask(session, offer)
    proposal = await propose_asked(session, need.id)
    assert proposal is not None
    assert proposal.proposer == "person"
    assert await told(session, need) == []


async def test_at_most_five_ask_besides_and_the_sixth_is_told(session: Session) -> None:
    offer = await a_flooded_offer(session)
    asks = [await an_ask(session, offer) for _ in range(ASKS_PER_OFFER + 1)]
    heard = [await propose_asked(session, need.id) is not None for need in asks]
    assert heard == [True] * ASKS_PER_OFFER + [False]
    last = asks[-1]
    assert await told(session, last) == ["no_longer_free"]
    assert await propose_asked(session, last.id) is None
    assert await told(session, last) == ["no_longer_free"]  # once
    other = await an_offer(session, places=1)
    (proposal,) = await find_pairings(session, last.id)
    assert proposal.offer_id == other.id


async def test_where_the_engine_was_faster_asking_is_the_yes_all_the_same(session: Session) -> None:
    """The offer's own search came late, and found the need that asks for it."""
    offer = await an_offer(session, places=1)
    need = await an_ask(session, offer)
    (found,) = await find_pairings(session, offer.id)
    assert (found.proposer, found.need_accepted_at) == ("engine", None)
    proposal = await propose_asked(session, need.id)
    assert proposal is not None
    assert (proposal.id, proposal.proposer) == (found.id, "person")
    assert proposal.need_accepted_at is not None
    assert await propose_asked(session, need.id) is None  # once


@pytest.mark.parametrize("column", ["declined_at", "withdrawn_at", "offer_accepted_at"])
async def test_asking_says_nothing_where_somebody_has_answered(
    session: Session, column: str
) -> None:
    offer = await an_offer(session, places=1)
    need = await an_ask(session, offer)
    (found,) = await find_pairings(session, offer.id)
    more = ", declined_by = 'offer'" if column == "declined_at" else ""
    await session.execute(text(f"UPDATE proposal SET {column} = now(){more}"))  # noqa: S608 - our own words
    assert await propose_asked(session, need.id) is None
    await session.refresh(found)
    assert found.need_accepted_at is None


async def fill(session: Session, offer: Post, need: Post) -> None:
    await posts.take_places(session, offer, offer.places)


async def block(session: Session, offer: Post, need: Post) -> None:
    session.add(Block(blocker_id=offer.author_id, blocked_id=need.author_id))


async def pause(session: Session, offer: Post, need: Post) -> None:
    await session.execute(text("UPDATE post SET paused_at = now() WHERE id = :i"), {"i": offer.id})


@pytest.mark.parametrize("hinder", [fill, block, pause])
async def test_an_offer_that_cannot_hear_is_told_in_the_same_words(
    session: Session, hinder: object
) -> None:
    offer = await an_offer(session, places=1)
    need = await an_ask(session, offer)
    await hinder(session, offer, need)  # type: ignore[operator] # one of the three above
    await session.flush()
    assert await propose_asked(session, need.id) is None
    assert await told(session, need) == ["no_longer_free"]


async def test_a_need_that_rests_keeps_its_ask(session: Session) -> None:
    offer = await an_offer(session, places=1)
    need = await an_ask(session, offer)
    need.paused_at = need.published_at
    await session.flush()
    assert await propose_asked(session, need.id) is None
    assert await told(session, need) == []
    need.paused_at = None
    await session.flush()
    assert await propose_asked(session, need.id) is not None


async def test_a_host_still_hears_one_at_a_time(session: Session) -> None:
    house = await a_house(session)
    offer = await a_host(session, house, places=1)
    asks = [await an_ask(session, offer, category=BED, party=ONE_WOMAN) for _ in "12"]
    for need in asks:
        await posts.adopt_need(session, house.fatou, need, house.organisation.id, ONE_WOMAN)
    heard = [await propose_asked(session, need.id) is not None for need in asks]
    assert heard == [True, False]
