"""The second step by an app or a recovery code, and what a person may change of it."""

import hmac
from collections.abc import Sequence
from datetime import timedelta

import pyotp
from sqlalchemy import ColumnElement, Select, delete, extract, func, select, update

from app.accounts import queries
from app.accounts.actions.turns import wait_for_turn
from app.accounts.actions.warn import warn
from app.accounts.models import Factor, FactorTry, RecoveryCode
from app.accounts.rules.factors import (
    APP_STEP_SECONDS,
    FACTOR_TRIES_PER_DAY,
    Change,
    FactorKind,
    is_app_code,
    is_recovery_code,
    new_recovery_codes,
    recovery_hash,
    typed_answer,
)
from app.db import Session
from app.errors import ConflictError, NotFoundError
from app.i18n import sentence

DAY = timedelta(days=1)
WRONG_ANSWER = sentence("This code is not right. Wait for the next one and try again.")
TOO_MANY_ANSWERS = sentence(
    "Too many wrong codes today. Try again tomorrow, or call us: a person will help."
)
LAST_ONE = sentence("Your role needs a second step. Add another one before you remove this.")


async def begin_app(session: Session, person_id: int) -> Factor:
    """A new secret for an app, which counts once a code of it was right; an open one is reused."""
    await wait_for_turn(session, f"factor:{person_id}")
    known = await session.scalar(_app_of(person_id))
    if known is not None and known.confirmed_at is not None:
        raise ConflictError("You have an app already. Remove it to set up another one.")
    if known is None:
        known = Factor(
            person_id=person_id, kind=FactorKind.TOTP.value, label="", secret=pyotp.random_base32()
        )
        session.add(known)
        await session.flush()
    return known


async def confirm_app(session: Session, person_id: int, typed: str) -> str:
    """Why the app is not set up; empty once a code of it was right."""
    await wait_for_turn(session, f"factor:{person_id}")
    app = await session.scalar(_app_of(person_id).where(Factor.confirmed_at.is_(None)))
    if app is None:
        raise NotFoundError("There is no app to set up here.")
    if await _tried_too_often(session, person_id):
        return TOO_MANY_ANSWERS
    if not await _takes(session, app, typed_answer(typed)):
        session.add(FactorTry(person_id=person_id))
        return WRONG_ANSWER
    app.confirmed_at = await session.scalar(select(func.now()))
    await warn(session, person_id, Change.STEP_ADDED)
    return ""


async def set_app(session: Session, person_id: int, secret: str) -> None:
    """An app whose secret is known beforehand: for demonstrations and tests."""
    await session.execute(delete(Factor).where(Factor.person_id == person_id, _is_app()))
    session.add(
        Factor(
            person_id=person_id,
            kind=FactorKind.TOTP.value,
            label="",
            secret=secret,
            confirmed_at=func.now(),
        )
    )
    await session.flush()


async def prove_factor(session: Session, person_id: int, typed: str) -> str:
    """Why a code of the app or a recovery code does not count; empty where it is right and spent.

    A sentence instead of an error: the wrong try must be committed.
    """
    await wait_for_turn(session, f"factor:{person_id}")
    if await _tried_too_often(session, person_id):
        return TOO_MANY_ANSWERS
    answer = typed_answer(typed)
    if is_app_code(answer):
        app = await session.scalar(_app_of(person_id).where(Factor.confirmed_at.is_not(None)))
        right = app is not None and await _takes(session, app, answer)
    else:
        right = is_recovery_code(answer) and await _spend(session, person_id, answer)
    if not right:
        session.add(FactorTry(person_id=person_id))
        return WRONG_ANSWER
    return ""


async def renew_recovery_codes(session: Session, person_id: int) -> Sequence[str]:
    """Ten new codes, shown this once; earlier ones end."""
    await wait_for_turn(session, f"factor:{person_id}")
    await session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = new_recovery_codes()
    session.add_all(
        RecoveryCode(person_id=person_id, code_hash=recovery_hash(person_id, code))
        for code in codes
    )
    await session.flush()
    return codes


async def remove_factor(session: Session, person_id: int, factor_id: int, *, needed: bool) -> None:
    """Take away an app or a passkey; not the last one where a role needs it."""
    await wait_for_turn(session, f"factor:{person_id}")
    factor = await session.scalar(
        select(Factor).where(Factor.id == factor_id, Factor.person_id == person_id)
    )
    if factor is None:
        raise NotFoundError("There is no such second step.")
    left = [one for one in await queries.factors_of(session, person_id) if one.id != factor.id]
    if not left and needed:
        raise ConflictError(LAST_ONE)
    await session.delete(factor)
    if not left:
        await session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    if factor.confirmed_at is not None:
        await warn(session, person_id, Change.STEP_REMOVED)


def _is_app() -> ColumnElement[bool]:
    return Factor.kind == FactorKind.TOTP.value


def _app_of(person_id: int) -> Select[Factor]:
    return select(Factor).where(Factor.person_id == person_id, _is_app())


async def _takes(session: Session, app: Factor, answer: str) -> bool:
    """Whether an app says this now; each half minute is taken once, and never an earlier one."""
    if not is_app_code(answer) or app.secret is None:
        return False
    seconds = await session.scalar(select(extract("epoch", func.now())))
    present = int(seconds or 0) // APP_STEP_SECONDS
    codes = pyotp.HOTP(app.secret)
    for step in (present - 1, present, present + 1):
        if step > app.counter and hmac.compare_digest(codes.at(step), answer):
            app.counter = step
            app.last_used_at = await session.scalar(select(func.now()))
            return True
    return False


async def _spend(session: Session, person_id: int, answer: str) -> bool:
    spent = await session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == recovery_hash(person_id, answer),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=func.now())
        .returning(RecoveryCode.id)
    )
    if spent is not None:
        await warn(session, person_id, Change.RECOVERED)
    return spent is not None


async def _tried_too_often(session: Session, person_id: int) -> bool:
    tries = await session.scalar(
        select(func.count())
        .select_from(FactorTry)
        .where(FactorTry.person_id == person_id, FactorTry.created_at > func.now() - DAY)
    )
    return (tries or 0) >= FACTOR_TRIES_PER_DAY
