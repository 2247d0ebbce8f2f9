"""Whom to ask now: a greedy plan under the caps.

What it promises: live proposals are never touched; nobody is asked twice, no cap is passed;
needs are served in canonical order, each with its likeliest row that still has places nobody
else is first for; then further proposals go where they gain most. What it does not promise:
that the most needs are served. A batch plan that proves this can replace `propose` behind
`matching.pair.match` without a change for anyone else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace

import numpy as np

from matching.candidates import Edges, candidates, edges_of, joined
from matching.columns import F64, Bool
from matching.market import Market
from matching.policy import Policy, caps
from matching.score import Weights
from matching.waiting import band, level


@dataclass(frozen=True)
class Proposal:
    """One edge to propose, and its place among the proposals of its need, from 1."""

    edge: int
    rank: int


class _Book:
    """Who is asked so far: loads, units spoken for, and each need's chance of a no from all."""

    def __init__(self, market: Market, weights: Weights, policy: Policy) -> None:
        needs, offers = market.needs, market.offers
        self.needs, self.offers, self.policy = needs, offers, policy
        self.cap = caps(offers)
        self.load = offers.live.astype(np.int64)
        self.unspoken = offers.free.astype(np.int64)
        self.asked = needs.live.astype(np.int64)
        self.rank = np.zeros(len(needs), dtype=np.int64)
        self.all_refuse: F64 = np.ones(len(needs))
        self.pairs: set[tuple[int, int]] = set()
        self._read_live(market, weights)
        self.held = self.asked > 0
        self.rank = np.maximum(self.rank, self.asked)
        levels = level(needs.urgency, needs.waited_h)
        self.worth = [policy.gain[band(int(each))] for each in levels]

    def _read_live(self, market: Market, weights: Weights) -> None:
        """Each need's best live proposal speaks for its units, the others only load the row."""
        places = {int(id_): i for i, id_ in enumerate(self.needs.id)}
        keys = zip(self.offers.id.tolist(), self.offers.occurrence.tolist(), strict=True)
        rows = {key: i for i, key in enumerate(keys)}
        on_need, on_row = np.zeros_like(self.asked), np.zeros_like(self.load)
        known: list[tuple[int, int]] = []
        first_for: set[int] = set()
        for need_id, offer_id, occurrence, rank in market.live.tolist():
            need, row = places.get(need_id), rows.get((offer_id, occurrence))
            best = need_id not in first_for
            first_for.add(need_id)
            if row is not None:
                on_row[row] += 1
                if best:
                    self.speak_for(row, 1 if need is None else int(self.needs.size[need]))
            if need is not None:
                on_need[need] += 1
                self.rank[need] = max(self.rank[need], rank)
                self.pairs.add((need, offer_id))
            if need is not None and row is not None:
                known.append((need, row))
        self.asked = np.maximum(self.asked, on_need)
        self.load = np.maximum(self.load, on_row)
        self._weigh_live(market, weights, known)

    def _weigh_live(
        self, market: Market, weights: Weights, known: Sequence[tuple[int, int]]
    ) -> None:
        pairs = np.array(sorted(known), dtype=np.int64).reshape(-1, 2)
        edges = edges_of(market, pairs[:, 0], pairs[:, 1], weights)
        unseen = self.asked.copy()
        for need, p in zip(edges.need, edges.p, strict=True):
            self.all_refuse[need] *= 1 - p
            unseen[need] -= 1
        self.all_refuse *= (1 - self.policy.p_unseen) ** unseen

    def open_rows(self) -> Bool:
        """Rows that may be asked once more."""
        return np.asarray(self.load < self.cap)

    def speak_for(self, row: int, size: int) -> None:
        """Take units that nobody else shall be first for; an exclusive row takes one party."""
        self.unspoken[row] = 0 if self.offers.exclusive[row] else self.unspoken[row] - size

    def may_ask(self, need: int, row: int) -> bool:
        """Whether the caps and earlier proposals leave room for this one."""
        return (
            self.asked[need] < self.policy.per_need
            and self.load[row] < self.cap[row]
            and (need, int(self.offers.id[row])) not in self.pairs
        )

    def gain(self, need: int, row: int, p: float) -> int:
        """What one more proposal is worth in 1/100,000 acceptances, after the price of load."""
        prices = self.policy.load_price
        share = int(self.load[row]) // max(1, int(self.offers.free[row]))
        worth = 100_000 * self.worth[need] * p * float(self.all_refuse[need])
        return round(worth) - prices[min(share, len(prices) - 1)]

    def ask(self, need: int, row: int, p: float) -> int:
        """Write one proposal down; its rank."""
        self.pairs.add((need, int(self.offers.id[row])))
        self.asked[need] += 1
        self.load[row] += 1
        self.all_refuse[need] *= 1 - p
        self.rank[need] += 1
        return int(self.rank[need])


