"""What rows still take: units that nobody is first for, and how many parties may be asked."""

import numpy as np

from matching.candidates import Edges
from matching.columns import I64, Bool
from matching.market import Market
from matching.plan.book import Book

MIXED = -1


class Rows:
    """`units` and `parties` per row; a row that takes one party has one place, whoever comes."""

    def __init__(self, market: Market, book: Book) -> None:
        needs, offers = market.needs, market.offers
        self._size = needs.size.astype(np.int64)
        self._held = book.held
        room = np.where(offers.exclusive, np.minimum(1, book.cap - book.load), book.cap - book.load)
        self.units = np.maximum(0, book.unspoken)
        self.parties = np.minimum(np.maximum(0, room), self.units)
        smallest = np.full(int(np.max(offers.category, initial=0)) + 1, np.iinfo(np.int64).max)
        waiting = ~self._held & (needs.category < len(smallest))
        np.minimum.at(smallest, needs.category[waiting], self._size[waiting])
        self.most = np.minimum(self.parties, self.units // smallest[offers.category])

    def may_be_first(self, edges: Edges) -> Bool:
        """Pairs whose need nothing holds and whose row has the places."""
        fits = self._size[edges.need] <= self.units[edges.row]
        return np.asarray(fits & (self.parties[edges.row] > 0) & ~self._held[edges.need])

    def exact(self, edges: Edges) -> I64:
        """How many parties each row takes of those it has edges to; MIXED where sizes matter.

        `most` is never less. Rows without edges keep it.
        """
        size = self._size[edges.need]
        small = np.full(len(self.units), np.iinfo(np.int64).max)
        large = np.zeros(len(self.units), dtype=np.int64)
        np.minimum.at(small, edges.row, size)
        np.maximum.at(large, edges.row, size)
        parties = np.minimum(self.parties, self.units // small)
        one_size = (small == large) | (parties <= 1)
        return np.where(large == 0, self.most, np.where(one_size, parties, MIXED))

    def limits(self) -> I64:
        """Units per row that keep both limits, where sizes matter."""
        return np.minimum(self.units, np.maximum(self.parties, 1))
