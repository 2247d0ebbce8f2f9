"""Signed-in devices: each has its own random id, and its owner can end it."""

from sqlalchemy import delete, func, update

from app import crypto
from app.accounts.models import PersonSession
from app.db import Session


async def open_session(
    session: Session, person_id: int, device_name: str, *, replaces: str = ""
) -> str:
    """A new session's id, for the browser only; the one that it `replaces` ends with it."""
    await forget_session(session, replaces)
    token = crypto.new_token()
    session.add(
        PersonSession(
            token_hash=crypto.token_hash(token), person_id=person_id, device_name=device_name[:60]
        )
    )
    await session.flush()
    return token


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
    """Write down that the device is in use, so that only idle ones end."""
    await session.execute(
        update(PersonSession).where(PersonSession.id == session_id).values(last_seen_at=func.now())
    )
