"""Entries that are never changed, and the keys whose deletion makes an entry point to nobody."""

from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Id, Now


class SubjectKey(Base):
    __tablename__ = "ledger_key"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_ref"),
        {"comment": "One random key per person or client; deleting the row is erasure."},
    )

    subject: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, comment="16 random bytes that stand for the subject."
    )
    subject_kind: Mapped[str] = mapped_column(String(10), comment="person or client.")
    subject_ref: Mapped[int] = mapped_column(BigInteger, comment="Id of the person or client.")
    secret: Mapped[bytes] = mapped_column(LargeBinary, comment="k: 32 random bytes.")
    created_at: Mapped[Now] = mapped_column(comment="When the subject first met the ledger.")


class Entry(Base):
    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("reference", "kind"),
        # Holds the broken entries alone, so every page of the ledger can show them first.
        Index(
            "ix_ledger_entry_broken",
            "id",
            postgresql_where=text("digest <> sha256('\\x00'::bytea || canonical)"),
        ),
        {"comment": "The solidarity ledger: append-only, no personal data."},
    )

    id: Mapped[Id] = mapped_column(comment="Order of recording; gaps are possible.")
    kind: Mapped[str] = mapped_column(String(20), comment="exchange; later kinds join.")
    reference: Mapped[UUID] = mapped_column(Uuid, comment="The 16 random bytes inside the entry.")
    canonical: Mapped[bytes] = mapped_column(LargeBinary, comment="The entry, as it is hashed.")
    digest: Mapped[bytes] = mapped_column(LargeBinary, comment="SHA-256(0x00, canonical).")
    recorded_at: Mapped[Now] = mapped_column(comment="Kept for sealing; never shown.")
