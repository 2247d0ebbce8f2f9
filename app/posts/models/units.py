"""Beds and rooms one by one, and from when to when each is promised to whom."""

from datetime import date
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Id, Moment, Now


class Unit(Base):
    __tablename__ = "post_unit"
    __table_args__ = (
        UniqueConstraint("post_id", "number"),
        {"comment": "One place of an offer that is lived in: a bed, a room, a home."},
    )

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(SmallInteger, comment="From 1.")
    retired_at: Mapped[Moment | None] = mapped_column(comment="No longer offered.")


class Booking(Base):
    __tablename__ = "unit_booking"
    __table_args__ = (
        # The only guard that no caller can forget: two rows of one bed never overlap.
        ExcludeConstraint(
            ("unit_id", "="),
            ("during", "&&"),
            where=text("cancelled_at IS NULL"),
            using="gist",
            name="ex_unit_booking_during",
        ),
        CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)",
            name="during",
        ),
        Index("ix_unit_booking_holder", "holder"),
        {"comment": "A unit is promised from a day on until the morning somebody else may come."},
    )

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("post_unit.id", ondelete="CASCADE"))
    holder: Mapped[UUID] = mapped_column(Uuid, comment="Reference of the exchange it is for.")
    during: Mapped[Range[date]] = mapped_column(
        DATERANGE, comment="Local days, half open: whoever leaves on a day frees its night."
    )
    cancelled_at: Mapped[Moment | None] = mapped_column(comment="Free again since.")
    created_at: Mapped[Now]
