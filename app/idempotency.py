"""A repeated request gets the first answer: keys are kept in the transaction of the effect."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import BigInteger, Index, LargeBinary, String, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Now, Session

# A tab may stay open over a week-end; after that a form is read again before it is sent.
KEPT = timedelta(days=7)


class IdempotentAnswer(Base):
    __tablename__ = "idempotent_answer"
    __table_args__ = (
        Index("ix_idempotent_answer_created_at", "created_at"),
        {"comment": "Answers to requests that carried an idempotency key."},
    )

    actor: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, comment="Person; below zero a browser nobody signed in with."
    )
    key: Mapped[str] = mapped_column(
        String(80), primary_key=True, comment="Made by the client, or for a form by its page."
    )
    route: Mapped[str] = mapped_column(String(120), comment="Method and path.")
    body_hash: Mapped[bytes] = mapped_column(LargeBinary, comment="SHA-256 of the request.")
    answer: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="Body, or of a form the address it led to, sealed; never contacts."
    )
    created_at: Mapped[Now]


@dataclass(frozen=True)
class Key:
    """Whose key it is, and what was asked with it."""

    actor: int
    key: str
    route: str
    body: bytes

    @property
    def body_hash(self) -> bytes:
        return hashlib.sha256(self.body).digest()


@dataclass(frozen=True)
class Earlier:
    """What the key was used for before; `same` where it was this very request."""

    same: bool
    answer: bytes | None


async def reserve(session: Session, key: Key) -> Earlier | None:
    """Take the key for this transaction, or say what it was used for.

    A twin that comes at the same moment waits here until the first is committed or undone.
    """
    taken = await session.scalar(
        insert(IdempotentAnswer)
        .values(actor=key.actor, key=key.key, route=key.route, body_hash=key.body_hash)
        .on_conflict_do_nothing()
        .returning(IdempotentAnswer.key)
    )
    if taken is not None:
        return None
    row = await session.scalar(
        select(IdempotentAnswer).where(
            IdempotentAnswer.actor == key.actor, IdempotentAnswer.key == key.key
        )
    )
    if row is None:  # swept between the two statements: what it did is a week old
        return Earlier(same=False, answer=None)
    same = (row.body_hash, row.route) == (key.body_hash, key.route)
    return Earlier(same, row.answer)


async def keep_answer(session: Session, key: Key, answer: bytes) -> None:
    row = await session.get_one(IdempotentAnswer, (key.actor, key.key))
    row.answer = answer


async def release(session: Session, key: Key) -> None:
    """Nothing was done: the key may be used again."""
    await session.execute(
        delete(IdempotentAnswer).where(
            IdempotentAnswer.actor == key.actor, IdempotentAnswer.key == key.key
        )
    )


async def forget_answers(session: Session) -> None:
    """The sweep of keys that nobody will send again."""
    await session.execute(
        delete(IdempotentAnswer).where(IdempotentAnswer.created_at < func.now() - KEPT)
    )
