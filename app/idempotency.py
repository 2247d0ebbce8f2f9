"""A repeated request gets the first answer: keys are kept in the transaction of the effect."""

import hashlib

from sqlalchemy import BigInteger, LargeBinary, String, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Now, Session
from app.errors import ConflictError


class IdempotentAnswer(Base):
    __tablename__ = "idempotent_answer"
    __table_args__ = ({"comment": "Answers to requests that carried an idempotency key."},)

    actor: Mapped[int] = mapped_column(BigInteger, primary_key=True, comment="Person.")
    key: Mapped[str] = mapped_column(String(80), primary_key=True, comment="Made by the client.")
    route: Mapped[str] = mapped_column(String(120), comment="Method and path.")
    body_hash: Mapped[bytes] = mapped_column(LargeBinary, comment="SHA-256 of the request.")
    answer: Mapped[bytes | None] = mapped_column(LargeBinary, comment="Body; never contacts.")
    created_at: Mapped[Now]


async def earlier_answer(
    session: Session, actor: int, key: str, route: str, body: bytes
) -> bytes | None:
    """The answer first given to this key, or None after reserving the key for this transaction.

    A second request with the same key waits for the first. Another body under the same key is a
    `ConflictError`.
    """
    body_hash = hashlib.sha256(body).digest()
    # The twin waits here, so that it reads the finished answer and not an empty row.
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"),
        {"lock": f"idempotency:{actor}:{key}"},
    )
    row = await session.scalar(
        select(IdempotentAnswer).where(IdempotentAnswer.actor == actor, IdempotentAnswer.key == key)
    )
    if row is None:
        await session.execute(
            insert(IdempotentAnswer).values(actor=actor, key=key, route=route, body_hash=body_hash)
        )
        return None
    if row.body_hash != body_hash or row.route != route:
        raise ConflictError("This key was used for another request. Send a new key.")
    return bytes(row.answer or b"null")


async def keep_answer(session: Session, actor: int, key: str, answer: bytes) -> None:
    row = await session.get_one(IdempotentAnswer, (actor, key))
    row.answer = answer
