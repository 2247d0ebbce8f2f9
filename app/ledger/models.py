"""Entries that are never changed, keys whose deletion makes them point to nobody, and the tree."""

from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Id, Moment, Now


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


class Log(Base):
    __tablename__ = "ledger_log"
    __table_args__ = (
        {"comment": "One tree of entries under one name; the newest is the one that grows."},
    )

    id: Mapped[Id]
    origin: Mapped[str] = mapped_column(String(200), unique=True, comment="Its public name.")
    quotes: Mapped[str | None] = mapped_column(Text, comment="Last checkpoint of the one before.")
    reason: Mapped[str | None] = mapped_column(Text, comment="Why that one had to end.")
    begun_at: Mapped[Now]


class Pending(Base):
    __tablename__ = "ledger_pending"
    __table_args__ = ({"comment": "Entries that wait for their place in the tree."},)

    entry_id: Mapped[int] = mapped_column(
        ForeignKey("ledger_entry.id"), primary_key=True, autoincrement=False
    )


class Leaf(Base):
    __tablename__ = "ledger_leaf"
    __table_args__ = (
        UniqueConstraint("log_id", "entry_id"),
        {"comment": "Which entry stands where in the tree: contiguous, never changed."},
    )

    log_id: Mapped[int] = mapped_column(ForeignKey("ledger_log.id"), primary_key=True)
    index: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, comment="Place in the tree, from 0."
    )
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"))


class Tile(Base):
    __tablename__ = "ledger_tile"
    __table_args__ = (
        {"comment": "Nodes of the tree, 256 to a row; the last of each level grows."},
    )

    log_id: Mapped[int] = mapped_column(ForeignKey("ledger_log.id"), primary_key=True)
    level: Mapped[int] = mapped_column(
        SmallInteger, primary_key=True, autoincrement=False, comment="Height divided by 8."
    )
    number: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, comment="First node divided by 256."
    )
    hashes: Mapped[bytes] = mapped_column(LargeBinary, comment="Up to 256 hashes.")


class SignedCheckpoint(Base):
    __tablename__ = "ledger_checkpoint"
    __table_args__ = (
        {"comment": "What the log has signed: one root for each size, never changed."},
    )

    log_id: Mapped[int] = mapped_column(ForeignKey("ledger_log.id"), primary_key=True)
    size: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, comment="How many leaves."
    )
    note: Mapped[str] = mapped_column(Text, comment="Text and the log's signature.")
    signed_at: Mapped[Now]


class Witness(Base):
    __tablename__ = "ledger_witness"
    __table_args__ = (
        {"comment": "Organisations that keep checkpoints outside and sign what they have seen."},
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(200), unique=True, comment="name+id+base64.")
    holder: Mapped[str] = mapped_column(String(120), comment="Who runs it.")
    added_at: Mapped[Now]
    removed_at: Mapped[Moment | None]


class Cosignature(Base):
    __tablename__ = "ledger_cosignature"
    __table_args__ = (
        ForeignKeyConstraint(
            ["log_id", "size"], ["ledger_checkpoint.log_id", "ledger_checkpoint.size"]
        ),
        {"comment": "Which witness has signed which checkpoint."},
    )

    log_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    witness_id: Mapped[int] = mapped_column(ForeignKey("ledger_witness.id"), primary_key=True)
    line: Mapped[str] = mapped_column(Text, comment="The signature line.")
    received_at: Mapped[Now]


class Check(Base):
    __tablename__ = "ledger_check"
    __table_args__ = ({"comment": "Each full recomputation, and whether everything fitted."},)

    id: Mapped[Id]
    entries: Mapped[int] = mapped_column(BigInteger, comment="How many were read.")
    problems: Mapped[int] = mapped_column(Integer, comment="How many did not fit.")
    root: Mapped[bytes] = mapped_column(LargeBinary, comment="Root over the sealed ones.")
    checked_at: Mapped[Now]
