"""A snapshot is frozen, of the right kinds, and refused in words without its values."""

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from matching.columns import MarketError
from matching.market import Market, NeedRow, OfferRow, canonical, market_of, needs_of, offers_of

NEED = NeedRow(id=1, owner=1, category=7, lat=50.85, lon=4.35, radius=5)
OFFER = OfferRow(id=2, owner=2, category=7, lat=50.85, lon=4.35, radius=5)


def test_columns_cannot_be_written_to_nor_through_what_they_came_from() -> None:
    needs = needs_of((NEED,))
    with pytest.raises(ValueError, match="read-only"):
        needs.size[0] = 2
    blocks = np.array([[1, 2]])
    market = replace(market_of((), ()), blocks=blocks)
    blocks[0, 0] = 9
    assert market.blocks[0, 0] == 1


def test_a_column_of_another_kind_or_length_is_refused() -> None:
    needs = needs_of((NEED,))
    with pytest.raises(MarketError, match="column size"):
        replace(needs, size=np.array([1], dtype=np.int64))
    with pytest.raises(MarketError, match="column size"):
        replace(needs, size=np.array([1, 1], dtype=np.int16))
    with pytest.raises(MarketError, match="table live"):
        replace(market_of((), ()), live=np.zeros((1, 3), dtype=np.int64))


@pytest.mark.parametrize("change", [{"size": 10**20}, {"req": -1}, {"id": None}, {"urgency": 300}])
def test_a_value_that_does_not_fit_is_refused_without_being_told(
    change: Mapping[str, int],
) -> None:
    with pytest.raises(MarketError) as refused:
        needs_of((replace(NEED, **change),))  # type: ignore[arg-type]  # wrong on purpose
    assert re.fullmatch(r"column \w+ does not fit u?int\d+", str(refused.value))
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "change",
    [
        {"category": 39},
        {"category": -1},
        {"radius": float("nan")},
        {"radius": -1.0},
        {"windows": 1 << 56},
        {"languages": 1 << 63},
        {"lat": float("nan")},
        {"live": -1},
    ],
)
def test_a_value_out_of_range_is_refused_on_either_side(change: Mapping[str, float]) -> None:
    need, offer = replace(NEED, **change), replace(OFFER, **change)  # type: ignore[arg-type]  # one field each
    for market in (market_of((need,), ()), market_of((), (offer,))):
        with pytest.raises(MarketError, match="column"):
            canonical(market)


@pytest.mark.parametrize(
    "market",
    [
        market_of((replace(NEED, size=0),), ()),
        market_of((replace(NEED, urgency=3),), ()),
        market_of((replace(NEED, waited_h=float("inf")),), ()),
        market_of((), (replace(OFFER, free=-1),)),
        market_of((), (replace(OFFER, attested=1.5),)),
        market_of((), (replace(OFFER, owner_effect=float("nan")),)),
        market_of((NEED, NEED), ()),
        market_of((), (OFFER, OFFER)),
    ],
)
def test_other_impossible_markets_are_refused(market: Market) -> None:
    with pytest.raises(MarketError):
        canonical(market)


def test_the_one_order() -> None:
    needs = (
        replace(NEED, id=4),
        replace(NEED, id=3, urgency=1),
        replace(NEED, id=2, waited_h=5),
        replace(NEED, id=1),
    )
    offers = (replace(OFFER, occurrence=1), OFFER, replace(OFFER, id=1))
    market = canonical(
        market_of(needs, offers, blocks=[(5, 1), (1, 5)], live=[(2, 1, 0, 2), (2, 9, 0, 1)])
    )
    assert market.needs.id.tolist() == [3, 2, 1, 4]
    assert market.offers.id.tolist() == [1, 2, 2]
    assert market.offers.occurrence.tolist() == [0, 0, 1]
    assert market.blocks.tolist() == [[1, 5]]
    assert market.live.tolist() == [[2, 9, 0, 1], [2, 1, 0, 2]]


def test_an_empty_side_is_a_market_too() -> None:
    assert len(canonical(market_of((), ())).needs) == 0
    assert len(offers_of(())) == 0
