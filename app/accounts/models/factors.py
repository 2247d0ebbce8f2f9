"""The second step: authenticator apps, passkeys, recovery codes, and what was tried."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.crypto import Encrypted
from app.db import Base, Id, Moment, Now


class Factor(Base):
    __tablename__ = "factor"
    __table_args__ = (
        UniqueConstraint("credential_id"),
        Index(
            "uq_factor_totp",
            "person_id",
            unique=True,
            postgresql_where=text("kind = 'totp'"),
        ),
        CheckConstraint("kind IN ('totp', 'passkey')", name="kind"),
        CheckConstraint(
            "CASE kind WHEN 'totp' THEN secret IS NOT NULL"
            " ELSE credential_id IS NOT NULL AND public_key IS NOT NULL END",
            name="complete",
        ),
        {"comment": "An authenticator app or a passkey; it counts once it is confirmed."},
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="Whose it is."
    )
    kind: Mapped[str] = mapped_column(String(10), comment="totp or passkey.")
    label: Mapped[str] = mapped_column(String(60), comment="What its owner calls it.")
    secret: Mapped[str | None] = mapped_column(
        Encrypted("factor"), comment="Shared with the app, encrypted."
    )
    credential_id: Mapped[bytes | None] = mapped_column(LargeBinary, comment="The passkey's name.")
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary, comment="COSE key.")
    counter: Mapped[int] = mapped_column(
        BigInteger,
        server_default="0",
        comment="Last half minute used (totp) or last signature count (passkey).",
    )
    confirmed_at: Mapped[Moment | None] = mapped_column(comment="One answer was right.")
    last_used_at: Mapped[Moment | None] = mapped_column(comment="Last right answer.")
    created_at: Mapped[Now]


class RecoveryCode(Base):
    __tablename__ = "recovery_code"
    __table_args__ = (
        UniqueConstraint("person_id", "code_hash"),
        {"comment": "Ten codes for who has lost the factor: each works once."},
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), comment="Whose it is."
    )
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, comment="Keyed hash.")
    used_at: Mapped[Moment | None] = mapped_column(comment="Spent.")
    created_at: Mapped[Now]


class FactorTry(Base):
    __tablename__ = "factor_try"
    __table_args__ = (
        Index("ix_factor_try_person_id_created_at", "person_id", "created_at"),
        {"comment": "Wrong answers to the second step: counted, forgotten after a day."},
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), comment="Who was asked."
    )
    created_at: Mapped[Now]


class Challenge(Base):
    __tablename__ = "passkey_challenge"
    __table_args__ = ({"comment": "What a passkey must sign: one per browser, single use."},)

    device: Mapped[bytes] = mapped_column(
        LargeBinary, primary_key=True, comment="Hash of the browser's cookie."
    )
    challenge: Mapped[bytes] = mapped_column(LargeBinary, comment="Random bytes.")
    expires_at: Mapped[datetime] = mapped_column(
        server_default=text("now() + interval '5 minutes'"), comment="It ends here."
    )


class SecurityLetter(Base):
    __tablename__ = "security_letter"
    __table_args__ = (
        {"comment": "Tells a contact what changed on the account; gone once it is sent."},
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="Whose account it is."
    )
    kind: Mapped[str] = mapped_column(String(5), comment="email or phone.")
    value: Mapped[str] = mapped_column(
        Encrypted("contact"), comment="Where it goes, even if the contact is gone by then."
    )
    language: Mapped[str] = mapped_column(String(2), comment="Language of the letter.")
    change: Mapped[str] = mapped_column(String(20), comment="A member of accounts.rules.Change.")
    created_at: Mapped[Now]
