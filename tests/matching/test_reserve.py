"""Where demand passes supply a place is kept for who is pressed; now and then another is tried."""

from dataclasses import replace

import numpy as np
import pytest

from matching.explain import WhyNot
from matching.market import Market, NeedRow, OfferRow, market_of
from matching.plan import arrivals, match, reserve
from matching.plan.explore import draw
from matching.plan.reserve import floors
from matching.policy import Policy
from matching.score import PRIOR

PLAIN = Policy(explore=0, prove_s=0)
NEED = NeedRow(id=1, owner=1, category=7, lat=50.85, lon=4.35, radius=5)
OFFER = OfferRow(id=1, owner=100, category=7, lat=50.85, lon=4.35, radius=5)


def scarce(worths: list[float], supply: float) -> list[tuple[float, float, float, float]]:
    """Arrivals of one category: needs of one unit, and so many units offered."""
    return [(7.0, 1.0, 0.0, worth) for worth in worths] + [(7.0, 0.0, supply, 0.0)]


def prices(worths: list[float], supply: float, policy: Policy = PLAIN) -> dict[int, float]:
    return dict(reserve(market_of((), (), recent=scarce(worths, supply)).recent, policy))


def test_the_price_is_what_the_least_of_those_that_can_be_served_is_worth() -> None:
    worths = [0.1, 0.2, 0.3, 0.4, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    assert prices(worths, 5.5) == {7: pytest.approx(np.quantile(worths, 0.5))}
    assert prices(worths, 11) == {}  # enough for all
    assert prices(worths[:5], 1) == {}  # too few to know
    assert prices(worths, 1, replace(PLAIN, phi=0.0)) == {}


def test_who_presses_less_must_bring_more_and_waiting_lowers_it() -> None:
    needs = market_of(
        (
            replace(NEED, id=1, urgency=2),
            replace(NEED, id=2, urgency=1),
            replace(NEED, id=3),
            replace(NEED, id=4, waited_h=168),
            replace(NEED, id=5, waited_h=400),
            replace(NEED, id=6, category=8),
        ),
        (),
    ).needs
    floor = floors(needs, {7: 0.5}, PLAIN)
    due = [0.03, 0.4 / 2.5, 0.4, 0.4 / 1.5, 0.2, 0.03]
    np.testing.assert_allclose(floor, due)


def street(**change: float) -> Market:
    """A flexible need and one offer half as likely as the reserve asks."""
    recent = scarce([1.2] * 10, 1)
    offer = replace(OFFER, lat=50.87, **change)  # type: ignore[arg-type]  # one field each
    return market_of(
        (replace(NEED, windows=0xFF), replace(NEED, id=2, urgency=2)), (offer,), recent=recent
    )


def test_a_kept_place_goes_to_the_pressed_and_the_other_is_told() -> None:
    result = match(street(free=2), PRIOR, PLAIN)
    assert {each.need for each in result.pairings} == {2}
    assert [(each.need, each.code) for each in result.unmatched] == [(1, WhyNot.RESERVED)]
    assert result.statistics.reserve == {7: pytest.approx(1.2)}


def test_a_place_that_ends_soon_is_kept_for_nobody() -> None:
    for ends_h, served in ((18.0, {1, 2}), (18.5, {2})):
        result = match(street(free=2, ends_h=ends_h), PRIOR, PLAIN)
        assert {each.need for each in result.pairings} == served


def test_without_reserve_both_are_served() -> None:
    result = match(street(free=2), PRIOR, replace(PLAIN, phi=0.0))
    assert {each.need for each in result.pairings} == {1, 2}


def test_arrivals_are_weighed_by_their_best_pair_and_band() -> None:
    needs = (replace(NEED, size=2), replace(NEED, id=2, urgency=2, lat=51.5))
    offers = (replace(OFFER, free=3), replace(OFFER, id=2, free=2, category=8))
    table = arrivals(market_of(needs, offers), PRIOR, PLAIN)
    (only,) = match(market_of(needs[:1], offers[:1]), PRIOR, PLAIN).pairings
    assert table.tolist() == [[7, 2, 0, only.p], [7, 1, 0, 0], [7, 0, 3, 0], [8, 0, 2, 0]]


def busy_street(category: int) -> Market:
    """Urgent needs, each with ten rows it may try."""
    rows = [
        replace(OFFER, id=i, owner=1000 + i, free=4, category=category, lon=4.3 + i / 500)
        for i in range(100)
    ]
    needs = [
        replace(
            NEED, id=i, owner=i, urgency=2, category=category, interpreter=True, lon=4.3 + i / 500
        )
        for i in range(100)
    ]
    return market_of(needs, rows, as_of=86_400 * 20_000)


def test_one_need_in_so_many_tries_another_row_and_never_a_host() -> None:
    tries = replace(PLAIN, explore=4)
    market = busy_street(7)
    found, plain = match(market, PRIOR, tries), match(market, PRIOR, PLAIN)
    explored = [each for each in found.pairings if each.explored]
    assert 5 < len(explored) < 40
    assert found.statistics.explored == len(explored)
    assert all(each.rank == 3 for each in explored)
    assert len(found.pairings) == len(plain.pairings)
    same = {(each.need, each.offer) for each in plain.pairings}
    assert any((each.need, each.offer) not in same for each in explored)
    loads = found.statistics.loads
    assert max(loads) <= 6
    assert not any(each.explored for each in match(busy_street(0), PRIOR, tries).pairings)


def test_what_is_tried_changes_with_the_day_and_with_nothing_else() -> None:
    tries = replace(PLAIN, explore=4)
    market = busy_street(7)
    later = replace(market, as_of=market.as_of + 3600)
    next_day = replace(market, as_of=market.as_of + 86_400)
    tried = [
        {each.need for each in match(one, PRIOR, tries).pairings if each.explored}
        for one in (market, later, next_day)
    ]
    assert tried[0] == tried[1] != tried[2]


def test_draws_are_spread_evenly() -> None:
    drawn = draw(1, np.arange(20_000))
    share = np.bincount((drawn % np.uint64(20)).astype(np.int64)) / 20_000
    assert np.abs(share - 0.05).max() < 0.01
    assert len(np.unique(draw(2, np.arange(5_000), np.arange(5_000)))) == 5_000
