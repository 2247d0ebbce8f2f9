"""Notices that something is wrong, and what was decided."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.crypto import Encrypted
from app.db import Base, Id, Moment, Now


class Report(Base):
    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(
            "reason IN ('unsafe', 'illegal', 'money', 'false', 'other')", name="reason"
        ),
        CheckConstraint("(decided_at IS NULL) = (decision IS NULL)", name="decided"),
        {"comment": "Anyone may report, with or without an account."},
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True, comment="Receipt number.")
    about: Mapped[str] = mapped_column(String(10), comment="post, exchange, proposal or page.")
    about_code: Mapped[str] = mapped_column(String(40), comment="Its public code or path.")
    about_id: Mapped[int | None] = mapped_column(BigInteger, comment="Its row, where known.")
    reason: Mapped[str] = mapped_column(String(8), comment="What kind of problem.")
    words: Mapped[str] = mapped_column(Encrypted("report"), comment="What happened, encrypted.")
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    reporter_contact: Mapped[str | None] = mapped_column(
        Encrypted("report"), comment="How to answer, if given."
    )
    froze: Mapped[bool] = mapped_column(Boolean, comment="Matches were frozen at once.")
    decided_at: Mapped[Moment | None] = mapped_column(comment="When a moderator decided.")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    decision: Mapped[str | None] = mapped_column(String(10), comment="none, hold or release.")
    decision_reason: Mapped[str | None] = mapped_column(Text, comment="Told to those concerned.")
    created_at: Mapped[Now]
