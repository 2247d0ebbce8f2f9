"""Pause, resume, extend, withdraw, adopt: each guarded by the rules and by the post's version."""

from collections.abc import Iterable

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
from app.posts.queries.hosts import host_file
from app.posts.rules import (
    PostKind,
    category_of,
    expiry,
    may_confirm,
    may_extend,
    may_pause,
    may_resume,
    may_withdraw,
)
from app.posts.rules.household import Guests, Household, accepts_of, features_of
from app.posts.rules.verification import missing

CHILD_ALONE = sentence(
    "Children without a parent are not matched. Call the child-protection contact on the page."
)
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


async def withdraw_for_client(session: Session, ids: Iterable[int]) -> list[int]:
    """Take back posts that a client no longer allows; which of them still stood.

    Whose client it is has been checked by whoever calls.
    """
    posts = await lock_posts(session, ids)
    standing = [one for one in posts.values() if not (one.withdrawn_at or one.fulfilled_at)]
    for post in standing:
        await change(session, post, withdrawn_at=func.now())
        await close_proposals(session, post)
    return [post.id for post in standing]


async def ask_to_read_again(session: Session, post: Post) -> None:
    """Take a client's post off the show until the client has heard it anew."""
    await change(session, post, published_at=None, read_back_at=None)
    await close_proposals(session, post)


async def adopt(session: Session, visitor: Visitor, post: Post, organisation_id: int) -> None:
    """A verified organisation vouches for hosting: from now on it may be matched.

    A host's offer needs a complete file and the signatures of two people before; a need must say
    who comes, and a child without a parent is never matched.
    """
    refuse_unless(category_of(post).is_hosting and bool(visitor.roles & ORGANISATION_ROLES))
    refuse_unless(may_work_for(visitor, organisation_id))
    if post.author_id == visitor.person_id and post.organisation_id is None:
        raise NotAllowedError("Somebody else must vouch for your own post.")
    if not await queries.may_work(session, organisation_id):
        raise NotAllowedError("This organisation is not verified yet, or it is stopped.")
    found: dict[str, object] = {}
    if post.kind == PostKind.OFFER.value:
        found = await _found_by_verifier(session, post)
    else:
        _refuse_unknown_guests(post)
    await change(
        session,
        post,
        adopted_at=func.now(),
        adopted_by=organisation_id,
        vouched_by=visitor.person_id,
        **found,
    )
    await look_for_pairings(session, post)


def _refuse_unknown_guests(need: Post) -> None:
    if Guests.CHILD_ALONE in Guests(need.profile):
        raise ConflictError(CHILD_ALONE)
    if Guests.NOT_SAID in Guests(need.profile):
        raise ConflictError("Say first who comes: how many women, men and children.")


async def _found_by_verifier(session: Session, post: Post) -> dict[str, object]:
    """What the complete and signed file says of a household, as columns of its offer."""
    file = await host_file(session, post.id)
    if file is None or missing(file.facts):
        raise ConflictError("The file of this host is not complete.")
    if file.row.valid_until is None:
        raise ConflictError("A second person must sign too.")
    household = Household(file.row.household or "")
    return {
        "features": post.features | int(features_of(household)),
        "accepts": int(accepts_of(household, Guests(file.row.willing))),
        "checked_until": file.row.valid_until,
    }


async def pause_for_silence(session: Session, post_id: int) -> None:
    """Let an offer rest after unanswered proposals; its author is told and wakes it by one tap."""
    post = await session.get_one(Post, post_id, with_for_update=True, populate_existing=True)
    if not post.is_open:
        return
    await change(session, post, paused_at=func.now())
    await close_proposals(session, post)
    await tell_author(session, post, NoticeKind.POST_PAUSED)
