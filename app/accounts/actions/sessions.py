"""Signed-in devices: each has its own random id, and its owner can end it."""

from sqlalchemy import delete, func, select, update

from app import crypto
from app.accounts.models import ApiToken, PersonSession
from app.accounts.rules import Visitor
from app.accounts.rules.factors import ONE_FACTOR
from app.db import Session
from app.errors import SignInNeededError

LONGEST_KEPT = 20_000


async def open_session(
    session: Session,
    person_id: int,
    device_name: str,
    *,
    replaces: str = "",
    level: int = ONE_FACTOR,
) -> str:
    """A new session's id, for the browser only; the one that it `replaces` ends with it.

    `level` is how many factors were proven just now; roles open nothing below two.
    """
    await forget_session(session, replaces)
    return await _kept(
        session,
        PersonSession(
            person_id=person_id, device_name=device_name[:60], level=level, proven_at=func.now()
        ),
    )


async def renew_session(session: Session, token: str, *, level: int | None = None) -> str:
    """The same device under a new id after a fresh proof; the old id ends with it."""
    old = await session.scalar(
        select(PersonSession)
        .where(PersonSession.token_hash == crypto.token_hash(token))
        .with_for_update()
    )
    if old is None:
        raise SignInNeededError("Sign in to continue.")
    renewed = PersonSession(
        person_id=old.person_id,
        device_name=old.device_name,
        level=max(old.level, level or ONE_FACTOR),
        proven_at=func.now(),
        kept_path=old.kept_path,
        kept_form=old.kept_form,
    )
    await session.delete(old)
    return await _kept(session, renewed)


async def _kept(session: Session, row: PersonSession) -> str:
    token = crypto.new_token()
    row.token_hash = crypto.token_hash(token)
    session.add(row)
    await session.flush()
    return token


async def keep_form(session: Session, session_id: int | None, path: str, typed: str) -> None:
    """Remember what was typed until a proof is given; longer texts are not kept."""
    await session.execute(
        update(PersonSession)
        .where(PersonSession.id == session_id)
        .values(kept_path=path[:200], kept_form=typed if len(typed) <= LONGEST_KEPT else None)
    )


async def forget_session(session: Session, token: str) -> None:
    """End the session that a browser holds; an empty or unknown id does nothing."""
    await session.execute(
        delete(PersonSession).where(PersonSession.token_hash == crypto.token_hash(token))
    )


async def end_session(session: Session, person_id: int, session_id: int) -> None:
    """End one of the person's own devices; others' ids do nothing."""
    await session.execute(
        delete(PersonSession).where(
            PersonSession.id == session_id, PersonSession.person_id == person_id
        )
    )


async def end_all_sessions(session: Session, person_id: int, but: int | None = None) -> None:
    await session.execute(
        delete(PersonSession).where(
            PersonSession.person_id == person_id, PersonSession.id.is_distinct_from(but)
        )
    )


async def touch_session(session: Session, session_id: int) -> None:
    await session.execute(
        update(PersonSession).where(PersonSession.id == session_id).values(last_seen_at=func.now())
    )


async def note_use(session: Session, visitor: Visitor) -> None:
    """Write down that a device is in use, so that only idle ones end; of a program, to the hour."""
    if visitor.session_id is not None:
        await touch_session(session, visitor.session_id)
    await session.execute(
        update(ApiToken)
        .where(ApiToken.id == visitor.token_id)
        .values(last_used_at=func.date_trunc("hour", func.now()))
    )
