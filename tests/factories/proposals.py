"""Proposals as the workers make them, and rows moved through time."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from app.accounts.rules import Visitor
from app.db import ReadSession, Session, SessionMaker, transaction
from app.outbox import JobRow
from app.posts.models import Post
from app.proposals.actions import propose
from app.proposals.models import Proposal
from app.proposals.queries import market_around
from matching.pair import Pairing
from matching.plan import match
from matching.policy import Policy
from matching.score import PRIOR
from tests.factories.posts import a_need, an_author, an_offer


async def pairings_around(reader: ReadSession, post_id: int) -> tuple[Pairing, ...]:
    """What the engine would propose around a post now."""
    market = await market_around(reader, post_id)
    if market is None:
        return ()
    return (await asyncio.to_thread(match, market, PRIOR, Policy())).pairings


async def find_pairings(session: Session, post_id: int) -> list[Proposal]:
    """What the worker does with a post, in one transaction."""
    return await propose(session, await pairings_around(session, post_id))


async def a_pair(session: Session, **changes: Any) -> tuple[Post, Post]:  # noqa: ANN401 - fields of a draft
    """A need and an offer that fit."""
    need = await a_need(session, await an_author(session, "Amal"), **changes)
    offer = await an_offer(session, await an_author(session, "Jan"), **changes)
    return need, offer


async def a_proposal(session: Session, **changes: Any) -> Proposal:  # noqa: ANN401 - fields of a draft
    """One live proposal between two people, with its posts to be read."""
    need, offer = await a_pair(session, **changes)
    await find_pairings(session, need.id)
    return await proposal_between(session, need, offer)


async def proposal_between(session: Session, need: Post, offer: Post) -> Proposal:
    rows = await session.scalars(
        select(Proposal)
        .where(Proposal.need_id == need.id, Proposal.offer_id == offer.id)
        .execution_options(populate_existing=True)
    )
    return rows.one()


async def author_of(session: Session, post_id: int) -> Visitor:
    """Whoever wrote the post, at the door."""
    post = await session.get_one(Post, post_id)
    return Visitor(post.author_id, "", "en")


async def let_time_pass(session: Session, **span: float) -> None:
    """Everything that has happened moves into the past; what is due later comes nearer."""
    past = timedelta(**span)
    await session.flush()
    await session.execute(
        update(Post).values(
            published_at=Post.published_at - past,
            confirmed_at=Post.confirmed_at - past,
            waiting_since=Post.waiting_since - past,
        )
    )
    await session.execute(
        update(Proposal).values(
            proposed_at=Proposal.proposed_at - past,
            expires_at=Proposal.expires_at - past,
            expired_at=Proposal.expired_at - past,
            declined_at=Proposal.declined_at - past,
        )
    )
    await session.execute(update(JobRow).values(run_after=JobRow.run_after - past))
    for row in list(session):
        await session.refresh(row)


async def committed_pair(maker: SessionMaker, **changes: Any) -> tuple[int, int]:  # noqa: ANN401 - fields of a draft
    """Ids of a need and an offer that fit, for workers and pages."""
    async with transaction(maker) as session:
        need, offer = await a_pair(session, **changes)
        return need.id, offer.id