def propose(market: Market, weights: Weights, policy: Policy) -> tuple[Edges, tuple[Proposal, ...]]:
    """The edges considered and the proposals to send now, for a canonical market."""
    book = _Book(market, weights, policy)
    edges = _considered(market, weights, policy, book)
    chosen = _first_choices(edges, book)
    for _ in range(policy.rounds):
        chosen |= _fill_up(edges, book, chosen)
    order = sorted(chosen, key=lambda edge: (int(edges.need[edge]), chosen[edge]))
    return edges, tuple(Proposal(edge, chosen[edge]) for edge in order)


def _considered(market: Market, weights: Weights, policy: Policy, book: _Book) -> Edges:
    """The best rows with places nobody is first for and, apart, the best of the other open rows.

    Apart, so that twenty rows that others wait for cannot hide a free one behind them.
    """
    unspoken = book.unspoken > 0
    wanting = np.flatnonzero(book.asked < policy.per_need)
    parts = [
        candidates(
            market,
            weights,
            needs=wanting,
            rows=np.flatnonzero(book.open_rows() & kind),
            k=policy.shortlist,
            floor=policy.p_min,
        )
        for kind in (unspoken, ~unspoken)
    ]
    edges = joined(*parts)
    return edges.take(np.lexsort((edges.row, -edges.p, edges.need)))


def _first_choices(edges: Edges, book: _Book) -> dict[int, int]:
    chosen: dict[int, int] = {}
    served: set[int] = set()
    pairs = zip(edges.need.tolist(), edges.row.tolist(), edges.p.tolist(), strict=True)
    for edge, (need, row, p) in enumerate(pairs):
        if need in served or book.held[need] or not book.may_ask(need, row):
            continue
        size = int(book.needs.size[need])
        if book.unspoken[row] >= size:
            chosen[edge] = book.ask(need, row, p)
            book.speak_for(row, size)
            served.add(need)
    return chosen


def _fill_up(edges: Edges, book: _Book, chosen: Mapping[int, int]) -> dict[int, int]:
    """One round: at most one more proposal per need, the largest gain first.

    Gains only fall while a round runs, so a stale one is weighed again and put back.
    """
    pairs = list(zip(edges.need.tolist(), edges.row.tolist(), edges.p.tolist(), strict=True))
    heap = [
        (-book.gain(need, row, p), edge)
        for edge, (need, row, p) in enumerate(pairs)
        if edge not in chosen and book.may_ask(need, row)
    ]
    heapify(heap)
    added: dict[int, int] = {}
    done: set[int] = set()
    while heap and -heap[0][0] >= book.policy.least_gain:
        claimed, edge = heap[0]
        need, row, p = pairs[edge]
        now = book.gain(need, row, p)
        if need in done or not book.may_ask(need, row):
            heappop(heap)
        elif -claimed > now:
            heapreplace(heap, (-now, edge))
        else:
            heappop(heap)
            added[edge] = book.ask(need, row, p)
            done.add(need)
    return added
