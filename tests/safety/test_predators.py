"""A report holds whoever it is about, also in what they post next; newcomers ask few hosts."""

import asyncio
from datetime import timedelta

import httpx
from sqlalchemy import func, select, update

from app.accounts.models import Person
from app.accounts.rules import Grant, Role, Visitor
from app.db import SessionMaker, reading, transaction
from app.errors import TooManyError
from app.moderation import actions as moderation
from app.moderation import queries as reports
from app.moderation.models import Report
from app.moderation.rules import Choice, DecisionDraft
from app.outbox import Job, JobRow
from app.posts import actions as posts
from app.posts import queries
from app.posts.actions.publish import ASKED_ON_FIRST_DAY
from app.posts.models import Post
from app.posts.rules import PostKind, PostStatus
from tests.app.moderation.test_report import send as report
from tests.conftest import SignIn
from tests.factories.accounts import make_person
from tests.factories.exchanges import Pair, an_exchange, visitor_of
from tests.factories.posts import a_draft, an_author, an_offer


async def reported(client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn) -> Pair:
    """Amal reports Jan as a danger; Jan's offer is held."""
    pair, code = await an_exchange(maker)
    await sign_in(client, pair.receiver.person_id)
    await report(client, "exchange", code)
    return pair


async def looks_for(maker: SessionMaker, post: Post) -> bool:
    """True where workers are asked to pair the post."""
    async with reading(maker) as reader:
        found = await reader.scalar(
            select(JobRow.id).where(JobRow.kind == Job.FIND_PAIRINGS.value, JobRow.ref == post.id)
        )
    return found is not None


async def test_what_a_reported_person_posts_next_is_held_too(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair = await reported(client, maker, sign_in)
    async with transaction(maker) as session:
        again = await an_offer(session, pair.giver)
        innocent = await an_offer(session, pair.receiver)
    assert again.status is PostStatus.HELD
    assert not await looks_for(maker, again)
    assert innocent.status is PostStatus.PUBLISHED


async def test_taking_the_held_post_back_does_not_help(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair = await reported(client, maker, sign_in)
    async with transaction(maker) as session:
        held = await session.get_one(Post, pair.offer_id)
        await posts.withdraw(session, pair.giver, held)
    async with transaction(maker) as session:
        assert (await an_offer(session, pair.giver)).status is PostStatus.HELD


async def test_a_moderator_who_finds_nothing_releases_the_later_posts_as_well(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair = await reported(client, maker, sign_in)
    async with transaction(maker) as session:
        later = (await an_offer(session, pair.giver)).id
        await posts.withdraw(session, pair.giver, await session.get_one(Post, pair.offer_id))
    async with transaction(maker) as session:
        moderator = await make_person(session)
        code = (await session.scalars(select(Report.code))).one()
        visitor = Visitor(
            moderator.id, moderator.name, "fr", frozenset({Grant(Role.MODERATOR, None)})
        )
        evidence = await reports.evidence(session, visitor, code)
        await moderation.decide(
            session, visitor, evidence, DecisionDraft(Choice.NONE, "A misunderstanding.")
        )
    async with transaction(maker) as session:
        assert (await session.get_one(Post, later)).status is PostStatus.PUBLISHED
        assert (await an_offer(session, pair.giver)).status is PostStatus.PUBLISHED


async def ask(maker: SessionMaker, visitor: Visitor, code: str) -> bool:
    """True where the request went out."""
    try:
        async with transaction(maker) as session:
            await posts.publish(session, visitor, a_draft(PostKind.NEED, asked_offer=code))
    except TooManyError:
        return False
    return True


async def a_newcomer(maker: SessionMaker) -> tuple[Visitor, str]:
    async with transaction(maker) as session:
        offer = await an_offer(session)
        return visitor_of(await make_person(session, name="Eve")), offer.code


async def test_a_newcomer_asks_five_hosts_on_the_first_day_however_fast(
    maker: SessionMaker,
) -> None:
    visitor, code = await a_newcomer(maker)
    went = await asyncio.gather(*(ask(maker, visitor, code) for _ in range(8)))
    assert sum(went) == ASKED_ON_FIRST_DAY


async def test_the_next_day_and_plain_needs_are_free(maker: SessionMaker) -> None:
    visitor, code = await a_newcomer(maker)
    for _ in range(ASKED_ON_FIRST_DAY):
        assert await ask(maker, visitor, code)
    assert not await ask(maker, visitor, code)
    async with transaction(maker) as session:
        await posts.publish(session, visitor, a_draft(PostKind.NEED))
        await session.execute(
            update(Person)
            .where(Person.id == visitor.person_id)
            .values(created_at=func.now() - timedelta(hours=25))
        )
    assert await ask(maker, visitor, code)


async def test_the_count_is_of_ones_own_requests(maker: SessionMaker) -> None:
    visitor, code = await a_newcomer(maker)
    assert await ask(maker, visitor, code)
    async with transaction(maker) as session:
        other = await an_author(session)
        assert await queries.asked_on_first_day(session, other) == 0
        assert await queries.asked_on_first_day(session, visitor) == 1
