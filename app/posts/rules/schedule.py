"""When a post can happen: windows, some of them recurring by an RRULE in local time.

Rules are daily, weekly or monthly; anything finer or endless to search is refused.
Wall-clock times stay put when summer time begins or ends. A post without windows is for all times.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from dateutil.rrule import rrule, rrulestr

from app.clock import BRUSSELS
from app.posts.rules.draft import Window

HORIZON = timedelta(days=60)
MOST_OCCURRENCES = 500
MOST_WINDOWS = 20
LONGEST_RULE = 200

# Each pattern lists what may follow FREQ; every rule that passes recurs within five years.
_DAYS = r"BYDAY=(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU)){0,6}"
_NTH_DAYS = r"BYDAY=(-?[1-5])(MO|TU|WE|TH|FR|SA|SU)"
_MONTH_DAYS = r"BYMONTHDAY=(-?([1-9]|[12][0-9]|3[01]))(,-?([1-9]|[12][0-9]|3[01])){0,9}"
_ALLOWED = {
    "DAILY": (r"INTERVAL=([1-9]|[1-5][0-9])",),
    "WEEKLY": (r"INTERVAL=([1-9]|1[0-9])", _DAYS, r"WKST=(MO|SU)"),
    # Six months on lies a month of 31 days, twelve months on may never.
    "MONTHLY": (r"INTERVAL=[1-6]", _NTH_DAYS, _MONTH_DAYS),
}
_ENDS = (r"COUNT=([1-9][0-9]{0,2})", r"UNTIL=[0-9]{8}(T[0-9]{6}Z?)?")


@dataclass(frozen=True, order=True)
class Slot:
    """One time at which it can happen, in UTC; `recurring` where a rule made it."""

    starts_at: datetime
    ends_at: datetime
    recurring: bool = False

    @property
    def day(self) -> date:
        """The local day on which it starts."""
        return self.starts_at.astimezone(BRUSSELS).date()


def is_rule(text: str) -> bool:
    """True for a recurrence rule that we keep."""
    if len(text) > LONGEST_RULE:
        return False
    frequency, *parts = text.removeprefix("RRULE:").upper().split(";")
    name, _, value = frequency.partition("=")
    if name != "FREQ" or value not in _ALLOWED:
        return False
    names = [part.partition("=")[0] for part in parts]
    if len(set(names)) < len(names) or {"BYDAY", "BYMONTHDAY"} <= set(names):
        return False
    patterns = (*_ALLOWED[value], *_ENDS)
    if not all(any(re.fullmatch(one, part) for one in patterns) for part in parts):
        return False
    return _parses(text)


def occurrences(windows: Sequence[Window], start: datetime, end: datetime) -> list[Slot]:
    """Every slot that touches [start, end), in order; at most 500."""
    found: list[Slot] = []
    for window in windows:
        if window.rule is not None:
            found += _recurring(window, start, end)
        elif window.ends_at > start and window.starts_at < end:
            found.append(Slot(window.starts_at, window.ends_at))
    return sorted(found)[:MOST_OCCURRENCES]


def last_end(windows: Sequence[Window], start: datetime, horizon: datetime) -> datetime:
    """When the last slot before the horizon ends; `start` where none is left."""
    single = [window.ends_at for window in windows if window.rule is None]
    slots = occurrences([one for one in windows if one.rule is not None], start, horizon)
    return max([start, *single, *(slot.ends_at for slot in slots)])


def _recurring(window: Window, start: datetime, end: datetime) -> list[Slot]:
    length = window.ends_at - window.starts_at
    begin = start.astimezone(BRUSSELS).replace(tzinfo=None) - length
    finish = end.astimezone(BRUSSELS).replace(tzinfo=None)
    rule = _rule(window.rule or "", window.starts_at)
    times = islice(rule.xafter(begin, inc=False), MOST_OCCURRENCES)
    slots: list[Slot] = []
    for time in times:
        if time >= finish:
            break
        starts_at = time.replace(tzinfo=BRUSSELS).astimezone(UTC)
        slots.append(Slot(starts_at, starts_at + length, recurring=True))
    return slots


def _rule(text: str, first: datetime) -> rrule:
    """The rule on wall-clock times: dateutil is given no zone, so that noon stays noon."""
    local = first.astimezone(BRUSSELS).replace(tzinfo=None)
    parsed = rrulestr(_wall_clock(text), dtstart=local)
    if not isinstance(parsed, rrule):
        raise TypeError("One rule, not a set of rules.")
    return parsed


def _wall_clock(text: str) -> str:
    """The rule with an UNTIL in UTC turned into local time."""

    def localised(match: re.Match[str]) -> str:
        moment = datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        return f"UNTIL={moment.astimezone(BRUSSELS):%Y%m%dT%H%M%S}"

    bare = text.removeprefix("RRULE:").upper()
    # A bare day means the whole of it.
    bare = re.sub(r"UNTIL=(\d{8})(?=;|$)", r"UNTIL=\1T235959", bare)
    return re.sub(r"UNTIL=(\d{8}T\d{6})Z", localised, bare)


def _parses(text: str) -> bool:
    try:
        _rule(text, datetime(2026, 1, 1, tzinfo=UTC))
    except (ValueError, OverflowError):
        return False
    return True
