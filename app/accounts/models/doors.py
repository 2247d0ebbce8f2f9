"""How people come in: codes, signed-in devices, tokens of programs."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, SmallInteger, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.people import Person
from app.crypto import Encrypted
from app.db import Base, Id, Moment, Now


class SignInCode(Base):
    __tablename__ = "sign_in_code"
    __table_args__ = (
        CheckConstraint("kind IN ('email', 'phone')", name="kind"),
        CheckConstraint("purpose IN ('sign_in', 'proof', 'contact')", name="purpose"),
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
    purpose: Mapped[str] = mapped_column(
        String(10), server_default="sign_in", comment="sign_in, proof or contact."
    )
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"),
        index=True,
        comment="Signed-in person who proves themselves or a new contact.",
    )
    network: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="Keyed hash of the network that asked; no address is kept."
    )
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0", comment="Wrong tries.")
    expires_at: Mapped[datetime] = mapped_column(
        server_default=text("now() + interval '15 minutes'"), comment="The code ends here."
    )
    proven_at: Mapped[Moment | None] = mapped_column(comment="Right code; a name is missing.")
    used_at: Mapped[Moment | None] = mapped_column(comment="Spent.")
    sent_at: Mapped[Moment | None] = mapped_column(comment="Left the house.")
    created_at: Mapped[Now] = mapped_column(index=True, comment="Counted by the limits.")


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
    proven_at: Mapped[Moment | None] = mapped_column(comment="Last code or factor that was right.")
    kept_path: Mapped[str | None] = mapped_column(
        String(200), comment="Where the person was when a fresh proof was asked."
    )
    kept_form: Mapped[str | None] = mapped_column(
        Encrypted("kept_form"), comment="What they had typed there, until they go on."
    )
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
