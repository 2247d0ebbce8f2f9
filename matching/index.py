"""The best rows of a million for each need, exactly and with every filter; workers only.

Compiled where the compiler is there, by numpy over all pairs where it is not: same answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.assign import worth
from matching.candidates import Edges, candidates, edges_of, joined, within
from matching.columns import F64, I64, frozen
from matching.compiled import AVAILABLE
from matching.grid import OfferIndex, asked, index, neighbours
from matching.market import Market, Needs
from matching.records import Barred, Best, Prices, Task
from matching.search import ranked, search

__all__ = ["Absent", "OfferIndex", "index", "top", "violated"]

_AT_ONCE = 4096
_FEW = 64
_LEAST_SCORE = -1e9


def _no_pairs() -> I64:
    return frozen(np.zeros((0, 2), dtype=np.int64))


@dataclass(frozen=True, eq=False)
class Absent:
    """Pairs that must not meet: `blocks` of owners, either way round; need ids with offer ids."""

    blocks: I64
    barred: I64

    @staticmethod
    def of(market: Market) -> "Absent":
        """Those of a snapshot."""
        return Absent(market.blocks, market.barred)


NOBODY = Absent(_no_pairs(), _no_pairs())


def top(
    index: OfferIndex, needs: Needs, floor: F64, k: int = 20, *, absent: Absent = NOBODY
) -> Edges:
    """For each need the k feasible rows of largest p >= floor, best first, ties by row."""
    parts = []
    for some in _portions(index, needs):
        market, least = _market(index, needs.take(some), absent), floor[some]
        edges = _found(index, market, least, k)
        chosen = edges.take(ranked(edges.need, edges.row, -edges.p, k))
        parts.append(_renamed(chosen, some))
    return _by_need(joined(*parts), len(needs))


def violated(
    index: OfferIndex,
    needs: Needs,
    floor: F64,
    k: int = 4,
    *,
    level: I64,
    y: I64,
    price: I64,
    absent: Absent = NOBODY,
) -> Edges:
    """Of all feasible pairs those worth more than y + price: per need the k that exceed it most.

    Worth is level x 2^37 + q. None: no feasible pair, listed or not, can improve the plan.
    """
    parts = []
    budget = worth(level, -y)
    for some in _portions(index, needs):
        market, own = _market(index, needs.take(some), absent), budget[some]
        edges = _found(index, market, floor[some], k, (own, price))
        excess = own[edges.need] + edges.q - price[edges.row]
        more = np.flatnonzero(excess > 0)
        edges, falling = edges.take(more), -excess[more].astype(np.float64)
        chosen = edges.take(ranked(edges.need, edges.row, falling, k))
        parts.append(_renamed(chosen, some))
    return _by_need(joined(*parts), len(needs))


def _portions(index: OfferIndex, needs: Needs) -> Iterator[I64]:
    """Needs a few thousand at a time, neighbours together: they look at the same rows."""
    order = neighbours(index, needs)
    for start in range(0, max(len(order), 1), _AT_ONCE):
        yield order[start : start + _AT_ONCE]


def _by_need(edges: Edges, needs: int) -> Edges:
    """In the order of needs; those of one need stand together already, and stay as they are."""
    count = np.bincount(edges.need, minlength=needs)
    ahead = (np.cumsum(count) - count)[edges.need]
    begin = np.flatnonzero(np.diff(edges.need, prepend=-1))
    within_need = np.arange(len(edges)) - np.repeat(begin, np.diff(begin, append=len(edges)))
    order = np.empty(len(edges), dtype=np.int64)
    order[ahead + within_need] = np.arange(len(edges))
    return edges.take(order)


def _market(index: OfferIndex, needs: Needs, absent: Absent) -> Market:
    none = frozen(np.zeros((0, 4), dtype=np.int64))
    return Market(needs, index.offers, absent.blocks, absent.barred, none, 0, {})


def _renamed(edges: Edges, names: I64) -> Edges:
    return Edges(names[edges.need], edges.row, edges.km, edges.p, edges.q)


def _found(
    index: OfferIndex,
    market: Market,
    floor: F64,
    k: int,
    bid: tuple[I64, I64] | None = None,
) -> Edges:
    """All that may be among the k best of each need, feasible beyond doubt."""
    if not AVAILABLE:
        return candidates(market, index.weights, k=len(index.offers), floor=floor)
    need, row = search(task_of(index, market, floor, k, bid))
    edges = edges_of(market, need.astype(np.int64), row.astype(np.int64), index.weights)
    near = within(market, edges.need, edges.row, edges.km)
    return edges.take(near & (edges.p >= floor[edges.need]))


def task_of(
    index: OfferIndex,
    market: Market,
    floor: F64,
    k: int,
    bid: tuple[I64, I64] | None = None,
) -> Task:
    """What the compiled search is asked; with a `bid`, budgets of needs and prices of rows."""
    needs, rows = market.needs, index.rows
    least = np.full(len(needs), _LEAST_SCORE)
    some = floor > 0
    least[some] = np.log(floor[some]) - np.log1p(-np.minimum(floor[some], 1 - 1e-15))
    budget, price = bid or (np.zeros(len(needs), dtype=np.int64), np.zeros(0, dtype=np.int64))
    prices = _prices(index, price.astype(np.float64), len(needs))
    records, slack = asked(index, needs, least, budget, priced=bid is not None)
    kept, keys = np.empty(index.room, np.int32), np.empty(index.room)
    best = Best(np.empty(k), kept, keys, np.zeros(1, np.int64))
    return Task(records, rows, _barred(market), prices, best, slack)


def _prices(index: OfferIndex, price: F64, searches: int) -> Prices:
    """Least prices per cell are worth their making only for many searches."""
    cells = index.rows.cells
    if len(price) == 0 or searches < _FEW:
        return Prices(price, np.zeros(0))
    laid = index.rows.row[: index.laid]
    by_place = np.where(index.offers.free[laid] > 0, price[laid], np.inf)
    least = np.full(len(cells) - 1, np.inf)
    filled = np.flatnonzero(np.diff(cells))
    least[filled] = np.minimum.reduceat(by_place, cells[filled])
    return Prices(price, least)


def _barred(market: Market) -> Barred:
    """The lists of absent owners and offers, per need."""
    owners, owner = _lists(
        market.needs.owner, np.concatenate((market.blocks, market.blocks[:, ::-1]))
    )
    offers, offer = _lists(market.needs.id, market.barred)
    return Barred(owners, owner, offers, offer)


def _lists(keys: I64, pairs: I64) -> tuple[I64, I64]:
    """For each key, where the right sides of its pairs begin in the second array."""
    by_left = pairs[np.argsort(pairs[:, 0], kind="stable")]
    first = np.searchsorted(by_left[:, 0], keys, side="left")
    last = np.searchsorted(by_left[:, 0], keys, side="right")
    count = last - first
    start = np.concatenate(([0], np.cumsum(count)))
    places = np.repeat(first - start[:-1], count) + np.arange(start[-1])
    return start.astype(np.int64), np.ascontiguousarray(by_left[places, 1])
