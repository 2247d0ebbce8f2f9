"""Meetings for a person's own calendar program."""

from collections.abc import Sequence

from sqlalchemy import select

from app.accounts.models import Person
from app.accounts.rules import Visitor
from app.db import ReadSession
from app.exchanges.models import CalendarFeed
from app.exchanges.queries.stands import Stand, own_meetings
from app.notifications.rules import SignedLink


async def calendar_serial(reader: ReadSession, person_id: int) -> str | None:
    """What is signed into the address of a person's calendar; None where they have none."""
    found: str | None = await reader.scalar(
        select(CalendarFeed.serial).where(CalendarFeed.person_id == person_id)
    )
    return found


async def meetings_by_link(reader: ReadSession, link: SignedLink) -> Sequence[Stand] | None:
    """Meetings of the person's own exchanges, never of an organisation; None once it has ended."""
    person = await reader.get(Person, link.person_id)
    if person is None or person.suspended_at or person.erased_at:
        return None
    if await calendar_serial(reader, person.id) != link.ref:
        return None
    return await own_meetings(reader, Visitor(person.id, person.name, person.language))
