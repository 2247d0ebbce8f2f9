"""Budgets over many people: a network's and the platform's, counted in the database.

They bound what a thousand browsers together may cost and try. Nobody is locked out: the budget of
an hour is short, the sentence says whom to call, and one contact's own limit stands beside it.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from app.accounts.actions.turns import wait_for_turn
from app.accounts.models import SignInCode
from app.accounts.rules import (
    CODES_PER_HOUR,
    CODES_PER_NETWORK_HOUR,
    SMS_PER_HOUR,
    TRIES_PER_HOUR,
    TRIES_PER_NETWORK_HOUR,
)
from app.db import ReadSession, Session
from app.errors import TooManyError
from app.i18n import sentence

HOUR = timedelta(hours=1)
BUSY = sentence("Too many people ask for codes right now. Try again in an hour, or call us.")


async def check_codes(session: Session, *, kind: str, network: bytes) -> None:
    """`TooManyError` where the network, the text messages or the platform are over their budget."""
    await wait_for_turn(session, f"codes:{network.hex()}")
    if network and await _sent(session, SignInCode.network == network) >= CODES_PER_NETWORK_HOUR:
        raise TooManyError(BUSY)
    # Together last: it is the turn that everybody waits for, so it is the shortest.
    await wait_for_turn(session, "codes")
    if await _sent(session) >= CODES_PER_HOUR:
        raise TooManyError(BUSY)
    if kind == "phone" and await _sent(session, SignInCode.kind == kind) >= SMS_PER_HOUR:
        raise TooManyError(BUSY)


async def too_many_tries(reader: ReadSession, network: bytes | None) -> bool:
    """Whether guessing many people's codes from one network, or from all over, has to wait."""
    tries = func.sum(SignInCode.tries)
    of_all, of_network = (
        await reader.execute(
            select(
                func.coalesce(tries, 0),
                func.coalesce(tries.filter(SignInCode.network == (network or b"none")), 0),
            ).where(_within_the_hour())
        )
    ).one()
    return bool(of_all >= TRIES_PER_HOUR or of_network >= TRIES_PER_NETWORK_HOUR)


async def _sent(reader: ReadSession, *among: ColumnElement[bool]) -> int:
    count = select(func.count()).select_from(SignInCode).where(_within_the_hour(), *among)
    return await reader.scalar(count) or 0


def _within_the_hour() -> ColumnElement[bool]:
    return SignInCode.created_at > func.now() - HOUR
