"""Pairs that would improve a plan, asked for again and again while its prices move.

A pair that was not worth its price becomes so only if its need keeps less than before, or its row
costs less. So after the first look at everything, only those needs and those rows are looked at,
and in the end no feasible pair at all is worth more than it costs.
"""

from collections.abc import Callable

import numpy as np

from matching.candidates import Edges, joined
from matching.columns import F64, I64, Bool
from matching.index import NOBODY, Absent, OfferIndex, violated
from matching.market import Needs

_FIRST = 4  # pairs per need and look

Usable = Callable[[Edges], Bool]


def anything(edges: Edges) -> Bool:
    """Every feasible pair may be used."""
    return np.ones(len(edges), dtype=np.bool_)


class Pricing:
    """What was seen so far of one index and its needs; `usable` judges pairs by their numbers."""

    def __init__(
        self,
        index: OfferIndex,
        needs: Needs,
        floor: F64,
        level: I64,
        *,
        absent: Absent = NOBODY,
        usable: Usable = anything,
    ) -> None:
        self._index, self._needs, self._floor, self._level = index, needs, floor, level
        self._absent, self._usable = absent, usable
        self._y = np.full(len(needs), np.iinfo(np.int64).max)
        self._price = np.zeros(len(index.offers), dtype=np.int64)
        self._unseen = np.zeros(len(needs), dtype=np.bool_)

    def worth_more(self, y: I64, price: I64) -> Edges:
        """Usable pairs worth more than y + price; none: there is no such pair, seen or not."""
        again = self._unseen | (y < self._y)
        cheaper = price < self._price
        self._y, self._price = y, price
        self._unseen = np.zeros(len(y), dtype=np.bool_)
        found = [self._look(self._index, np.flatnonzero(again))]
        if cheaper.any() and not again.all():
            free = np.where(cheaper, self._index.offers.free, 0).astype(np.int16)
            found.append(self._look(self._index.with_free(free), np.flatnonzero(~again)))
        return joined(*found)

    def _look(self, rows: OfferIndex, asked: I64, k: int = _FIRST) -> Edges:
        """Per need at most k pairs; more where there are more, and none of k may be used."""
        found = violated(
            rows,
            self._needs.take(asked),
            self._floor[asked],
            k,
            level=self._level[asked],
            y=self._y[asked],
            price=self._price,
            absent=self._absent,
        )
        found = Edges(asked[found.need], found.row, found.km, found.p, found.q)
        kept = found.take(self._usable(found))
        cut = np.bincount(found.need, minlength=len(self._y)) >= k
        stuck = cut & (np.bincount(kept.need, minlength=len(self._y)) == 0)
        self._unseen |= cut
        if stuck.any():
            kept = joined(kept, self._look(rows, np.flatnonzero(stuck), 4 * k))
        return kept
