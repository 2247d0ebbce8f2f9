"""Places of an offer are promised and freed; a need is met once.

Counters change in one guarded statement, so that they cannot leave their bounds even where a
caller forgot the lock. A recurring offer counts each local day by itself.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.db import Session
from app.errors import ConflictError
from app.i18n import sentence
from app.posts.actions.changes import look_for_pairings
from app.posts.models import Occurrence, Post

FULL = sentence("This is no longer free: somebody else was first.")
NOT_TAKEN = sentence("These places were not taken.")
NO_DAY = sentence("Choose a day for this.")


async def lock_posts(session: Session, ids: Iterable[int]) -> dict[int, Post]:
    """The posts as they are now, locked in ascending order of id until the end of the act."""
    rows = await session.scalars(
        select(Post)
        .where(Post.id.in_(set(ids)))
        .order_by(Post.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {post.id: post for post in rows}


async def take_places(session: Session, offer: Post, units: int, day: date | None = None) -> None:
    """Promise `units` of an open offer, of one day if it recurs; `ConflictError` when not free."""
    if units < 1:
        raise ValueError("At least one place is taken.")
    if offer.recurring:
        await _take_day(session, offer, units, _needed(day))
        return
    taken = await session.scalar(
        update(Post)
        .where(Post.id == offer.id, Post.is_open, Post.taken + units <= Post.places)
        .where(or_(~Post.exclusive, Post.taken == 0))
        .values(taken=Post.taken + units)
        .returning(Post.id)
        .execution_options(synchronize_session=False)
    )
    _refuse_unless_changed(taken, FULL)
    await session.refresh(offer)


async def free_places(session: Session, offer: Post, units: int, day: date | None = None) -> None:
    """Give promised places back; the engine looks for somebody else."""
    if units < 1:
        raise ValueError("At least one place is freed.")
    if offer.recurring:
        freed = await session.scalar(
            update(Occurrence)
            .where(*_of_day(offer, _needed(day)), Occurrence.taken >= units)
            .values(taken=Occurrence.taken - units)
            .returning(Occurrence.post_id)
            .execution_options(synchronize_session=False)
        )
    else:
        freed = await session.scalar(
            update(Post)
            .where(Post.id == offer.id, Post.taken >= units)
            .values(taken=Post.taken - units)
            .returning(Post.id)
            .execution_options(synchronize_session=False)
        )
    _refuse_unless_changed(freed, NOT_TAKEN)
    await session.refresh(offer)
    await look_for_pairings(session, offer)


async def take_need(session: Session, need: Post) -> None:
    """Somebody helps: nobody else is proposed. `ConflictError` where somebody helps already."""
    if need.recurring:
        return
    taken = await session.scalar(
        update(Post)
        .where(Post.id == need.id, Post.is_open, Post.taken == 0)
        .values(taken=Post.places)
        .returning(Post.id)
        .execution_options(synchronize_session=False)
    )
    _refuse_unless_changed(taken, FULL)
    await session.refresh(need)


async def reopen_need(session: Session, need: Post) -> None:
    """The help did not come: look again; the time already waited still counts."""
    await session.execute(
        update(Post)
        .where(Post.id == need.id)
        .values(taken=0, fulfilled_at=None)
        .execution_options(synchronize_session=False)
    )
    await session.refresh(need)
    await look_for_pairings(session, need)


async def fulfil_need(session: Session, need: Post) -> None:
    """The help happened; a recurring need goes on until its author ends it."""
    if need.recurring:
        return
    await session.execute(
        update(Post)
        .where(Post.id == need.id, Post.fulfilled_at.is_(None))
        .values(fulfilled_at=func.now())
        .execution_options(synchronize_session=False)
    )
    await session.refresh(need)


async def _take_day(session: Session, offer: Post, units: int, day: date) -> None:
    await session.execute(
        insert(Occurrence)
        .values(post_id=offer.id, day=day, places=offer.places, taken=0)
        .on_conflict_do_nothing()
    )
    taken = await session.scalar(
        update(Occurrence)
        .where(*_of_day(offer, day), Occurrence.taken + units <= Occurrence.places)
        .where(or_(literal(not offer.exclusive), Occurrence.taken == 0))
        .values(taken=Occurrence.taken + units)
        .returning(Occurrence.post_id)
        .execution_options(synchronize_session=False)
    )
    _refuse_unless_changed(taken if offer.is_open else None, FULL)


def _of_day(offer: Post, day: date) -> tuple[ColumnElement[bool], ...]:
    return Occurrence.post_id == offer.id, Occurrence.day == day


def _needed(day: date | None) -> date:
    if day is None:
        raise ConflictError(NO_DAY)
    return day


def _refuse_unless_changed(row: int | None, sentence: str) -> None:
    if row is None:
        raise ConflictError(sentence)
