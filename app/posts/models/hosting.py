"""The verification file of a host, and who stands up for somebody who visits people."""

from datetime import date

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.crypto import Encrypted
from app.db import Base, Id, Moment, Now


class HostFile(Base):
    __tablename__ = "host_file"
    __table_args__ = (
        CheckConstraint(
            "household IN ('family', 'couple', 'women', 'single_woman', 'single_man', 'other')",
            name="household",
        ),
        CheckConstraint("(identity_seen_on IS NULL) = (identity_seen_by IS NULL)", name="identity"),
        {"comment": "What one organisation checked of a host; read by it alone, each look logged."},
    )

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, comment="The hosting offer."
    )
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True, comment="Whose file it is."
    )
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    identity_seen_on: Mapped[date | None] = mapped_column(Date, comment="No number, no copy.")
    identity_seen_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    visited_on: Mapped[date | None] = mapped_column(Date, comment="Home visit.")
    visited_by: Mapped[str | None] = mapped_column(
        Encrypted("host_file"), comment="Who visited and what experience they have."
    )
    findings: Mapped[str | None] = mapped_column(Encrypted("host_file"), comment="What they saw.")
    household: Mapped[str | None] = mapped_column(String(12), comment="As found at the visit.")
    willing: Mapped[int] = mapped_column(
        Integer, server_default="0", comment="Whom the household is ready for (rules.Guests)."
    )
    adults_all_named: Mapped[bool] = mapped_column(
        Boolean, server_default=text("false"), comment="The visitor says that nobody is missing."
    )
    signed_at: Mapped[Moment | None] = mapped_column(comment="Two people have signed.")
    valid_until: Mapped[Moment | None] = mapped_column(comment="Twelve months later.")
    warned_at: Mapped[Moment | None] = mapped_column(comment="The end was announced.")
    suspended_at: Mapped[Moment | None] = mapped_column(comment="Stopped by the organisation.")
    suspended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    suspended_why: Mapped[str | None] = mapped_column(Encrypted("host_file"), comment="For them.")
    changed_at: Mapped[Now]


class HostAdult(Base):
    __tablename__ = "host_adult"
    __table_args__ = (
        CheckConstraint("record_seen_on IS NULL OR refused_on IS NULL", name="seen_or_refused"),
        {"comment": "Every adult of a household, by first name or initial."},
    )

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(
        ForeignKey("host_file.post_id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(Encrypted("host_file"), comment="First name or initial.")
    record_seen_on: Mapped[date | None] = mapped_column(
        Date, comment="Extract of the criminal record seen; no copy."
    )
    refused_on: Mapped[date | None] = mapped_column(Date, comment="Did not want to show it.")
    seen_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


class HostReference(Base):
    __tablename__ = "host_reference"
    __table_args__ = (
        CheckConstraint("how IN ('written', 'spoken')", name="how"),
        {"comment": "Somebody asked about a host, and what they said."},
    )

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(
        ForeignKey("host_file.post_id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(Encrypted("host_file"), comment="First name or initial.")
    how: Mapped[str] = mapped_column(String(7), comment="written or spoken.")
    is_family: Mapped[bool] = mapped_column(Boolean, comment="Of the host's family.")
    answered_on: Mapped[date] = mapped_column(Date, comment="When they answered.")
    words: Mapped[str] = mapped_column(Encrypted("host_file"), comment="What they said, in short.")
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


class HostFileView(Base):
    __tablename__ = "host_file_view"
    __table_args__ = ({"comment": "Each look at a host's file, for the organisation's lead."},)

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(
        ForeignKey("host_file.post_id", ondelete="CASCADE"), index=True
    )
    worker_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), comment="Who looked."
    )
    section: Mapped[str] = mapped_column(String(10), comment="What of it; empty: the overview.")
    seen_at: Mapped[Now]


class GuestCall(Base):
    __tablename__ = "guest_call"
    __table_args__ = (
        Index("ix_guest_call_post", "post_id", "worker_id"),
        {"comment": "Each look at how to call somebody who asks for a roof, as it happens."},
    )

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    worker_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), comment="Who looked."
    )
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), comment="For whom they work."
    )
    seen_at: Mapped[Now]


class HostCheck(Base):
    __tablename__ = "host_check"
    __table_args__ = (
        {"comment": "Signatures under the check of a host; two different ones adopt an offer."},
    )

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, comment="The hosting offer."
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, comment="Who signed."
    )
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), comment="In whose name."
    )
    signed_at: Mapped[Now]


class Attestation(Base):
    __tablename__ = "attestation"
    __table_args__ = (
        CheckConstraint("kind IN ('identity', 'reference')", name="kind"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed"),
        UniqueConstraint("code"),
        Index("ix_attestation_person", "person_id"),
        Index(
            "uq_attestation_identity_open",
            "person_id",
            unique=True,
            postgresql_where=text("kind = 'identity' AND revoked_at IS NULL"),
        ),
        {"comment": "An organisation saw who a helper is, or somebody spoke for the helper."},
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), comment="What the helper says at the desk.")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(9), comment="identity or reference.")
    referee: Mapped[str | None] = mapped_column(
        Encrypted("attestation"), comment="Whom to call; forgotten once called."
    )
    asked_at: Mapped[Now]
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id"), comment="Whose worker confirmed it."
    )
    confirmed_at: Mapped[Moment | None] = mapped_column(comment="Seen, or spoken to.")
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[Moment | None] = mapped_column(comment="No longer holds.")
