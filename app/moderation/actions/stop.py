"""Taking people out of matching, and giving them back."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from app import outbox
from app.accounts.actions.sessions import end_all_sessions
from app.accounts.models import Person
from app.db import Session
from app.moderation import queries
from app.moderation.models import Report
from app.moderation.queries import beside
from app.moderation.rules import Side
from app.outbox import Job
from app.posts.actions import lock_posts
from app.posts.models import Post


async def database_now(session: Session) -> datetime:
    moment: datetime = (await session.execute(select(func.now()))).scalar_one()
    return moment


async def hold(session: Session, sides: Iterable[Side]) -> int:
    """Take everything these sides have on show out of matching; how many posts that were."""
    ids = [post_id for side in sides for post_id in await _posts_to_hold(session, side)]
    held = 0
    for post in (await lock_posts(session, ids)).values() if ids else ():
        if post.held_at is None:
            post.held_at = await database_now(session)
            post.version += 1
            held += 1
            await outbox.defer(session, Job.CLOSE_PROPOSALS, post.id)
    return held


async def release(session: Session, sides: Iterable[Side], report_id: int) -> None:
    """Give the posts back to matching, but for sides that another report still stops."""
    ids: list[int] = []
    for side in sides:
        stopped = queries.stops(Report, side, except_id=report_id)
        if await session.scalar(select(Report.id).where(stopped).limit(1)) is None:
            ids += await _posts_held(session, side)
    for post in (await lock_posts(session, ids)).values() if ids else ():
        if post.held_at is not None:
            post.held_at = None
            post.version += 1
            await outbox.defer(session, Job.FIND_PAIRINGS, post.id)


async def _posts_to_hold(session: Session, side: Side) -> Sequence[int]:
    """The post itself, and what else is not ended: one that has ended still shows contacts."""
    going_on = Post.withdrawn_at.is_(None) & Post.expired_at.is_(None) & Post.fulfilled_at.is_(None)
    rows = await session.scalars(
        select(Post.id).where(beside(side), or_(Post.id == side.post_id, going_on))
    )
    return rows.all()


async def _posts_held(session: Session, side: Side) -> Sequence[int]:
    rows = await session.scalars(select(Post.id).where(beside(side), Post.held_at.is_not(None)))
    return rows.all()


async def suspend(session: Session, person_ids: Iterable[int]) -> None:
    """Nobody acts under these accounts any more, on any device."""
    for person_id in sorted(person_ids):
        person = await session.get_one(Person, person_id, with_for_update=True)
        person.suspended_at = person.suspended_at or await database_now(session)
        await end_all_sessions(session, person_id)


async def lift(session: Session, person_ids: Iterable[int], report_id: int) -> None:
    """These accounts may act again, unless another decision still stops them."""
    for person_id in sorted(person_ids):
        if await queries.is_suspended_elsewhere(session, person_id, report_id):
            continue
        person = await session.get_one(Person, person_id, with_for_update=True)
        person.suspended_at = None
