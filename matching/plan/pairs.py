"""All pairs that may meet under the reserve, behind the compiled index."""

from collections.abc import Callable

import numpy as np

from matching.candidates import Edges, joined
from matching.columns import F64, I64, Bool
from matching.index import Absent, OfferIndex, index, top
from matching.market import Market
from matching.plan.book import Book
from matching.policy import Policy
from matching.pricing import Pricing, Usable
from matching.score import Weights


class Pairs:
    """Pairs of needs and rows that may still be asked.

    A need must bring its `floor`; at rows that end soon, which nobody else would use, any
    likely pair will do: they stand in an index of their own.
    """

    def __init__(
        self, market: Market, weights: Weights, policy: Policy, book: Book, floor: F64
    ) -> None:
        self._market, self._policy = market, policy
        self._absent = Absent.of(market)
        self._wanting = np.flatnonzero(book.asked < policy.per_need)
        self._waiting = np.flatnonzero(~book.held)
        every = index(market.offers, weights)
        open_ = book.load < book.cap
        likely = np.full(len(floor), policy.p_min)
        ending = market.offers.ends_h <= policy.last_chance_h
        if np.array_equal(floor, likely):
            self._pools = [(_only(every, open_), likely)]
        else:
            self._pools = [
                (_only(every, open_ & ~ending), floor),
                (_only(every, open_ & ending), likely),
            ]

    def best(self) -> Edges:
        """The likeliest rows of each need that may be asked once more."""
        k, needs = self._policy.shortlist, self._wanting
        asked = self._market.needs.take(needs)
        found = [
            top(rows, asked, floor[needs], k, absent=self._absent) for rows, floor in self._pools
        ]
        likeliest = found[0] if len(found) == 1 else _cut(joined(*found), k)
        return _renamed(likeliest, needs)

    def priced(self, level: I64, usable: Usable) -> Callable[[I64, I64], Edges]:
        """For needs without live proposals, usable pairs worth more than y + price, asked often."""
        needs = self._waiting
        asked = self._market.needs.take(needs)
        pools = [
            Pricing(
                rows,
                asked,
                floor[needs],
                level[needs],
                absent=self._absent,
                usable=lambda edges: usable(_renamed(edges, needs)),
            )
            for rows, floor in self._pools
        ]

        def ask(y: I64, price: I64) -> Edges:
            found = [pool.worth_more(y[needs], price) for pool in pools]
            return _renamed(joined(*found), needs)

        return ask


def _only(every: OfferIndex, open_: Bool) -> OfferIndex:
    """The same index, all other rows closed."""
    return every.with_free(np.where(open_, every.offers.free, 0).astype(np.int16))


def _renamed(edges: Edges, names: I64) -> Edges:
    return Edges(names[edges.need], edges.row, edges.km, edges.p, edges.q)


def _cut(edges: Edges, k: int) -> Edges:
    """The k likeliest of each need, needs ascending."""
    ordered = edges.take(np.lexsort((edges.row, -edges.p, edges.need)))
    place = np.arange(len(ordered)) - np.searchsorted(ordered.need, ordered.need)
    return ordered.take(place < k)
