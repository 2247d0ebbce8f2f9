"""Clients, and the mandates and consents that allow an organisation to speak for them.

What the organisation writes down for itself stands in a table of its own: nothing that makes a
post ever reads it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
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
    taken_over_at: Mapped[Moment | None] = mapped_column(comment="Speaks for themselves since.")
    erased_at: Mapped[Moment | None] = mapped_column(comment="Only the tombstone remains.")
    created_at: Mapped[Now]
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    place: Mapped[Place] = relationship(lazy="raise")


class ClientNote(Base):
    __tablename__ = "client_note"
    __table_args__ = ({"comment": "What an organisation writes of a client, for itself alone."},)

    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    worker_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), comment="Who wrote it."
    )
    body: Mapped[str] = mapped_column(
        Encrypted("client_note"), comment="Encrypted; never crosses to a post."
    )
    written_at: Mapped[Now]


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
    revoked_via: Mapped[str | None] = mapped_column(String(10), comment="rules.RevokedVia.")


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
    about: Mapped[str | None] = mapped_column(
        String(30), comment="Sensitive: which constraint or kind of help it allows to say."
    )
    how: Mapped[str | None] = mapped_column(String(11), comment="oral, written or interpreter.")
    text_read: Mapped[str | None] = mapped_column(Text, comment="The public text as read back.")
    language: Mapped[str | None] = mapped_column(String(3), comment="In which it was read out.")
    interpreter: Mapped[bool | None] = mapped_column(Boolean, comment="Did somebody interpret?")
    worker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), comment="Who recorded it.")
    given_at: Mapped[Now]
    revoked_at: Mapped[Moment | None] = mapped_column(comment="Taken back.")
    revoked_via: Mapped[str | None] = mapped_column(String(10), comment="rules.RevokedVia.")


class ClientCode(Base):
    __tablename__ = "client_code"
    __table_args__ = (
        Index(
            "uq_client_code_live",
            "client_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        {"comment": "Ten digits by which a client speaks; only a keyed hash is kept."},
    )

    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"))
    code_hash: Mapped[bytes] = mapped_column(
        LargeBinary, unique=True, comment="Under a key that is not in the database."
    )
    worker_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), comment="Who printed it."
    )
    created_at: Mapped[Now]
    ended_at: Mapped[Moment | None] = mapped_column(comment="No longer valid.")


class CodeTry(Base):
    __tablename__ = "code_try"
    __table_args__ = (
        Index("ix_code_try_network", "network", "tried_at"),
        Index("ix_code_try_code", "code_hash", "tried_at"),
        {"comment": "Wrong codes of the last hours, to count them; no address, no code."},
    )

    id: Mapped[Id]
    network: Mapped[bytes] = mapped_column(LargeBinary, comment="Keyed hash of a coarse network.")
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, comment="Keyed hash of what was typed.")
    tried_at: Mapped[Now] = mapped_column(index=True)


class ClientRequest(Base):
    __tablename__ = "client_request"
    __table_args__ = ({"comment": "What a client asked the desk to put right, by code."},)

    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    ref: Mapped[int] = mapped_column(BigInteger, comment="Id of the post it is about.")
    body: Mapped[str] = mapped_column(Encrypted("client_request"), comment="Encrypted.")
    asked_at: Mapped[Now]
    answered_at: Mapped[Moment | None] = mapped_column(comment="The desk has seen to it.")
