"""Accepted pairings: what was arranged, what was released to whom, and whether it happened."""

from datetime import date
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.crypto import Encrypted
from app.db import Base, Id, Moment, Now
from app.posts.models import Post
from app.proposals.models import Proposal


class Exchange(Base):
    __tablename__ = "exchange"
    __table_args__ = (
        CheckConstraint("units >= 1", name="units"),
        CheckConstraint("giver_said IN ('yes', 'no')", name="giver_said"),
        CheckConstraint("receiver_said IN ('yes', 'no')", name="receiver_said"),
        CheckConstraint(
            "completed_at IS NULL OR (giver_said = 'yes' AND receiver_said = 'yes')",
            name="completed",
        ),
        CheckConstraint("completed_at IS NULL OR cancelled_at IS NULL", name="one_end"),
        CheckConstraint("meeting_with IN ('public', 'third')", name="meeting_with"),
        Index(
            "uq_exchange_need",
            "need_id",
            text("COALESCE(day, '2000-01-01'::date)"),
            unique=True,
            postgresql_where=text("cancelled_at IS NULL AND not_done_at IS NULL"),
        ),
        Index("ix_exchange_offer", "offer_id"),
        Index("ix_exchange_ask", "ask_at", postgresql_where=text("ask_at IS NOT NULL")),
        {"comment": "Both sides said yes: places are taken and contacts are released."},
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True, comment="Short opaque code.")
    reference: Mapped[UUID] = mapped_column(
        Uuid, unique=True, comment="16 random bytes: its name in the ledger."
    )
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    offer_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    units: Mapped[int] = mapped_column(Integer, comment="Places taken.")
    day: Mapped[date | None] = mapped_column(Date, comment="Occurrence of a recurring offer.")
    meeting_at: Mapped[Moment | None] = mapped_column(comment="Agreed time.")
    meeting_place: Mapped[str | None] = mapped_column(
        Encrypted("meeting_place"), comment="Agreed place, in the sides' own words."
    )
    meeting_with: Mapped[str | None] = mapped_column(
        String(6), comment="First visit of two people: in public, or with a third person."
    )
    ask_at: Mapped[Moment | None] = mapped_column(comment="When to ask whether it happened.")
    asked_at: Mapped[Moment | None] = mapped_column(comment="'Did it happen?' was asked.")
    giver_said: Mapped[str | None] = mapped_column(String(3), comment="yes or no.")
    giver_said_at: Mapped[Moment | None] = mapped_column(comment="When.")
    receiver_said: Mapped[str | None] = mapped_column(String(3), comment="yes or no.")
    receiver_said_at: Mapped[Moment | None] = mapped_column(comment="When.")
    completed_at: Mapped[Moment | None] = mapped_column(comment="Both said yes.")
    cancelled_at: Mapped[Moment | None] = mapped_column(comment="Called off before.")
    cancelled_by: Mapped[str | None] = mapped_column(String(8), comment="Side; never shown.")
    not_done_at: Mapped[Moment | None] = mapped_column(comment="It did not happen.")
    disputed_at: Mapped[Moment | None] = mapped_column(comment="The sides disagree: a call.")
    unconfirmed_at: Mapped[Moment | None] = mapped_column(comment="Closed by silence.")
    agreed_at: Mapped[Now]
    proposal: Mapped[Proposal] = relationship(lazy="raise")
    need: Mapped[Post] = relationship(lazy="raise", foreign_keys=[need_id])
    offer: Mapped[Post] = relationship(lazy="raise", foreign_keys=[offer_id])


class ContactRelease(Base):
    __tablename__ = "contact_release"
    __table_args__ = (
        CheckConstraint("side IN ('giver', 'receiver')", name="side"),
        UniqueConstraint("exchange_id", "side", "field"),
        {"comment": "What one side lets the other see, until 30 days after the end."},
    )

    id: Mapped[Id]
    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id", ondelete="CASCADE"))
    side: Mapped[str] = mapped_column(String(8), comment="Who gives it: giver or receiver.")
    field: Mapped[str] = mapped_column(String(12), comment="phone, email, address or desk.")
    value: Mapped[str] = mapped_column(Encrypted("contact_release"), comment="Encrypted.")
    until: Mapped[Moment | None] = mapped_column(comment="Hidden after; set when it ends.")
    created_at: Mapped[Now]


