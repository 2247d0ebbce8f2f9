"""Taking turns, so that parallel tries cannot pass a limit together."""

from sqlalchemy import text

from app.db import Session


async def wait_for_turn(session: Session, about: str) -> None:
    """One transaction at a time for whatever this is about, until it ends."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"), {"lock": about}
    )
