"""Six-digit codes, sent to a contact and typed in the browser that asked for them.

Nothing here looks at who exists, so a stranger who asks learns nothing.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, func, select, update

from app import crypto
from app.accounts.actions.limits import BUSY, check_codes, too_many_tries
from app.accounts.actions.slow_hash import matches, no_hash, slow_hash
from app.accounts.actions.turns import wait_for_turn
from app.accounts.forms import ContactInput
from app.accounts.models import SignInCode
from app.accounts.rules import (
    CODE_DIGITS,
    CODES_PER_DAY,
    DEVICE_MEMORY,
    TRIES_PER_DAY,
    Purpose,
    contact_lookup,
)
from app.db import Session
from app.errors import TooManyError
from app.i18n import sentence
from app.outbox import Job, defer

DAY = timedelta(days=1)
ENDED = sentence("This code has ended. Ask for a new one.")
WRONG = sentence("This is not the code that we sent. Look at the newest message and try again.")
TOO_MANY_TRIES = sentence(
    "Too many wrong codes today. Try again tomorrow, or call us: a person will help."
)
TOO_MANY_CODES = sentence(
    "Too many codes today. Try again tomorrow, or call us: a person will help."
)


@dataclass(frozen=True)
class SpentCode:
    """Whose code it was and which contact it proved, or the sentence that says why not."""

    problem: str = ""
    person_id: int | None = None
    contact: ContactInput | None = None


async def ask_code(
    session: Session,
    *,
    kind: str,
    value: str,
    device: str,
    language: str,
    network: bytes = b"",
    purpose: Purpose = Purpose.SIGN_IN,
    person_id: int | None = None,
) -> None:
    """Send a code to a contact in normal form; this browser's earlier ones for the same end."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    hashed = await slow_hash(code)
    lookup = contact_lookup(kind, value)
    await wait_for_turn(session, _turn_of(lookup))
    browser = crypto.token_hash(device)
    known = await knows_browser(session, lookup, browser)
    asked = select(func.count()).where(*_counted_with(lookup, browser, known=known))
    if (await session.scalar(asked) or 0) >= CODES_PER_DAY:
        raise TooManyError(TOO_MANY_CODES)
    if not known:
        await check_codes(session, kind=kind, network=network)
    await _end_codes(session, crypto.token_hash(device), purpose)
    row = SignInCode(
        kind=kind,
        value=value,
        lookup=lookup,
        device=crypto.token_hash(device),
        code_hash=hashed,
        sealed_code=code,
        language=language,
        network=network,
        purpose=purpose.value,
        person_id=person_id,
    )
    session.add(row)
    await session.flush()
    await defer(session, Job.SEND_CODE, row.id)


async def spend_code(session: Session, *, code: str, device: str, purpose: Purpose) -> SpentCode:
    """Try a code that a signed-in person asked for; a wrong one is counted."""
    row = await lock_code(session, device, purpose)
    problem = await try_code(session, row, code)
    if row is None or problem:
        return SpentCode(problem)
    row.proven_at = row.used_at = await session.scalar(select(func.now()))
    return SpentCode("", row.person_id, ContactInput(row.kind, row.value))


async def try_code(session: Session, row: SignInCode | None, code: str) -> str:
    """Why a code does not count; empty where it is right. The work is the same without any row."""
    if row is None:
        await matches(await no_hash(), code)
        return ENDED
    known = await knows_browser(session, row.lookup, row.device)
    counted = _counted_with(row.lookup, row.device, known=known)
    wrong = select(func.coalesce(func.sum(SignInCode.tries), 0)).where(*counted)
    if (await session.scalar(wrong) or 0) >= TRIES_PER_DAY:
        return TOO_MANY_TRIES
    if not known and await too_many_tries(session, row.network):
        return BUSY
    if not await matches(row.code_hash, code):
        row.tries += 1
        return WRONG
    return ""


async def mark_code_sent(session: Session, code_id: int) -> None:
    """The code left the house: only its hash stays."""
    await session.execute(
        update(SignInCode)
        .where(SignInCode.id == code_id)
        .values(sealed_code=None, sent_at=func.now())
    )


async def lock_code(session: Session, device: str, purpose: Purpose) -> SignInCode | None:
    """The live code of this browser, locked after its contact; other browsers' codes do not exist.

    Asking locks the contact first too: two tabs of one browser wait and never block each other.
    """
    live = _live_code(device, purpose)
    lookup = await session.scalar(live.with_only_columns(SignInCode.lookup))
    if lookup is None:
        return None
    await wait_for_turn(session, _turn_of(lookup))
    row: SignInCode | None = await session.scalar(
        live.where(SignInCode.lookup == lookup).with_for_update()
    )
    return row


def _live_code(device: str, purpose: Purpose) -> Select[SignInCode]:
    return (
        select(SignInCode)
        .where(
            SignInCode.device == crypto.token_hash(device),
            SignInCode.purpose == purpose.value,
            SignInCode.used_at.is_(None),
            SignInCode.expires_at > func.now(),
        )
        .order_by(SignInCode.id.desc())
        .limit(1)
    )


async def _end_codes(session: Session, device: bytes, purpose: Purpose) -> None:
    await session.execute(
        update(SignInCode)
        .where(
            SignInCode.device == device,
            SignInCode.purpose == purpose.value,
            SignInCode.used_at.is_(None),
        )
        .values(expires_at=func.least(SignInCode.expires_at, func.now()))
    )


def _counted_with(lookup: bytes, device: bytes, *, known: bool) -> list[ColumnElement[bool]]:
    """What the limits of a day count: all strange browsers together, a known one by itself.

    Else whoever knows an address could lock its owner out for the day.
    """
    counted = [SignInCode.lookup == lookup, SignInCode.created_at > func.now() - DAY]
    return [*counted, SignInCode.device == device] if known else counted


async def knows_browser(
    session: Session, lookup: bytes, device: bytes, *, but: int | None = None
) -> bool:
    """Whether this browser signed in to this contact lately, before the code at hand."""
    earlier = await session.scalar(
        select(SignInCode.id)
        .where(
            SignInCode.lookup == lookup,
            SignInCode.device == device,
            SignInCode.used_at > func.now() - DEVICE_MEMORY,
            SignInCode.id.is_distinct_from(but),
        )
        .limit(1)
    )
    return earlier is not None


def _turn_of(lookup: bytes) -> str:
    """One request at a time per contact, so that parallel tries cannot pass the limit together."""
    return f"sign-in:{lookup.hex()}"
