"""What happens to posts when their organisation stops, or when their caseworker changes."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from app.db import Session
from app.posts.actions.capacity import lock_posts
from app.posts.actions.changes import change, close_proposals
from app.posts.models import Post


async def rest_posts_of(session: Session, organisation_id: int) -> int:
    """Let an organisation's posts rest, and end what is proposed to whom it vouches for.

    They wake one by one, by a colleague's hand, once it works again.
    """
    ours = await _locked(session, and_(Post.organisation_id == organisation_id, Post.is_open))
    for post in ours:
        await change(session, post, paused_at=func.now())
        await close_proposals(session, post)
    for post in await _locked(session, and_(Post.adopted_by == organisation_id, Post.is_open)):
        await close_proposals(session, post)
    return len(ours)


async def withdraw_posts_of(session: Session, organisation_id: int) -> int:
    """Take back whatever an organisation has on show; whom it vouched for waits for another."""
    standing = and_(
        Post.organisation_id == organisation_id,
        Post.withdrawn_at.is_(None),
        Post.fulfilled_at.is_(None),
    )
    ours = await _locked(session, standing)
    for post in ours:
        await change(session, post, withdrawn_at=func.now())
        await close_proposals(session, post)
    others = or_(Post.organisation_id.is_(None), Post.organisation_id != organisation_id)
    for post in await _locked(session, and_(Post.adopted_by == organisation_id, others)):
        await change(session, post, adopted_at=None, adopted_by=None)
        await close_proposals(session, post)
    return len(ours)


async def _locked(session: Session, wanted: ColumnElement[bool]) -> Sequence[Post]:
    ids = await session.scalars(select(Post.id).where(wanted))
    return list((await lock_posts(session, ids.all())).values())


async def change_caseworker(
    session: Session, organisation_id: int, client_id: int, worker_id: int
) -> int:
    """Everything posted for a client speaks to this worker from now on; how many posts it was."""
    return await _change_author(
        session,
        and_(Post.organisation_id == organisation_id, Post.client_id == client_id),
        worker_id,
    )


async def change_author_of_own(
    session: Session, organisation_id: int, giver_id: int, worker_id: int
) -> int:
    """The same for what one colleague posted in the organisation's own name."""
    own = and_(
        Post.organisation_id == organisation_id,
        Post.client_id.is_(None),
        Post.author_id == giver_id,
    )
    return await _change_author(session, own, worker_id)


async def _change_author(session: Session, wanted: ColumnElement[bool], worker_id: int) -> int:
    posts = await _locked(session, and_(wanted, Post.author_id != worker_id))
    if posts:
        await session.execute(
            update(Post)
            .where(Post.id.in_([post.id for post in posts]))
            .values(author_id=worker_id, version=Post.version + 1)
            .execution_options(synchronize_session=False)
        )
    return len(posts)
