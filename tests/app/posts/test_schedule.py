"""Windows and repetitions in local time; rules that could never end are refused."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import BRUSSELS
from app.posts.rules import Window, occurrences
from app.posts.rules.schedule import HORIZON, MOST_OCCURRENCES, is_rule, last_end


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BRUSSELS).astimezone(UTC)


def test_a_weekly_hour_stays_on_the_wall_clock_when_summer_time_begins() -> None:
    first = at(2026, 3, 22, 18)
    window = Window(first, first + timedelta(hours=2), "FREQ=WEEKLY;BYDAY=SU")
    slots = occurrences([window], first, first + timedelta(days=15))
    assert [slot.starts_at.astimezone(BRUSSELS).hour for slot in slots] == [18, 18, 18]
    assert [slot.starts_at.hour for slot in slots] == [17, 16, 16]
    assert {slot.ends_at - slot.starts_at for slot in slots} == {timedelta(hours=2)}


def test_an_hour_that_a_day_skips_still_has_a_slot() -> None:
    first = at(2026, 3, 28, 2, 30)
    slots = occurrences(
        [Window(first, first + timedelta(hours=1), "FREQ=DAILY")],
        first,
        first + timedelta(days=2, hours=12),
    )
    assert len(slots) == 3
    assert [slot.day.day for slot in slots] == [28, 29, 30]


def test_an_hour_that_a_day_has_twice_happens_once() -> None:
    first = at(2026, 10, 24, 2, 30)
    slots = occurrences(
        [Window(first, first + timedelta(hours=1), "FREQ=DAILY")], first, first + timedelta(days=3)
    )
    assert [slot.day.day for slot in slots] == [24, 25, 26]


def test_until_counts_in_local_time_and_includes_its_day() -> None:
    first = at(2026, 11, 2, 18)
    for until in ("20261116", "20261116T180000", "20261116T170000Z"):
        window = Window(first, first + timedelta(hours=1), f"FREQ=WEEKLY;UNTIL={until}")
        assert len(occurrences([window], first, first + HORIZON)) == 3


def test_what_touches_the_period_is_found_and_nothing_else() -> None:
    start = at(2026, 11, 20, 12)
    before = Window(start - timedelta(hours=2), start)
    across = Window(start - timedelta(hours=1), start + timedelta(hours=1))
    after = Window(start + timedelta(days=1), start + timedelta(days=2))
    found = occurrences([after, before, across], start, start + timedelta(days=1))
    assert [slot.starts_at for slot in found] == [across.starts_at]
    nightly = Window(start - timedelta(hours=3), start + timedelta(hours=1), "FREQ=DAILY")
    assert occurrences([nightly], start, start + timedelta(minutes=1)) != []


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=2;COUNT=5",
        "FREQ=WEEKLY;BYDAY=MO,WE,FR",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=MO",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=MONTHLY;BYMONTHDAY=1,15,31",
        "FREQ=WEEKLY;UNTIL=20270101T000000Z",
    ],
)
def test_plain_rules_are_kept(rule: str) -> None:
    assert is_rule(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=HOURLY",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=DAILY;BYDAY=MO;INTERVAL=7",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=9999",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=5",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=WEEKLY;INTERVAL=1;INTERVAL=2",
        "FREQ=WEEKLY;UNTIL=20261399",
        "FREQ=WEEKLY\nRRULE:FREQ=SECONDLY",
        "EXRULE:FREQ=DAILY",
        "DTSTART:20200101\nRRULE:FREQ=DAILY",
        "FREQ=DAILY;" + "COUNT=1;" * 40,
    ],
)
def test_other_rules_are_refused(rule: str) -> None:
    assert not is_rule(rule)


@given(st.text(max_size=220))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert is_rule(text) in (True, False)
    assert is_rule(f"FREQ=WEEKLY;{text}") in (True, False)


_ENDS = st.sampled_from(["", ";COUNT=3", ";COUNT=999", ";UNTIL=20261201", ";UNTIL=20200101"])
_RULES = st.builds(
    "{}{}".format,
    st.sampled_from(
        [
            "FREQ=DAILY",
            "FREQ=DAILY;INTERVAL=59",
            "FREQ=WEEKLY;INTERVAL=19;BYDAY=SA,SU",
            "FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=31",
            "FREQ=MONTHLY;INTERVAL=6;BYDAY=5MO",
            "FREQ=MONTHLY;BYDAY=-5FR",
        ]
    ),
    _ENDS,
)
_STARTS = st.datetimes(
    datetime(2025, 11, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    datetime(2027, 11, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(rule=_RULES, first=_STARTS, hours=st.integers(1, 24))
def test_every_kept_rule_is_bounded_and_quick(rule: str, first: datetime, hours: int) -> None:
    assert is_rule(rule)
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    window = Window(first, first + timedelta(hours=hours), rule)
    started = time.perf_counter()
    found = occurrences([window] * 20, now, now + HORIZON)
    assert time.perf_counter() - started < 5
    assert len(found) <= MOST_OCCURRENCES
    assert all(slot.ends_at > now and slot.starts_at < now + HORIZON for slot in found)
    assert found == sorted(found)
    assert last_end([window], now, now + HORIZON) >= now
