"""A recurring need is helped day by day: an agreed day is not asked for again."""

from datetime import date

from sqlalchemy import select

from app.accounts.rules import Visitor
from app.db import Session
from app.exchanges import actions, queries
from app.exchanges.models import Exchange
from app.exchanges.rules import Side
from app.posts.models import Post
from app.posts.rules import Window
from app.proposals.models import Proposal
from tests.factories.posts import a_need, an_author, an_offer, in_days
from tests.factories.proposals import author_of, find_pairings, pairings_around

EACH_WEEK: Window = in_days(1, rule="FREQ=WEEKLY")


async def a_weekly_need(session: Session) -> Post:
    return await a_need(session, await an_author(session, "Amal"), windows=(EACH_WEEK,), places=1)


async def a_weekly_offer(session: Session, name: str) -> Post:
    return await an_offer(session, await an_author(session, name), windows=(EACH_WEEK,), places=1)


async def days_around(session: Session, need: Post) -> set[date]:
    return {
        date.fromordinal(pairing.occurrence) for pairing in await pairings_around(session, need.id)
    }


async def agree(session: Session, proposal: Proposal) -> Exchange:
    for post_id in (proposal.offer_id, proposal.need_id):
        accepted = await actions.accept(session, await author_of(session, post_id), proposal.code)
    assert accepted.exchange is not None
    return accepted.exchange


async def test_an_agreed_day_is_not_proposed_again(session: Session) -> None:
    need = await a_weekly_need(session)
    await a_weekly_offer(session, "Jan")
    (proposal,) = await find_pairings(session, need.id)
    agreed = proposal.day
    assert agreed is not None
    for name in ("Lucas", "Fatima"):
        await a_weekly_offer(session, name)
    assert agreed in await days_around(session, need)  # the control: the day is open
    await agree(session, proposal)
    left = await days_around(session, need)
    assert left
    assert agreed not in left


async def test_others_who_wait_for_the_agreed_day_are_told(session: Session) -> None:
    need = await a_weekly_need(session)
    for name in ("Jan", "Lucas"):
        await a_weekly_offer(session, name)
    made = await find_pairings(session, need.id)
    same_day = [one for one in made if one.day == made[0].day]
    await agree(session, same_day[0])
    for other in same_day[1:]:
        await session.refresh(other)
        assert other.superseded_at is not None


async def test_a_day_called_off_is_open_again(session: Session) -> None:
    need = await a_weekly_need(session)
    await a_weekly_offer(session, "Jan")
    (proposal,) = await find_pairings(session, need.id)
    exchange = await agree(session, proposal)
    await a_weekly_offer(session, "Lucas")
    assert exchange.day not in await days_around(session, need)
    receiver: Visitor = await author_of(session, need.id)
    stand = await queries.stand(session, receiver, exchange.code)
    assert stand.side is Side.RECEIVER
    await actions.cancel(session, stand)
    await session.flush()
    assert exchange.day in await days_around(session, need)
    assert (await session.scalars(select(Exchange.day))).all() == [exchange.day]
