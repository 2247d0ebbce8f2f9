"""The short form of the hunt: no pair against a filter, and every missing filter is noticed."""

import pytest

from tests.fuzz.hard_filters import WITHOUT, caught, hunt
from tests.fuzz.world import worlds


def test_no_pair_meets_against_a_hard_filter() -> None:
    tally = hunt(worlds(130, seed=7))
    assert not tally.violations, tally.violations[:5]
    assert tally.allowed > 100
    assert tally.proposals > 50
    assert min(tally.refused[each] for each in ("unlikely", "barred", "profile")) > 0


@pytest.mark.parametrize("without", WITHOUT)
def test_control_a_matcher_without_one_filter_is_caught(without: str) -> None:
    assert caught(worlds(500, seed=7), without) > 0
