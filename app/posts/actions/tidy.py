"""Nothing stale: posts end by time, and ask "still there?" before they do."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, func, literal_column, or_, select

from app.db import Session
from app.notifications.rules import NoticeKind
from app.organisations import actions as organisations
from app.posts.actions.changes import change, close_proposals, tell_author
from app.posts.actions.hosts import tidy_hosts
from app.posts.actions.units import free_past_units
from app.posts.models import Draft, Post
from app.posts.rules import Urgency
from app.posts.rules.expiry import ASK_AFTER, MORNING

BATCH = 500


async def tidy_posts(session: Session) -> int:
    """One sweep over due rows; returns how many posts it ended or asked about."""
    ended = await _expire(session)
    asked = await _ask_still_there(session)
    ended += await tidy_hosts(session)
    await free_past_units(session)
    await session.execute(delete(Draft).where(Draft.expires_at < func.now()))
    await organisations.forget_code_tries(session)
    await organisations.tidy_organisations(session)
    return ended + asked


async def _expire(session: Session) -> int:
    due = await _due(
        session,
        Post.ends_at <= func.now(),
        Post.withdrawn_at.is_(None),
        Post.expired_at.is_(None),
        Post.fulfilled_at.is_(None),
    )
    for post in due:
        await change(session, post, expired_at=func.now())
        await close_proposals(session, post)
        await tell_author(session, post, NoticeKind.POST_EXPIRED)
    return len(due)


async def _ask_still_there(session: Session) -> int:
    due = await _due(session, literal_column("is_open"), Post.asked_at.is_(None), _is_silent())
    for post in due:
        await change(session, post, asked_at=func.now())
        await tell_author(session, post, NoticeKind.STILL_THERE)
    return len(due)


def _is_silent() -> ColumnElement[bool]:
    """Thirty days without a word, or the morning after help was needed today."""
    since = func.coalesce(Post.confirmed_at, Post.published_at)
    zone = "Europe/Brussels"
    next_morning = func.timezone(
        zone,
        func.date_trunc("day", func.timezone(zone, since)) + timedelta(days=1, hours=MORNING.hour),
    )
    return or_(
        since <= func.now() - ASK_AFTER,
        and_(Post.urgency == int(Urgency.TODAY), next_morning <= func.now()),
    )


async def _due(session: Session, *conditions: ColumnElement[bool]) -> list[Post]:
    rows = await session.scalars(
        select(Post)
        .where(*conditions)
        .order_by(Post.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return list(rows)
