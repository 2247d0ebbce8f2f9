"""Why a need got no new proposal, in one code."""

from collections.abc import Iterator

import numpy as np
from scipy.spatial import cKDTree  # type: ignore[import-untyped]  # it ships no types

from matching.candidates import ORDER, PASSED, Filter, edges_of, first_failed, passes
from matching.columns import F64, I64, Bool
from matching.explain import Unmatched, WhyNot, why_not
from matching.geo import EARTH_KM
from matching.market import Market
from matching.plan.book import Book
from matching.policy import Policy
from matching.score import Weights

_AT_ONCE = 256
_NEAR = ORDER.index(Filter.DISTANCE)
_SLACK_KM = 1e-3


def codes(
    market: Market, weights: Weights, policy: Policy, book: Book, *, without: I64, reserved: Bool
) -> tuple[Unmatched, ...]:
    """The code of each need in `without`; `reserved` says whom only the reserve kept back."""
    told = {int(n): Unmatched(0, WhyNot.HELD, None) for n in without[book.held[without]]}
    asked = without[~book.held[without]]
    found = _furthest(market, weights, asked, policy.p_min)
    for n, stage, count, places in zip(asked, *found, strict=True):
        code = why_not(0, int(stage), int(count), int(places), held=False)
        if stage == PASSED and reserved[n]:
            code = Unmatched(0, WhyNot.RESERVED, code.count)
        told[int(n)] = code
    ids = market.needs.id
    return tuple(Unmatched(int(ids[n]), told[int(n)].code, told[int(n)].count) for n in without)


def _furthest(market: Market, weights: Weights, needs: I64, floor: float) -> tuple[I64, I64, I64]:
    """How far the best rows of each need came, how many came as far, how many of these are free.

    How far is a place in ORDER, or PASSED. Rows blocked, barred or one's own count as absent.
    """
    stage = np.zeros(len(market.needs), dtype=np.int64)
    count, places = np.zeros_like(stage), np.zeros_like(stage)
    for need, row in _near(market, needs):
        present = np.ones(len(need), dtype=np.bool_)
        for hidden in (Filter.OWNER, Filter.BLOCKED, Filter.BARRED):
            present &= passes(market, hidden, need, row)
        need_, row_ = need[present], row[present]
        failed = first_failed(market, need_, row_).astype(np.int64)
        likely = edges_of(market, need_, row_, weights).p >= floor
        failed[(failed == PASSED) & ~likely] = ORDER.index(Filter.UNLIKELY)
        np.maximum.at(stage, need_, failed)
        level = (failed == stage[need_]) & (failed > _NEAR)
        np.add.at(count, need_[level], 1)
        np.add.at(places, need_[level & (market.offers.free[row_] > 0)], 1)
    return stage[needs], count[needs], places[needs]


def _near(market: Market, needs: I64) -> Iterator[tuple[I64, I64]]:
    """All pairs of one category near enough for the need, or both remote."""
    of_need, of_row = market.needs.category, market.offers.category
    for category in np.unique(of_need[needs]):
        rows = np.flatnonzero(of_row == category)
        own = needs[of_need[needs] == category]
        if len(rows) == 0:
            continue
        tree = cKDTree(market.offers.xyz[rows])
        for start in range(0, len(own), _AT_ONCE):
            some = own[start : start + _AT_ONCE]
            inside = tree.query_ball_point(
                market.needs.xyz[some], _chord(market.needs.radius[some]), return_sorted=False
            )
            count = np.array([len(each) for each in inside])
            near = np.concatenate([np.array(each, dtype=np.int64) for each in inside])
            need, row = np.repeat(some, count), rows[near]
            beyond = _remote(market, some, rows)
            yield np.concatenate((need, beyond[0])), np.concatenate((row, beyond[1]))


def _remote(market: Market, needs: I64, rows: I64) -> tuple[I64, I64]:
    """Remote pairs that lie beyond the need's radius."""
    need, row = needs[market.needs.remote[needs]], rows[market.offers.remote[rows]]
    pairs = np.repeat(need, len(row)), np.tile(row, len(need))
    apart = np.linalg.norm(market.needs.xyz[pairs[0]] - market.offers.xyz[pairs[1]], axis=1)
    far = apart > _chord(market.needs.radius[pairs[0]])
    return pairs[0][far], pairs[1][far]


def _chord(km: F64) -> F64:
    """Straight through the earth, a little more than the way over it."""
    half = np.minimum(km / (2 * EARTH_KM), np.pi / 2)
    return 2 * EARTH_KM * np.sin(half) + _SLACK_KM
