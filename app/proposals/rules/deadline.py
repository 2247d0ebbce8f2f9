"""Until when an answer is expected.

- 48 hours, four where the help is needed today; hours between 20:00 and 08:00 do not count.
- So nobody loses a proposal while asleep, and no deadline falls into the night.
"""

from datetime import UTC, date, datetime, time, timedelta

from app.clock import BRUSSELS
from app.notifications.rules import QUIET_FROM, QUIET_UNTIL

ANSWER_WITHIN = timedelta(hours=48)
URGENT_ANSWER_WITHIN = timedelta(hours=4)


def answer_by(moment: datetime, *, urgent: bool) -> datetime:
    """The moment at which the waking hours since `moment` are used up."""
    left = URGENT_ANSWER_WITHIN if urgent else ANSWER_WITHIN
    day = moment.astimezone(BRUSSELS).date()
    start = moment.astimezone(UTC)
    while True:
        start = max(start, _at(day, QUIET_UNTIL))
        awake = max(timedelta(), _at(day, QUIET_FROM) - start)
        if left <= awake:
            return start + left
        left -= awake
        day += timedelta(days=1)


def _at(day: date, hour: time) -> datetime:
    # In UTC, because moments of one zone are subtracted by wall time.
    return datetime.combine(day, hour, BRUSSELS).astimezone(UTC)
