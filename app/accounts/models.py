"""People with the least data, and how they prove who they are."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
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
    erased_at: Mapped[Moment | None] = mapped_column(comment="Only the tombstone remains.")
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


class SignInCode(Base):
    __tablename__ = "sign_in_code"
    __table_args__ = (
        CheckConstraint("kind IN ('email', 'phone')", name="kind"),
        {"comment": "Six-digit codes: single use, 15 minutes, tries limited, bound to a browser."},
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(5), comment="email or phone.")
    value: Mapped[str] = mapped_column(Encrypted("contact"), comment="Where the code goes.")
    lookup: Mapped[bytes] = mapped_column(LargeBinary, index=True, comment="As in contact.")
    device: Mapped[bytes] = mapped_column(LargeBinary, comment="Hash of the browser's cookie.")
    code_hash: Mapped[str] = mapped_column(String(200), comment="Argon2id of the code.")
    sealed_code: Mapped[str | None] = mapped_column(
        Encrypted("sign_in_code"), comment="The code until it is sent, then nothing."
    )
    language: Mapped[str] = mapped_column(String(2), comment="Language of the letter.")
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0", comment="Wrong tries.")
    expires_at: Mapped[datetime] = mapped_column(
        server_default=text("now() + interval '15 minutes'"), comment="The code ends here."
    )
    proven_at: Mapped[Moment | None] = mapped_column(comment="Right code; a name is missing.")
    used_at: Mapped[Moment | None] = mapped_column(comment="Spent.")
    sent_at: Mapped[Moment | None] = mapped_column(comment="Left the house.")
    created_at: Mapped[Now]


class PersonSession(Base):
    __tablename__ = "person_session"
    __table_args__ = ({"comment": "Signed-in devices; the browser holds the only copy of the id."},)

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(
        LargeBinary, unique=True, comment="SHA-256 of the 256-bit id."
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="Who is signed in."
    )
    device_name: Mapped[str] = mapped_column(String(60), comment="Browser and system, in short.")
    level: Mapped[int] = mapped_column(SmallInteger, server_default="1", comment="Factors proven.")
    last_seen_at: Mapped[Now] = mapped_column(comment="Idle sessions end.")
    created_at: Mapped[Now]
    person: Mapped[Person] = relationship(lazy="raise")


class ApiToken(Base):
    __tablename__ = "api_token"
    __table_args__ = ({"comment": "Opaque tokens for programs; only the hash is kept."},)

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, comment="SHA-256.")
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="On whose behalf."
    )
    label: Mapped[str] = mapped_column(String(60), comment="What it is for, in own words.")
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(20)), comment="read, write.")
    expires_at: Mapped[Moment | None] = mapped_column(comment="End, if any.")
    revoked_at: Mapped[Moment | None] = mapped_column(comment="Taken back.")
    last_used_at: Mapped[Moment | None] = mapped_column(comment="Last call, to the hour.")
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
