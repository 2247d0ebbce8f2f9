"""Sign-in by a six-digit code that was sent to a contact and comes back from the same browser.

Nothing here looks at who exists until the code has proven the contact, so a stranger who asks
learns nothing.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, func, select, text, update

from app import crypto
from app.accounts.actions.people import register_person
from app.accounts.actions.slow_hash import matches, slow_hash
from app.accounts.forms import PersonDraft
from app.accounts.models import Contact, Person, SignInCode
from app.accounts.rules import (
    CODE_DIGITS,
    CODES_PER_DAY,
    DEVICE_MEMORY,
    TRIES_PER_DAY,
    clean_name,
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
STOPPED = sentence("This account is stopped. Call us if you think that this is wrong.")


@dataclass(frozen=True)
class CodeOutcome:
    """Who came in, or the sentence that says why not, or that a new person's name is missing."""

    person: Person | None = None
    problem: str = ""
    name_needed: bool = False


async def ask_code(session: Session, *, kind: str, value: str, device: str, language: str) -> None:
    """Send a code to a contact in normal form; codes this browser asked for before end."""
    lookup = contact_lookup(kind, value)
    await _wait_for_turn(session, lookup)
    counted = await _counted_with(session, lookup, crypto.token_hash(device))
    asked = select(func.count()).where(*counted)
    if (await session.scalar(asked) or 0) >= CODES_PER_DAY:
        raise TooManyError(TOO_MANY_CODES)
    await _end_codes(session, crypto.token_hash(device))
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    row = SignInCode(
        kind=kind,
        value=value,
        lookup=lookup,
        device=crypto.token_hash(device),
        code_hash=await slow_hash(code),
        sealed_code=code,
        language=language,
    )
    session.add(row)
    await session.flush()
    await defer(session, Job.SEND_CODE, row.id)


async def enter_code(
    session: Session,
    *,
    code: str,
    device: str,
    name: str = "",
    language: str = "",
    languages: Sequence[str] = (),
) -> CodeOutcome:
    """Try a code in the browser that asked for it; a right one is spent, a wrong one is counted.

    The outcome carries problems instead of raising them: the count must be committed. `name` is
    given only where the person also said to be 18 or older.
    """
    row = await _lock_code(session, device)
    if row is None:
        return CodeOutcome(problem=ENDED)
    counted = await _counted_with(session, row.lookup, row.device)
    wrong = select(func.coalesce(func.sum(SignInCode.tries), 0)).where(*counted)
    if (await session.scalar(wrong) or 0) >= TRIES_PER_DAY:
        return CodeOutcome(problem=TOO_MANY_TRIES)
    if not await matches(row.code_hash, code):
        row.tries += 1
        return CodeOutcome(problem=WRONG)
    row.proven_at = await session.scalar(select(func.now()))
    return await _come_in(session, row, name, language, languages)


async def finish_registration(
    session: Session, *, device: str, draft: PersonDraft, language: str
) -> CodeOutcome:
    """Spend a code that was right but came without the new person's name."""
    row = await _lock_code(session, device)
    if row is None or row.proven_at is None:
        return CodeOutcome(problem=ENDED)
    return await _come_in(session, row, draft.name, language, draft.languages)


async def mark_code_sent(session: Session, code_id: int) -> None:
    """The code left the house: only its hash stays."""
    await session.execute(
        update(SignInCode)
        .where(SignInCode.id == code_id)
        .values(sealed_code=None, sent_at=func.now())
    )


async def _come_in(
    session: Session, row: SignInCode, name: str, language: str, languages: Sequence[str]
) -> CodeOutcome:
    person = await session.scalar(
        select(Person)
        .join(Contact, Contact.person_id == Person.id)
        .where(Contact.lookup == row.lookup, Contact.verified_at.is_not(None))
    )
    name = clean_name(name)
    if person is None and not name:
        return CodeOutcome(name_needed=True)
    row.used_at = await session.scalar(select(func.now()))
    if person is None:
        return CodeOutcome(
            await register_person(
                session,
                name=name,
                language=language or row.language,
                languages=languages,
                **{row.kind: row.value},
            )
        )
    if person.suspended_at is not None or person.erased_at is not None:
        return CodeOutcome(problem=STOPPED)
    if not await _knows_browser(session, row.lookup, row.device, but=row.id):
        await defer(session, Job.TELL_NEW_DEVICE, person.id)
    return CodeOutcome(person)


async def _lock_code(session: Session, device: str) -> SignInCode | None:
    """The live code of this browser, locked after its contact; other browsers' codes do not exist.

    Asking locks the contact first too: two tabs of one browser wait and never block each other.
    """
    lookup = await session.scalar(_live_code(device).with_only_columns(SignInCode.lookup))
    if lookup is None:
        return None
    await _wait_for_turn(session, lookup)
    row: SignInCode | None = await session.scalar(
        _live_code(device).where(SignInCode.lookup == lookup).with_for_update()
    )
    return row


def _live_code(device: str) -> Select[SignInCode]:
    return (
        select(SignInCode)
        .where(
            SignInCode.device == crypto.token_hash(device),
            SignInCode.used_at.is_(None),
            SignInCode.expires_at > func.now(),
        )
        .order_by(SignInCode.id.desc())
        .limit(1)
    )


async def _end_codes(session: Session, device: bytes) -> None:
    await session.execute(
        update(SignInCode)
        .where(SignInCode.device == device, SignInCode.used_at.is_(None))
        .values(expires_at=func.least(SignInCode.expires_at, func.now()))
    )


async def _counted_with(
    session: Session, lookup: bytes, device: bytes
) -> list[ColumnElement[bool]]:
    """What the limits of a day count: all strange browsers together, a known one by itself.

    Else whoever knows an address could lock its owner out for the day.
    """
    counted = [SignInCode.lookup == lookup, SignInCode.created_at > func.now() - DAY]
    if await _knows_browser(session, lookup, device):
        counted.append(SignInCode.device == device)
    return counted


async def _knows_browser(
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


async def _wait_for_turn(session: Session, lookup: bytes) -> None:
    """One request at a time per contact, so that parallel tries cannot pass the limit together."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"),
        {"lock": f"sign-in:{lookup.hex()}"},
    )
