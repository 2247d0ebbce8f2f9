"""The ten digits by which a client speaks from any phone.

Eight random digits are few: whoever held the rows could try them all, were they hashed by any
recipe alone. So the hash needs a key that is not in the database, and tries are counted in it.
"""

import secrets
from dataclasses import dataclass

import structlog
from sqlalchemy import ColumnElement, delete, func, select, text, update

from app import crypto
from app.db import Session
from app.i18n import sentence
from app.organisations.models import ClientCode, CodeTry
from app.organisations.rules import (
    CODE_PERIOD,
    CODE_TRIES,
    CODE_TRIES_ALL,
    CODE_TRIES_EACH,
    is_client_code,
    with_check,
)

log = structlog.get_logger()

UNKNOWN = sentence("We do not know this code. Look at your paper: it has ten digits.")
TOO_OFTEN = sentence("That was too often. Try again in an hour, or call the desk on your paper.")


@dataclass(frozen=True)
class Spoken:
    """Whose code it was, or the sentence that says why nothing opens."""

    code_id: int | None = None
    problem: str = ""
    too_often: bool = False


async def issue_code(session: Session, client_id: int, worker_id: int) -> str:
    """New digits, shown this once; the ones before end."""
    await end_codes(session, client_id)
    digits = with_check(f"{secrets.randbelow(10**8):08d}")
    session.add(ClientCode(client_id=client_id, code_hash=_hash(digits), worker_id=worker_id))
    await session.flush()
    return digits


async def end_codes(session: Session, client_id: int) -> None:
    await session.execute(
        update(ClientCode)
        .where(ClientCode.client_id == client_id, ClientCode.ended_at.is_(None))
        .values(ended_at=func.now())
    )


async def try_code(session: Session, digits: str, network: bytes) -> Spoken:
    """Open a client's door; a wrong code is counted, so the outcome carries problems as words.

    A right code is not counted: a shelter shares one network.
    """
    hashed = _hash(digits)
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"),
        {"lock": f"client-code:{network.hex()}"},
    )
    if await _is_too_often(session, hashed, network):
        log.warning("client_code_refused", too_often=True)
        return Spoken(problem=TOO_OFTEN, too_often=True)
    found = await session.scalar(
        select(ClientCode.id).where(ClientCode.code_hash == hashed, ClientCode.ended_at.is_(None))
    )
    if found is None or not is_client_code(digits):
        session.add(CodeTry(network=network, code_hash=hashed))
        await session.flush()
        log.info("client_code_refused", too_often=False)
        return Spoken(problem=UNKNOWN)
    return Spoken(code_id=found)


async def forget_code_tries(session: Session) -> None:
    """Nothing is counted for longer than the longest limit."""
    await session.execute(delete(CodeTry).where(CodeTry.tried_at < func.now() - CODE_PERIOD * 2))


async def _is_too_often(session: Session, hashed: bytes, network: bytes) -> bool:
    limits: tuple[tuple[int, list[ColumnElement[bool]]], ...] = (
        (CODE_TRIES, [CodeTry.network == network]),
        (CODE_TRIES_EACH, [CodeTry.code_hash == hashed]),
        (CODE_TRIES_ALL, []),
    )
    for most, which in limits:
        tried = await session.scalar(
            select(func.count()).where(CodeTry.tried_at > func.now() - CODE_PERIOD, *which)
        )
        if (tried or 0) >= most:
            return True
    return False


def _hash(digits: str) -> bytes:
    return crypto.sign("client_code", digits)
