"""Protecting a guest: the host rests until people decided, and the need looks again today."""

from datetime import timedelta

from sqlalchemy import and_, delete, func, or_, select, update

from app import outbox
from app.db import Session
from app.outbox import Job
from app.posts.actions.capacity import lock_posts
from app.posts.actions.changes import database_now, look_for_pairings
from app.posts.models import Post, PostWindow
from app.posts.rules import Urgency

LOOK_FOR = timedelta(days=7)


async def hold_posts_of(session: Session, post: Post) -> int:
    """Take everything its author has on show out of matching; of an organisation this post only."""
    theirs = Post.id == post.id
    if post.organisation_id is None:
        going_on = and_(
            Post.withdrawn_at.is_(None), Post.expired_at.is_(None), Post.fulfilled_at.is_(None)
        )
        theirs = or_(
            theirs,
            and_(Post.author_id == post.author_id, Post.organisation_id.is_(None), going_on),
        )
    ids = await session.scalars(select(Post.id).where(theirs))
    held = 0
    now = await database_now(session)
    for one in (await lock_posts(session, ids.all())).values():
        if one.held_at is None:
            one.held_at = now
            one.version += 1
            held += 1
            await outbox.defer(session, Job.CLOSE_PROPOSALS, one.id)
    await session.flush()
    return held


async def reopen_urgently(session: Session, need: Post) -> None:
    """Somebody must find another place today, whatever the need said before."""
    now = await database_now(session)
    until = now + LOOK_FOR
    await session.execute(
        update(Post)
        .where(Post.id == need.id)
        .values(
            taken=0,
            fulfilled_at=None,
            expired_at=None,
            paused_at=None,
            urgency=int(Urgency.TODAY),
            latest_by=None,
            ends_at=func.greatest(Post.ends_at, until),
            version=Post.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
    await session.execute(delete(PostWindow).where(PostWindow.post_id == need.id))
    session.add(PostWindow(post_id=need.id, starts_at=now, ends_at=until))
    await session.flush()
    await session.refresh(need)
    await look_for_pairings(session, need)
