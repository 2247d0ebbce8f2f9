"""Leaving: first everything is hidden, seven days later nothing is left to bring back.

- Whoever has an open exchange ends it first, or calls: somebody counts on them.
- Whoever works for an organisation leaves it first: its clients need another worker.
- Within seven days the person may stay after all; what was withdrawn stays withdrawn.
"""

from datetime import datetime, timedelta

UNDO = timedelta(days=7)
SILENT = timedelta(days=730)
# Long enough to read the letter and to come back.
SILENT_NOTICE = timedelta(days=30)


def gone_at(closing_at: datetime) -> datetime:
    """When the account is erased for good."""
    return closing_at + UNDO


def is_due(closing_at: datetime | None, now: datetime) -> bool:
    return closing_at is not None and gone_at(closing_at) <= now
