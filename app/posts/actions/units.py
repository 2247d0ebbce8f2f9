"""Beds and rooms are rows of their own: a stay books some of them from one day to another.

The exclusion constraint of `Booking` keeps two stays apart even where a caller forgot the lock of
the offer. `Post.taken` of such an offer is only a figure for lists and for the engine: how many
of its units are promised now or later, counted again whenever a booking changes or ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Insert, Select, func, literal, select, update
from sqlalchemy.dialects.postgresql import DATERANGE, Range, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from app.db import Session
from app.errors import ConflictError
from app.i18n import sentence
from app.posts.actions.capacity import FULL
from app.posts.actions.changes import look_for_pairings
from app.posts.models import Booking, Post, Unit
from app.posts.rules import CATEGORIES, PostKind, category_of

BATCH = 200
NOT_FREE_THEN = sentence("Somebody else has this place after that day.")
LIVED_IN = tuple(category.number for category in CATEGORIES if category.is_hosting)


@dataclass(frozen=True)
class Nights:
    """From the first day to the day of leaving; at least one night."""

    first: date
    last: date

    @property
    def range(self) -> Range[date]:
        return Range(self.first, max(self.last, self.first + timedelta(days=1)), bounds="[)")


def is_lived_in(offer: Post) -> bool:
    return offer.kind == PostKind.OFFER.value and category_of(offer).is_hosting


def is_counted(offer: Post) -> bool:
    """Its places are a counter, one for each day where it recurs; beds alone are not."""
    return offer.recurring or not is_lived_in(offer)


async def keep_units(session: Session, offer: Post) -> None:
    """As many units on offer as the post has places; the post is locked or new.

    What somebody has booked stays, so free ones go first.
    """
    rows = (await session.execute(_units_of(offer.id))).all()
    wanted = offer.places if is_lived_in(offer) else 0
    in_order = sorted(rows, key=lambda row: (not row.booked, row.number))
    for at, row in enumerate(in_order):
        if (at < wanted) is (row.Unit.retired_at is not None):
            row.Unit.retired_at = None if at < wanted else func.now()
    highest = max((row.number for row in rows), default=0)
    session.add_all(
        Unit(post_id=offer.id, number=highest + more) for more in range(1, wanted - len(rows) + 1)
    )
    await session.flush()


def _units_of(offer_id: int) -> Select[Unit, int, bool]:
    booked = select(Booking.id).where(Booking.unit_id == Unit.id, _goes_on()).exists()
    return (
        select(Unit, Unit.number.label("number"), booked.label("booked"))
        .where(Unit.post_id == offer_id)
        .order_by(Unit.number)
    )


async def book_units(
    session: Session, offer: Post, units: int, nights: Nights, holder: UUID
) -> None:
    """Promise `units` of an open offer for these nights, all where it takes one party at a time.

    `ConflictError` where fewer are free.
    """
    await keep_units(session, offer)
    wanted = offer.places if offer.exclusive else units
    booked = await session.scalars(booking(offer.id, wanted, nights.range, holder))
    if not offer.is_open or len(booked.all()) < wanted:
        raise ConflictError(FULL)
    await _count(session, offer)


def booking(offer_id: int, units: int, during: Range[date], holder: UUID) -> Insert:
    """One statement: the lowest free units of an offer; gives fewer ids where fewer are free."""
    days = literal(during, DATERANGE)
    other = aliased(Booking)
    is_free = ~(
        select(other.id)
        .where(other.unit_id == Unit.id, other.cancelled_at.is_(None), other.during.op("&&")(days))
        .exists()
    )
    free = (
        select(Unit.id, literal(holder, Booking.holder.type), days)
        .where(Unit.post_id == offer_id, Unit.retired_at.is_(None), is_free)
        .order_by(Unit.number)
        .limit(units)
    )
    return (
        insert(Booking)
        .from_select(["unit_id", "holder", "during"], free)
        .on_conflict_do_nothing()
        .returning(Booking.id)
    )


async def free_units(session: Session, offer: Post, holder: UUID) -> None:
    """Called off, left or missed: the beds are free at once; the engine looks for somebody else."""
    await session.execute(
        update(Booking)
        .where(Booking.holder == holder, Booking.cancelled_at.is_(None))
        .values(cancelled_at=func.now())
        .execution_options(synchronize_session=False)
    )
    await _count(session, offer)
    await look_for_pairings(session, offer)


async def move_end(session: Session, offer: Post, holder: UUID, last: date) -> None:
    """A stay ends sooner or later; `ConflictError` where somebody else has the bed by then."""
    until = func.greatest(literal(last), func.lower(Booking.during) + 1)
    try:
        async with session.begin_nested():
            await session.execute(
                update(Booking)
                .where(Booking.holder == holder, Booking.cancelled_at.is_(None))
                .values(during=func.daterange(func.lower(Booking.during), until))
                .execution_options(synchronize_session=False)
            )
    except IntegrityError as error:
        raise ConflictError(NOT_FREE_THEN) from error
    await _count(session, offer)


async def free_past_units(session: Session) -> int:
    """The sweep: a bed whose guest was to leave is on the market again; how many offers."""
    counted = _counted(Post)
    due = await session.scalars(
        select(Post)
        .where(Post.kind == PostKind.OFFER.value, Post.category.in_(LIVED_IN), Post.taken > counted)
        .order_by(Post.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    offers = due.all()
    for offer in offers:
        await _count(session, offer)
        await look_for_pairings(session, offer)
    return len(offers)


async def bookings_of(session: Session, holder: UUID) -> Sequence[Booking]:
    """The beds of one stay as they are booked now."""
    rows = await session.scalars(
        select(Booking)
        .where(Booking.holder == holder, Booking.cancelled_at.is_(None))
        .order_by(Booking.unit_id)
    )
    return rows.all()


async def _count(session: Session, offer: Post) -> None:
    if not offer.recurring:
        await session.execute(
            update(Post)
            .where(Post.id == offer.id)
            .values(taken=func.least(Post.places, _counted(Post)))
            .execution_options(synchronize_session=False)
        )
    await session.refresh(offer)


def _counted(post: type[Post]) -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(Booking)
        .join(Unit, Unit.id == Booking.unit_id)
        .where(Unit.post_id == post.id, _goes_on())
        .correlate(post)
        .scalar_subquery()
    )


def _goes_on() -> ColumnElement[bool]:
    """Promised today or later, by the days of the country."""
    today = func.date(func.timezone("Europe/Brussels", func.now()))
    return Booking.cancelled_at.is_(None) & (func.upper(Booking.during) > today)
