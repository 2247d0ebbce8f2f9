"""The log of who looked at which client's file, for the organisation's lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.accounts.models import Person
from app.db import ReadSession
from app.organisations.models import AccessAlarm, AccessEntry, Client
from app.organisations.rules import Viewed
from app.paging import Page, offset

PER_PAGE = 50
ALARMS = 10


@dataclass(frozen=True)
class View:
    """One look: who, at whose file, at what of it, when."""

    worker: str
    alias: str
    what: Viewed
    seen_at: datetime


@dataclass(frozen=True)
class Alarm:
    worker: str
    raised_at: datetime


@dataclass(frozen=True)
class LogFilter:
    """Which lines of the log: of one worker, of one client, which page of them."""

    worker_id: int | None = None
    alias: str = ""
    page: int = 1


async def views(reader: ReadSession, organisation_id: int, asked: LogFilter) -> Page[View]:
    """Looks at its clients' files, newest first; of one worker or one client where asked."""
    wanted = [AccessEntry.organisation_id == organisation_id]
    if asked.worker_id is not None:
        wanted.append(AccessEntry.worker_id == asked.worker_id)
    if asked.alias:
        wanted.append(Client.alias == asked.alias.upper())
    found = (
        select(Person.name, Client.alias, AccessEntry.what, AccessEntry.seen_at)
        .select_from(AccessEntry)
        .join(Person, Person.id == AccessEntry.worker_id)
        .join(Client, Client.id == AccessEntry.client_id)
        .where(*wanted)
    )
    total = await reader.scalar(select(func.count()).select_from(found.subquery())) or 0
    number = min(max(1, asked.page), 1_000)
    rows = await reader.execute(
        found.order_by(AccessEntry.id.desc()).limit(PER_PAGE).offset(offset(number, PER_PAGE))
    )
    items = [View(name, code, Viewed(what), seen_at) for name, code, what, seen_at in rows]
    return Page(items, number, total, size=PER_PAGE)


async def alarms(reader: ReadSession, organisation_id: int) -> Sequence[Alarm]:
    """The latest, newest first."""
    rows = await reader.execute(
        select(Person.name, AccessAlarm.raised_at)
        .join(Person, Person.id == AccessAlarm.worker_id)
        .where(AccessAlarm.organisation_id == organisation_id)
        .order_by(AccessAlarm.id.desc())
        .limit(ALARMS)
    )
    return [Alarm(*row) for row in rows]
