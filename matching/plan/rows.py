"""What rows still take: units that nobody is first for, and how many parties may be asked."""

import numpy as np

from matching.candidates import Edges
from matching.columns import Bool
from matching.market import Market
from matching.plan.book import Book


class Rows:
    """`units` and `parties` per row; `most` parties come if the smallest of the category do."""

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

    def crowded(self, edges: Edges) -> Bool:
        """Rows of which `most` says too much, because the parties that want them have sizes."""
        size = self._size[edges.need]
        small = np.full(len(self.units), np.iinfo(np.int64).max)
        large = np.zeros(len(self.units), dtype=np.int64)
        np.minimum.at(small, edges.row, size)
        np.maximum.at(large, edges.row, size)
        parties = np.minimum(self.parties, self.units // small)
        exact = (small == large) | (parties <= 1)
        return np.asarray((large > 0) & ~(exact & (parties == self.most)))
