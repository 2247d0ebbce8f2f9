"""People with the least data, how to reach them, and what they may do."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.crypto import Encrypted
from app.db import Base, Id, Moment, Now


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (
        Index(
            "ix_person_gone",
            "id",
            postgresql_where=text("suspended_at IS NOT NULL OR erased_at IS NOT NULL"),
        ),
        {"comment": "Somebody who helps, asks or works here; no surname needed."},
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(60), comment="First name or nickname, as shown.")
    language: Mapped[str] = mapped_column(String(2), comment="Language of pages and letters.")
    languages: Mapped[list[str]] = mapped_column(
        ARRAY(String(3)), server_default="{}", comment="Spoken languages, best first."
    )
    adult_attested_at: Mapped[Moment | None] = mapped_column(comment="Said to be 18 or older.")
    verified_at: Mapped[Moment | None] = mapped_column(comment="First contact proven.")
    suspended_at: Mapped[Moment | None] = mapped_column(comment="Stopped by a moderator.")
    closing_at: Mapped[Moment | None] = mapped_column(comment="Asked to be erased.")
    links_since: Mapped[Moment | None] = mapped_column(
        comment="Links in messages written before this open nothing."
    )
    erased_at: Mapped[Moment | None] = mapped_column(comment="Only the tombstone remains.")
    seen_at: Mapped[Moment | None] = mapped_column(comment="Last sign of life, to the hour.")
    silent_told_at: Mapped[Moment | None] = mapped_column(
        comment="Was told that the account ends for silence."
    )
    created_at: Mapped[Now]


class Contact(Base):
    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("lookup"),
        CheckConstraint("kind IN ('email', 'phone')", name="kind"),
        {"comment": "E-mail addresses and phone numbers, encrypted, apart from the person."},
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="Whose contact it is."
    )
    kind: Mapped[str] = mapped_column(String(5), comment="email or phone.")
    value: Mapped[str] = mapped_column(Encrypted("contact"), comment="The address, encrypted.")
    lookup: Mapped[bytes] = mapped_column(LargeBinary, comment="Keyed hash to find it by.")
    verified_at: Mapped[Moment | None] = mapped_column(comment="Proven by a code.")
    created_at: Mapped[Now]
    person: Mapped[Person] = relationship(lazy="raise")


class RoleGrant(Base):
    __tablename__ = "role_grant"
    __table_args__ = (
        Index(
            "uq_role_grant_live",
            "person_id",
            "role",
            func.coalesce(text("organisation_id"), 0),
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        {"comment": "Roles beyond person, each with a scope and a term."},
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), comment="Who holds the role."
    )
    role: Mapped[str] = mapped_column(String(30), comment="A member of accounts.rules.Role.")
    organisation_id: Mapped[int | None] = mapped_column(
        BigInteger, comment="Scope: the organisation's id; empty for the whole platform."
    )
    granted_by: Mapped[int | None] = mapped_column(BigInteger, comment="Person; empty: operator.")
    ends_at: Mapped[Moment | None] = mapped_column(comment="Valid until then; empty: open end.")
    rests_since: Mapped[Moment | None] = mapped_column(
        comment="Its organisation is stopped or closed; the role opens nothing of it."
    )
    ended_at: Mapped[Moment | None] = mapped_column(comment="No longer valid.")
    created_at: Mapped[Now]


class Block(Base):
    __tablename__ = "person_block"
    __table_args__ = ({"comment": "Silent and symmetric: neither side sees the other again."},)

    blocker_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, comment="Who blocked."
    )
    blocked_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True, comment="Whom."
    )
    created_at: Mapped[Now]


class Agreement(Base):
    __tablename__ = "agreement"
    __table_args__ = ({"comment": "What a person agreed to, and in which version of the words."},)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="Who agreed."
    )
    text: Mapped[str] = mapped_column(String(20), comment="A member of accounts.rules.Agreed.")
    version: Mapped[str] = mapped_column(String(20), comment="Which words they saw.")
    agreed_at: Mapped[Now]
