"""A calendar that a program may follow: one address a person, ended by another or by will."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.crypto import new_code
from app.db import Session
from app.exchanges.models import CalendarFeed


async def open_calendar(session: Session, person_id: int) -> None:
    """A new address; the one before ends."""
    serial = new_code()
    await session.execute(
        insert(CalendarFeed)
        .values(person_id=person_id, serial=serial)
        .on_conflict_do_update(index_elements=[CalendarFeed.person_id], set_={"serial": serial})
    )


async def end_calendar(session: Session, person_id: int) -> None:
    await session.execute(delete(CalendarFeed).where(CalendarFeed.person_id == person_id))
