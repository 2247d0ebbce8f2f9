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
    UniqueConstraint,
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
            "reason IN ('unsafe', 'child', 'money', 'false', 'illegal', 'other', 'disagree', "
            "'newcomer')",
            name="reason",
        ),
        CheckConstraint("(passed_at IS NULL) = (passed_to IS NULL)", name="passed"),
        Index("ix_report_device", "device", "created_at"),
        Index("ix_report_network", "network", "created_at"),
        Index("ix_report_waiting", "id", postgresql_where=text("decided_at IS NULL")),
        Index(
            "uq_report_dispute",
            "about_id",
            unique=True,
            postgresql_where=text("reason = 'disagree' AND decided_at IS NULL"),
        ),
        Index(
            "uq_report_newcomer",
            "about_id",
            "about_code",
            unique=True,
            postgresql_where=text("reason = 'newcomer'"),
        ),
        Index("ix_report_posts", "post_ids", postgresql_using="gin"),
        {"comment": "Anyone may report, with or without an account."},
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True, comment="Receipt number.")
    about: Mapped[str] = mapped_column(String(10), comment="What kind of thing: rules.About.")
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
    reporter_name: Mapped[str | None] = mapped_column(
        Encrypted("report"), comment="As they call themselves, if given."
    )
    browser: Mapped[str | None] = mapped_column(String(60), comment="Browser and system, in short.")
    language: Mapped[str | None] = mapped_column(String(2), comment="The reporter's, for answers.")
    evidence: Mapped[str | None] = mapped_column(
        Encrypted("report"), comment="What it is about as it stood at that moment, as JSON."
    )
    device: Mapped[bytes] = mapped_column(LargeBinary, comment="Hash of the browser's mark.")
    network: Mapped[bytes] = mapped_column(LargeBinary, comment="Keyed hash of the network.")
    froze: Mapped[bool] = mapped_column(Boolean, comment="Matches were frozen at once.")
    is_related: Mapped[bool] = mapped_column(
        Boolean, server_default=text("true"), comment="The reporter has to do with the other side."
    )
    claimed_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), comment="The moderator who holds it."
    )
    claimed_at: Mapped[Moment | None] = mapped_column(comment="Half an hour long.")
    passed_to: Mapped[str | None] = mapped_column(
        Encrypted("report"), comment="Which authority was told, and what."
    )
    passed_at: Mapped[Moment | None] = mapped_column(comment="When.")
    decided_at: Mapped[Moment | None] = mapped_column(comment="When a moderator last decided.")
    created_at: Mapped[Now]


class Decision(Base):
    __tablename__ = "report_decision"
    __table_args__ = (
        CheckConstraint("choice IN ('none', 'warn', 'hold', 'release', 'suspend')", name="choice"),
        CheckConstraint("until IS NULL OR choice IN ('hold', 'suspend')", name="until"),
        Index(
            "ix_report_decision_until",
            "until",
            postgresql_where=text("until IS NOT NULL AND ended_at IS NULL"),
        ),
        {"comment": "What moderators decided about a report, and why; never changed, only added."},
    )

    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    choice: Mapped[str] = mapped_column(String(10), comment="A member of rules.Choice.")
    reason: Mapped[str] = mapped_column(Text, comment="The facts; told to those concerned.")
    language: Mapped[str | None] = mapped_column(String(2), comment="Of these words.")
    rule: Mapped[str] = mapped_column(
        String(8), server_default="nothing", comment="What it stands on: rules.Rule."
    )
    until: Mapped[Moment | None] = mapped_column(comment="A hold ends by itself; empty: it stays.")
    ended_at: Mapped[Moment | None] = mapped_column(comment="When it had ended by itself.")
    is_review: Mapped[bool] = mapped_column(
        Boolean, server_default=text("false"), comment="A second reviewer's, final here."
    )
    created_at: Mapped[Now]
    report: Mapped[Report] = relationship(lazy="raise")
    moderator: Mapped[Person | None] = relationship(lazy="raise")


class Appeal(Base):
    __tablename__ = "report_appeal"
    __table_args__ = (
        CheckConstraint("party IN ('affected', 'reporter')", name="party"),
        CheckConstraint("outcome IN ('confirmed', 'changed', 'reversed')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (reviewed_at IS NULL)", name="reviewed"),
        # Whoever decided first never decides again, whatever the code does.
        CheckConstraint("reviewer_id <> first_moderator_id", name="second_reviewer"),
        UniqueConstraint("decision_id", "person_id", postgresql_nulls_not_distinct=True),
        {"comment": "Somebody objects to a decision; another moderator looks again."},
    )

    id: Mapped[Id]
    decision_id: Mapped[int] = mapped_column(
        ForeignKey("report_decision.id", ondelete="CASCADE"), comment="What they object to."
    )
    party: Mapped[str] = mapped_column(String(8), comment="affected or reporter.")
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), comment="Empty: a reporter without account."
    )
    words: Mapped[str] = mapped_column(Encrypted("report"), comment="Why, in their own words.")
    first_moderator_id: Mapped[int | None] = mapped_column(
        BigInteger, comment="Who decided first; kept when the person goes."
    )
    reviewer_id: Mapped[int | None] = mapped_column(BigInteger, comment="Who looked again.")
    answer_id: Mapped[int | None] = mapped_column(
        ForeignKey("report_decision.id", ondelete="SET NULL"), comment="What they decided."
    )
    outcome: Mapped[str | None] = mapped_column(String(9), comment="A member of rules.Outcome.")
    reviewed_at: Mapped[Moment | None] = mapped_column(comment="When.")
    created_at: Mapped[Now]


class ContactLook(Base):
    __tablename__ = "report_contact_look"
    __table_args__ = ({"comment": "Each time a moderator opened a contact, and for what."},)

    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    moderator_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), comment="Who looked."
    )
    party: Mapped[str] = mapped_column(String(8), comment="Whose contacts: affected or reporter.")
    reason: Mapped[str] = mapped_column(String(500), comment="For what, as they said.")
    created_at: Mapped[Now]
    moderator: Mapped[Person | None] = relationship(lazy="raise")
