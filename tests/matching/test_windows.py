"""Free times become bits of local quarters, across clock changes and the edges of 14 days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.windows import ALWAYS, mask

BRUSSELS = ZoneInfo("Europe/Brussels")
FIRST = date(2026, 10, 20)  # the clocks go back on the 25th


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute)  # noqa: DTZ001 - local on purpose


@pytest.mark.parametrize(
    ("start", "end", "bits"),
    [
        (at(20, 0), at(20, 6), {0}),
        (at(20, 9), at(20, 12), {1}),
        (at(20, 11, 30), at(20, 12, 30), {1, 2}),
        (at(20, 20), at(21, 7), {3, 4, 5}),
        (at(18, 0), at(20, 1), {0}),
        (at(18, 0), at(20, 0), set()),
        (at(25, 0), at(26, 0), {20, 21, 22, 23}),
    ],
)
def test_a_window_sets_the_quarters_it_touches(
    start: datetime, end: datetime, bits: set[int]
) -> None:
    assert mask([(start, end)], FIRST, BRUSSELS) == sum(1 << bit for bit in bits)


def test_moments_with_a_zone_count_in_local_time() -> None:
    evening = datetime(2026, 10, 20, 22, 30, tzinfo=UTC)  # half past midnight in Brussels
    assert mask([(evening, evening + timedelta(hours=1))], FIRST, BRUSSELS) == 1 << 4
    before_change = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    window = (before_change, before_change + timedelta(minutes=30))
    assert mask([window], FIRST, BRUSSELS) == 1 << 20


def test_everything_and_nothing() -> None:
    long = (at(1, 0), at(31, 0) + timedelta(days=30))
    assert mask([long], FIRST, BRUSSELS) == ALWAYS == (1 << 56) - 1
    assert mask([], FIRST, BRUSSELS) == 0


@pytest.mark.parametrize("end", [at(20, 9), at(20, 8)])
def test_a_window_that_does_not_end_after_it_starts_is_refused(end: datetime) -> None:
    with pytest.raises(ValueError, match="end after"):
        mask([(at(20, 9), end)], FIRST, BRUSSELS)


@given(st.integers(-48, 400), st.integers(1, 100))
def test_bits_are_those_of_its_hours_one_by_one(start_h: int, hours: int) -> None:
    start = at(20, 0) + timedelta(hours=start_h)
    due = 0
    for hour in range(hours):
        local = start + timedelta(hours=hour)
        quarter = (local.date() - FIRST).days * 4 + local.hour // 6
        due |= 1 << quarter if 0 <= quarter < 56 else 0
    # written as wall times, so a missing or doubled hour changes nothing
    assert mask([(start, start + timedelta(hours=hours))], FIRST, BRUSSELS) == due
