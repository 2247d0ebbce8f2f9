"""How long a post lives.

- After 30 days "still there?", after 60 it ends; help needed today asks next morning, ends at 7.
- One tap gives 30 more days, never more than 90 ahead.
- Nothing lives longer than its latest day or its last window.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from app.clock import BRUSSELS
from app.posts.rules.draft import Urgency, Window
from app.posts.rules.schedule import HORIZON, last_end

ASK_AFTER = timedelta(days=30)
LIFE = timedelta(days=60)
URGENT_LIFE = timedelta(days=7)
EXTENSION = timedelta(days=30)
FURTHEST = timedelta(days=90)
MORNING = time(8)
SILENT_PROPOSALS = 3


def ends_at(
    now: datetime, urgency: Urgency, latest_by: date | None, windows: Sequence[Window]
) -> datetime:
    """When a post published now ends by itself."""
    life = URGENT_LIFE if urgency is Urgency.TODAY else LIFE
    return _bounded(now + life, latest_by, windows, now)


def extended(
    now: datetime, end: datetime, latest_by: date | None, windows: Sequence[Window]
) -> datetime:
    """The end after one tap; not after now where all its dates have passed."""
    wished = min(max(now, end) + EXTENSION, now + FURTHEST)
    return _bounded(wished, latest_by, windows, now)


def ask_at(since: datetime, urgency: Urgency) -> datetime:
    """When to ask "still there?" after it was last confirmed."""
    if urgency is not Urgency.TODAY:
        return since + ASK_AFTER
    next_day = since.astimezone(BRUSSELS).date() + timedelta(days=1)
    return datetime.combine(next_day, MORNING, BRUSSELS)


def day_start(day: date) -> datetime:
    """Midnight before a local day."""
    return datetime.combine(day, time(), BRUSSELS)


def day_end(day: date) -> datetime:
    """Midnight after a local day."""
    return day_start(day + timedelta(days=1))


def _bounded(
    end: datetime, latest_by: date | None, windows: Sequence[Window], now: datetime
) -> datetime:
    bounds = [end]
    if latest_by is not None:
        bounds.append(day_end(latest_by))
    if windows:
        bounds.append(last_end(windows, now, max(end, now + HORIZON)))
    return min(bounds)
