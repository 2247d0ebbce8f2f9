"""Notices inside the platform, and the letters that carry them outside."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.crypto import Encrypted
from app.db import Base, Id, Moment, Now


class Letter(Base):
    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint("channel IN ('email', 'sms')", name="channel"),
        # Not unique: telling somebody must never wait for another act that tells them too.
        Index(
            "ix_letter_waiting",
            "person_id",
            "channel",
            postgresql_where=text("sent_at IS NULL AND failed_at IS NULL AND closed_at IS NULL"),
        ),
        {"comment": "One message outside; notices that meet share one letter."},
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), comment="Who receives it."
    )
    channel: Mapped[str] = mapped_column(String(5), comment="email or sms.")
    due_at: Mapped[Moment] = mapped_column(comment="Not before; outside quiet hours.")
    closed_at: Mapped[Moment | None] = mapped_column(comment="No further notice joins it.")
    sent_at: Mapped[Moment | None] = mapped_column(comment="Accepted by the mail or SMS server.")
    failed_at: Mapped[Moment | None] = mapped_column(comment="Given up.")
    created_at: Mapped[Now]


class Notice(Base):
    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_person", "person_id", "id"),
        {"comment": "Something a person should know, with harmless values only."},
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), comment="Who should know."
    )
    kind: Mapped[str] = mapped_column(String(40), comment="A member of rules.NoticeKind.")
    facts: Mapped[dict[str, str]] = mapped_column(JSONB, comment="Codes and buckets, no contacts.")
    link_purpose: Mapped[str] = mapped_column(String(20), comment="Which page the link opens.")
    link_ref: Mapped[str] = mapped_column(String(40), comment="Code or id the link is about.")
    letter_id: Mapped[int | None] = mapped_column(
        ForeignKey("letter.id", ondelete="SET NULL"), index=True, comment="The letter it went in."
    )
    read_at: Mapped[Moment | None] = mapped_column(comment="Seen in the inbox.")
    created_at: Mapped[Now]
    letter: Mapped[Letter | None] = relationship(lazy="raise")


class Preference(Base):
    __tablename__ = "notice_preference"
    __table_args__ = ({"comment": "Which topics a person wants over which channel."},)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, comment="Whose choice."
    )
    topic: Mapped[str] = mapped_column(String(20), primary_key=True, comment="rules.Topic.")
    channel: Mapped[str] = mapped_column(String(5), primary_key=True, comment="email or sms.")
    wanted: Mapped[bool] = mapped_column(Boolean, comment="Yes or no; absent means the default.")


class PushSubscription(Base):
    __tablename__ = "push_subscription"
    __table_args__ = (
        {"comment": "Browsers that asked to be told of news; nothing personal is pushed."},
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="Who is told."
    )
    device_name: Mapped[str] = mapped_column(String(60), comment="Browser, in short.")
    endpoint: Mapped[str] = mapped_column(
        Encrypted("push_endpoint"), comment="Address at the browser's maker."
    )
    lookup: Mapped[bytes] = mapped_column(
        LargeBinary, unique=True, comment="Keyed hash to find it by."
    )
    p256dh: Mapped[str] = mapped_column(String(100), comment="The browser's public key.")
    auth: Mapped[str] = mapped_column(
        Encrypted("push_auth"), comment="The browser's secret, encrypted."
    )
    told_until: Mapped[int] = mapped_column(
        BigInteger, server_default="0", comment="The last notice that this browser was told of."
    )
    created_at: Mapped[Now]
