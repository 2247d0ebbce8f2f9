"""Every pair that the engine lets meet passes the filters as read from the design, and no other."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from matching.candidates import Filter, candidates, feasible
from matching.market import Market, NeedRow, OfferRow, canonical, market_of
from matching.score import PRIOR
from tests.matching.harness import hunt, must_fail
from tests.matching.oracle import first_failed, likely
from tests.matching.strategies import Case

NEED = NeedRow(id=1, owner=1, category=23, lat=50.85, lon=4.35, radius=5, languages=1)
OFFER = OfferRow(id=2, owner=2, category=23, lat=50.85, lon=4.36, radius=5, languages=1)


def pairs_found(market: Market) -> set[tuple[int, int, int]]:
    edges = candidates(market, PRIOR, k=10**6)
    ids = (market.needs.id[edges.need], market.offers.id[edges.row])
    occurrences = market.offers.occurrence[edges.row]
    return set(zip(*(column.tolist() for column in (*ids, occurrences)), strict=True))


def pairs_due(case: Case) -> set[tuple[int, int, int]]:
    return {
        (need.id, offer.id, offer.occurrence)
        for need in case.needs
        for offer in case.offers
        if first_failed(need, offer, case.blocks, case.barred) is None
    }


def same_pairs(look: Callable[[Case], set[tuple[int, int, int]]]) -> Callable[[Case], None]:
    def check(case: Case) -> None:
        assert look(case) == pairs_due(case)

    return check


def test_pairs_found_are_those_of_the_oracle() -> None:
    assert hunt(same_pairs(lambda case: pairs_found(case.market())))
    assert hunt(same_pairs(lambda case: pairs_found(canonical(case.market()))), examples=40)


@pytest.mark.parametrize("forgotten", ["blocks", "barred"])
def test_control_forgotten_tables_are_noticed(forgotten: str) -> None:
    must_fail(same_pairs(lambda case: pairs_found(replace(case, **{forgotten: ()}).market())))


@pytest.mark.parametrize(
    "generous",
    [
        {"radius": 1000.0},
        {"accepts": 3},
        {"features": 3},
        {"interpreter": True},
        {"windows": (1 << 56) - 1},
        {"free": 9},
    ],
)
def test_control_a_dropped_filter_is_noticed(generous: dict[str, float]) -> None:
    def look(case: Case) -> set[tuple[int, int, int]]:
        offers = tuple(replace(row, **generous) for row in case.offers)  # type: ignore[arg-type]  # one field each
        return pairs_found(replace(case, offers=offers).market())

    must_fail(same_pairs(look))


def test_first_failed_filter_and_p_agree_with_the_oracle() -> None:
    def check(case: Case) -> None:
        for need in case.needs[:3]:
            for offer in case.offers[:3]:
                owners = (need.owner, offer.owner)
                found = feasible(
                    need,
                    offer,
                    blocked=owners in case.blocks or owners[::-1] in case.blocks,
                    barred=(need.id, offer.id) in case.barred,
                )
                assert found == first_failed(need, offer, case.blocks, case.barred)

    assert hunt(check, examples=40)


def test_p_is_that_of_the_oracle() -> None:
    def check(case: Case) -> None:
        edges = candidates(case.market(), PRIOR, k=10**6)
        for need, row, p in zip(edges.need, edges.row, edges.p, strict=True):
            assert p == pytest.approx(likely(case.needs[need], case.offers[row]), rel=1e-5)

    assert hunt(check, examples=40)


@pytest.mark.parametrize(
    ("broken", "need", "offer"),
    [
        (None, NEED, OFFER),
        (Filter.CATEGORY, NEED, replace(OFFER, category=24)),
        (Filter.DISTANCE, NEED, replace(OFFER, lat=50.99)),
        (None, replace(NEED, remote=True), replace(OFFER, lat=50.99, remote=True)),
        (Filter.CAPACITY, replace(NEED, size=2), OFFER),
        (Filter.WINDOWS, replace(NEED, windows=1), replace(OFFER, windows=2)),
        (Filter.LANGUAGE, NEED, replace(OFFER, languages=2)),
        (None, replace(NEED, interpreter=True), replace(OFFER, languages=2)),
        (None, replace(NEED, category=7), replace(OFFER, category=7, languages=2)),
        (
            Filter.LANGUAGE,
            replace(NEED, category=7),
            replace(OFFER, category=7, languages=2, language_hard=True),
        ),
        (
            Filter.LANGUAGE,
            replace(NEED, category=7, language_hard=True),
            replace(OFFER, category=7, languages=2),
        ),
        (Filter.REQUIREMENTS, replace(NEED, req=3), replace(OFFER, features=1)),
        (Filter.PROFILE, replace(NEED, profile=4), replace(OFFER, accepts=3)),
        (Filter.OWNER, NEED, replace(OFFER, owner=1)),
        (
            Filter.UNLIKELY,
            replace(NEED, radius=90.0, windows=(1 << 56) - 1),
            replace(OFFER, radius=90.0, lat=51.1, windows=1, confirmed_h=1400.0, free=2),
        ),
    ],
)
def test_each_violation_has_its_code(broken: Filter | None, need: NeedRow, offer: OfferRow) -> None:
    assert feasible(need, offer) == broken


def test_blocks_work_either_way_round() -> None:
    for block in ((1, 2), (2, 1)):
        assert not pairs_found(market_of((NEED,), (OFFER,), blocks=[block]))
    assert pairs_found(market_of((NEED,), (OFFER,), blocks=[(1, 3), (4, 2)]))


def test_the_best_twenty_are_the_best_of_all() -> None:
    needs = [replace(NEED, id=i, lat=50.80 + i / 500) for i in range(1, 15)]
    offers = [
        replace(OFFER, id=i, lon=4.30 + (i * 37 % 100) / 900, attested=(i % 7) / 7)
        for i in range(1, 101)
    ]
    market = market_of(needs, offers)
    every = candidates(market, PRIOR, k=10**6)
    for k in (1, 20):
        best = candidates(market, PRIOR, k=k)
        for need in range(len(needs)):
            due = np.sort(every.p[every.need == need])[::-1][:k]
            np.testing.assert_array_equal(best.p[best.need == need], due)
