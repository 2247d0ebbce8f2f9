"""A post rests, ends or fills up: its live proposals end, and the other side is told kindly."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from sqlalchemy import and_, func, literal_column, or_, select, update

from app.db import Session
from app.notifications.rules import NoticeKind
from app.posts.actions import lock_posts
from app.posts.models import Post
from app.posts.rules import is_matchable
from app.proposals.actions.look_again import look_again
from app.proposals.actions.tell import tell_sides
from app.proposals.models import Proposal
from app.proposals.queries.meeting import free_on, is_day_open, is_in_the_market, is_wanting
from app.proposals.rules import Side

End = Literal["withdrawn_at", "superseded_at"]
NOTICE = {
    "withdrawn_at": NoticeKind.PROPOSAL_WITHDRAWN,
    "superseded_at": NoticeKind.NO_LONGER_FREE,
}


async def close_proposals(session: Session, post_id: int) -> int:
    """End what can no longer happen with this post; an open post with room keeps its proposals."""
    posts = await lock_posts(session, [post_id])
    if post_id not in posts:
        return 0
    post = posts[post_id]
    closed = 0
    for proposal in await _live(session, post_id):
        end = await _end_of(session, post, proposal)
        if end is not None:
            await _close(session, proposal, end, "offer" if post.kind == "need" else "need")
            closed += 1
    return closed


async def _live(session: Session, post_id: int) -> Sequence[Proposal]:
    rows = await session.scalars(
        select(Proposal)
        .where(
            or_(Proposal.need_id == post_id, Proposal.offer_id == post_id),
            literal_column("is_live"),
        )
        .order_by(Proposal.id)
        .with_for_update()
    )
    return rows.all()


async def _end_of(session: Session, post: Post, proposal: Proposal) -> End | None:
    if not post.is_open or not is_matchable(post) or not await _may_go_on(session, post):
        return "withdrawn_at"
    if post.kind == "need":
        wanted = and_(is_wanting(Post), is_day_open(Post, proposal.day))
        wanting = await session.scalar(select(wanted).where(Post.id == post.id))
        return None if wanting else "superseded_at"
    room = await _room(session, post.id, proposal.day)
    return None if room >= proposal.units else "superseded_at"


async def _may_go_on(session: Session, post: Post) -> bool:
    """False where its dates are over, or its people or organisation may not take part now."""
    return bool(await session.scalar(select(is_in_the_market(Post)).where(Post.id == post.id)))


async def _room(session: Session, offer_id: int, day: date | None) -> int:
    return await session.scalar(select(free_on(Post, day)).where(Post.id == offer_id)) or 0


async def _close(session: Session, proposal: Proposal, end: End, other: Side) -> None:
    await session.execute(
        update(Proposal)
        .where(Proposal.id == proposal.id)
        .values({end: func.now()})
        .execution_options(synchronize_session=False)
    )
    await tell_sides(session, proposal, NOTICE[end], {other})
    await look_again(session, proposal.offer_id if other == "offer" else proposal.need_id)