class ContactRead(Base):
    __tablename__ = "contact_read"
    __table_args__ = ({"comment": "Each look at a released contact, logged as it happens."},)

    id: Mapped[Id]
    release_id: Mapped[int] = mapped_column(
        ForeignKey("contact_release.id", ondelete="CASCADE"), index=True
    )
    reader_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    read_at: Mapped[Now]


class Message(Base):
    __tablename__ = "message"
    __table_args__ = ({"comment": "Words between the two sides of an exchange."},)

    id: Mapped[Id]
    exchange_id: Mapped[int] = mapped_column(
        ForeignKey("exchange.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    side: Mapped[str] = mapped_column(String(8), comment="giver or receiver.")
    body: Mapped[str] = mapped_column(Encrypted("message"), comment="Encrypted.")
    warned: Mapped[bool] = mapped_column(Boolean, comment="Drew a warning when sent.")
    sent_at: Mapped[Now]


class Stay(Base):
    __tablename__ = "stay"
    __table_args__ = (
        CheckConstraint("left_via IN ('page', 'link', 'code', 'worker')", name="left_via"),
        {"comment": "Hosting: until when, where to next, and whether the guest had to leave."},
    )

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True
    )
    exchange_id: Mapped[int | None] = mapped_column(
        ForeignKey("exchange.id", ondelete="CASCADE"), unique=True, comment="Once all agreed."
    )
    ends_on: Mapped[date] = mapped_column(Date, comment="Last day of the stay.")
    move_on: Mapped[str] = mapped_column(
        Encrypted("stay"), comment="Where the guest goes next; for guest and organisation."
    )
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    written_at: Mapped[Now]
    left_at: Mapped[Moment | None] = mapped_column(comment="The guest left in an emergency.")
    left_via: Mapped[str | None] = mapped_column(String(6), comment="page, link, code or worker.")


class CheckIn(Base):
    __tablename__ = "check_in"
    __table_args__ = (
        CheckConstraint("answer IN ('fine', 'talk', 'unsafe')", name="answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        UniqueConstraint("exchange_id", "day"),
        Index("ix_check_in_due", "due_at", postgresql_where=text("answered_at IS NULL")),
        {"comment": "How a guest is doing, asked of the guest alone; the host never reads it."},
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True, comment="Short opaque code.")
    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id", ondelete="CASCADE"))
    day: Mapped[int] = mapped_column(Integer, comment="Day of the stay: 1, 7, 30, 60 and so on.")
    due_at: Mapped[Moment] = mapped_column(comment="When the guest is asked.")
    asked_at: Mapped[Moment | None] = mapped_column(comment="The question left.")
    answer: Mapped[str | None] = mapped_column(String(6), comment="fine, talk or unsafe.")
    answered_at: Mapped[Moment | None] = mapped_column(comment="When the guest answered.")
    recorded_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), comment="Worker who called; empty: the guest."
    )
    worker_told_at: Mapped[Moment | None] = mapped_column(comment="The organisation was told.")


class CalendarFeed(Base):
    __tablename__ = "calendar_feed"
    __table_args__ = ({"comment": "Calendars of agreed meetings that a program may follow."},)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"),
        primary_key=True,
        comment="Whose meetings it lists.",
    )
    serial: Mapped[str] = mapped_column(
        String(12), comment="Signed into the address; another one ends the old address."
    )
    created_at: Mapped[Now]


class MailReply(Base):
    __tablename__ = "mail_reply"
    __table_args__ = (
        {"comment": "Replies that came by mail: that they came, never what they say."},
    )

    id: Mapped[Id]
    key: Mapped[bytes] = mapped_column(
        LargeBinary, unique=True, comment="Keyed hash: one mail counts once."
    )
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"),
        index=True,
        comment="Whose reply address it was.",
    )
    exchange_id: Mapped[int | None] = mapped_column(
        ForeignKey("exchange.id", ondelete="CASCADE"), index=True, comment="Where it was for."
    )
    outcome: Mapped[str] = mapped_column(String(20), comment="What became of it.")
    answer_to: Mapped[str | None] = mapped_column(
        Encrypted("mail_reply"),
        comment="Who is told why it did not arrive, until told; encrypted.",
    )
    answer: Mapped[str | None] = mapped_column(String(200), comment="What they are told.")
    language: Mapped[str | None] = mapped_column(String(2), comment="In which language.")
    received_at: Mapped[Now]
    answered_at: Mapped[Moment | None] = mapped_column(comment="The answer left.")
