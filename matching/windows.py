"""Free times as one whole number: bit 4 x day + quarter, for 14 local days of four quarters."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo

DAYS = 14
QUARTERS = 4
HOURS = 24 // QUARTERS
BITS = DAYS * QUARTERS
ALWAYS = (1 << BITS) - 1

_TICK = timedelta(microseconds=1)


def mask(windows: Iterable[tuple[datetime, datetime]], first_day: date, tz: tzinfo) -> int:
    """Set each quarter that a window touches; a time without zone is local to `tz`.

    Parts before `first_day` or after its 14 days are left out. ValueError when a window
    does not end after it starts.
    """
    bits = 0
    for start, end in windows:
        begin, finish = _aware(start, tz), _aware(end, tz)
        if finish <= begin:
            raise ValueError("a window must end after it starts")
        first = _quarter(begin, first_day, tz)
        last = _quarter(finish - _TICK, first_day, tz)
        for bit in range(max(first, 0), min(last + 1, BITS)):
            bits |= 1 << bit
    return bits


def _aware(moment: datetime, tz: tzinfo) -> datetime:
    """In UTC, because moments of one zone compare by wall time and would ignore clock changes."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=tz)).astimezone(UTC)


def _quarter(moment: datetime, first_day: date, tz: tzinfo) -> int:
    local = moment.astimezone(tz)
    return (local.date() - first_day).days * QUARTERS + local.hour // HOURS
