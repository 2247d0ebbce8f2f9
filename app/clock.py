"""The time zone people live in, and the clock of this process."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


def now() -> datetime:
    """The current moment in UTC; deadlines kept in rows use the database's own clock instead."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment as people in the first city read it on a wall clock."""
    return moment.astimezone(BRUSSELS)
