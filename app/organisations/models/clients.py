"""Clients, and the mandates and consents that allow an organisation to speak for them."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.crypto import Encrypted
from app.db import Base, Id, Moment, Now
from app.organisations.models.organisation import Organisation
from app.territories.models import Place


class Client(Base):
    __tablename__ = "client"
    __table_args__ = (
        UniqueConstraint("organisation_id", "alias"),
        CheckConstraint("channel IN ('none', 'phone', 'letter')", name="channel"),
        {"comment": "Somebody without internet, known to one organisation only."},
    )

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), comment="Whose.")
    worker_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True, comment="Who looks after them."
    )
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), comment="Where about.")
    alias: Mapped[str] = mapped_column(String(12), comment="Opaque; never a name.")
    languages: Mapped[list[str]] = mapped_column(ARRAY(String(3)), comment="Spoken, best first.")
    channel: Mapped[str] = mapped_column(String(6), comment="How the client is reached.")
    note: Mapped[str | None] = mapped_column(
        Encrypted("client_note"), comment="The organisation's own note; never crosses to a post."
    )
    created_at: Mapped[Now]
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    place: Mapped[Place] = relationship(lazy="raise")


class Mandate(Base):
    __tablename__ = "mandate"
    __table_args__ = (
        CheckConstraint("how IN ('oral', 'written', 'interpreter')", name="how"),
        {"comment": "What a client allowed an organisation to do, for twelve months."},
    )

    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    categories: Mapped[list[int] | None] = mapped_column(
        ARRAY(SmallInteger), comment="Scope by category number; empty means all but hosting."
    )
    contact_release: Mapped[bool] = mapped_column(comment="May the desk's phone be released?")
    how: Mapped[str] = mapped_column(String(11), comment="oral, written or interpreter.")
    text_version: Mapped[str] = mapped_column(String(20), comment="Which text was read out.")
    language: Mapped[str] = mapped_column(String(3), comment="In which language.")
    worker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), comment="Who heard it.")
    given_at: Mapped[Now]
    expires_at: Mapped[Moment] = mapped_column(comment="Twelve months later.")
    revoked_at: Mapped[Moment | None] = mapped_column(comment="Taken back.")
    revoked_via: Mapped[str | None] = mapped_column(String(10), comment="code, phone, desk.")


class Consent(Base):
    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("how IN ('oral', 'written', 'interpreter')", name="how"),
        {"comment": "One row per purpose a client agreed to."},
    )

    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(30), comment="rules.ConsentPurpose.")
    ref: Mapped[int] = mapped_column(BigInteger, comment="Id of the post or exchange it is about.")
    how: Mapped[str | None] = mapped_column(String(11), comment="oral, written or interpreter.")
    text_read: Mapped[str | None] = mapped_column(Text, comment="The public text as read back.")
    worker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), comment="Who recorded it.")
    given_at: Mapped[Now]
    revoked_at: Mapped[Moment | None] = mapped_column(comment="Taken back.")
