"""Pause, resume, extend, withdraw, adopt: each guarded by the rules and by the post's version."""

from sqlalchemy import func

from app.accounts.rules import ORGANISATION_ROLES, Visitor, may_work_for
from app.db import Session
from app.errors import ConflictError, NotAllowedError
from app.i18n import sentence
from app.notifications.rules import NoticeKind
from app.posts import queries
from app.posts.actions.capacity import lock_posts
from app.posts.actions.changes import (
    change,
    close_proposals,
    database_now,
    look_for_pairings,
    refuse_unless,
    tell_author,
)
from app.posts.models import Post
from app.posts.rules import (
    PostKind,
    category_of,
    expiry,
    may_confirm,
    may_extend,
    may_pause,
    may_resume,
    may_withdraw,
    owns,
)

SIGNATURES = 2
ALL_PAST = sentence("All its dates have passed. Change the dates first.")


async def pause(session: Session, visitor: Visitor, post: Post) -> None:
    """Let a post rest; nothing new is proposed until it resumes."""
    refuse_unless(may_pause(visitor, post))
    await change(session, post, paused_at=func.now())
    await close_proposals(session, post)


async def resume(session: Session, visitor: Visitor, post: Post) -> None:
    """Wake a paused post; the time it rested does not count as waiting."""
    refuse_unless(may_resume(visitor, post))
    waited = func.coalesce(Post.waiting_since, Post.published_at) + (func.now() - Post.paused_at)
    await change(
        session,
        post,
        paused_at=None,
        asked_at=None,
        confirmed_at=func.now(),
        waiting_since=waited,
    )
    await look_for_pairings(session, post)


async def extend(session: Session, visitor: Visitor, post: Post) -> None:
    """Thirty more days; a post that time ended comes back."""
    refuse_unless(may_extend(visitor, post))
    now = await database_now(session)
    windows = await queries.windows_of(session, [post.id])
    end = expiry.extended(now, post.ends_at, post.latest_by, windows[post.id])
    if end <= now:
        raise ConflictError(ALL_PAST)
    await change(
        session, post, ends_at=end, expired_at=None, asked_at=None, confirmed_at=func.now()
    )
    await look_for_pairings(session, post)


async def confirm_still_there(session: Session, visitor: Visitor, post: Post) -> None:
    """Yes, it still stands: nothing else about the post changes."""
    refuse_unless(may_confirm(visitor, post))
    await change(session, post, asked_at=None, confirmed_at=func.now())


async def withdraw(session: Session, visitor: Visitor, post: Post) -> None:
    """Take it back for good; open proposals end."""
    refuse_unless(may_withdraw(visitor, post))
    await change(session, post, withdrawn_at=func.now())
    await close_proposals(session, post)


async def withdraw_for_client(session: Session, visitor: Visitor, client_id: int) -> int:
    """Take back whatever is posted for a client who no longer allows it; how many it was."""
    posts = await lock_posts(session, await queries.client_posts(session, client_id))
    for post in posts.values():
        refuse_unless(owns(visitor, post))
        await change(session, post, withdrawn_at=func.now())
        await close_proposals(session, post)
    return len(posts)


async def adopt(session: Session, visitor: Visitor, post: Post, organisation_id: int) -> None:
    """A verified organisation vouches for hosting: from now on it may be matched.

    A host's offer needs the signatures of two people before.
    """
    refuse_unless(category_of(post).is_hosting and bool(visitor.roles & ORGANISATION_ROLES))
    refuse_unless(may_work_for(visitor, organisation_id))
    if post.author_id == visitor.person_id and post.organisation_id is None:
        raise NotAllowedError("Somebody else must vouch for your own post.")
    if not await queries.may_work(session, organisation_id):
        raise NotAllowedError("This organisation is not verified yet, or it is stopped.")
    if not await _is_signed(session, post):
        raise ConflictError("A second person must sign too.")
    await change(session, post, adopted_at=func.now(), adopted_by=organisation_id)
    await look_for_pairings(session, post)


async def _is_signed(session: Session, post: Post) -> bool:
    if post.kind == PostKind.NEED.value:
        return True
    return await queries.signatures_of(session, post.id) >= SIGNATURES


async def pause_for_silence(session: Session, post_id: int) -> None:
    """Let an offer rest after unanswered proposals; its author is told and wakes it by one tap."""
    post = await session.get_one(Post, post_id, with_for_update=True, populate_existing=True)
    if not post.is_open:
        return
    await change(session, post, paused_at=func.now())
    await close_proposals(session, post)
    await tell_author(session, post, NoticeKind.POST_PAUSED)
