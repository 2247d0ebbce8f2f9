"""Notices that something is wrong, and what was decided."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.crypto import Encrypted
from app.db import Base, Id, Moment, Now


class Report(Base):
    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(
            "reason IN ('unsafe', 'illegal', 'money', 'false', 'other', 'disagree')",
            name="reason",
        ),
        Index("ix_report_device", "device", "created_at"),
        Index("ix_report_network", "network", "created_at"),
        Index("ix_report_waiting", "id", postgresql_where=text("decided_at IS NULL")),
        Index(
            "uq_report_dispute",
            "about_id",
            unique=True,
            postgresql_where=text("reason = 'disagree' AND decided_at IS NULL"),
        ),
        {"comment": "Anyone may report, with or without an account."},
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True, comment="Receipt number.")
    about: Mapped[str] = mapped_column(String(10), comment="post, exchange, proposal or page.")
    about_code: Mapped[str] = mapped_column(String(40), comment="Its public code or path.")
    about_id: Mapped[int | None] = mapped_column(BigInteger, comment="Its row, where known.")
    post_ids: Mapped[list[int]] = mapped_column(
        ARRAY(BigInteger), server_default="{}", comment="Posts of the sides it is against."
    )
    reason: Mapped[str] = mapped_column(String(8), comment="What kind of problem.")
    words: Mapped[str] = mapped_column(Encrypted("report"), comment="What happened, encrypted.")
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    reporter_contact: Mapped[str | None] = mapped_column(
        Encrypted("report"), comment="How to answer, if given."
    )
    device: Mapped[bytes] = mapped_column(LargeBinary, comment="Hash of the browser's mark.")
    network: Mapped[bytes] = mapped_column(LargeBinary, comment="Keyed hash of the network.")
    froze: Mapped[bool] = mapped_column(Boolean, comment="Matches were frozen at once.")
    decided_at: Mapped[Moment | None] = mapped_column(comment="When a moderator last decided.")
    created_at: Mapped[Now]


class Decision(Base):
    __tablename__ = "report_decision"
    __table_args__ = (
        CheckConstraint("choice IN ('none', 'hold', 'release', 'suspend')", name="choice"),
        {"comment": "What moderators decided about a report, and why; never changed, only added."},
    )

    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    choice: Mapped[str] = mapped_column(String(10), comment="none, hold, release or suspend.")
    reason: Mapped[str] = mapped_column(Text, comment="Told to those concerned.")
    created_at: Mapped[Now]
    report: Mapped[Report] = relationship(lazy="raise")
    moderator: Mapped[Person | None] = relationship(lazy="raise")
