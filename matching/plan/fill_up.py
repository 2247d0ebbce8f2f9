"""Further proposals: one more per need and round, where they gain most after the price of load.

A row pays nothing for its first live proposal per free place, then ever more: convex, so that
one flow finds the best round.
"""

import numpy as np

from matching.assign import Problem, flow
from matching.candidates import Edges
from matching.columns import I64
from matching.market import Offers
from matching.plan.book import Book
from matching.policy import Policy


def fill_up(offers: Offers, edges: Edges, book: Book, policy: Policy) -> I64:
    """The edges to propose in this round, at most one per need, by need."""
    tiers = len(policy.load_price)
    open_ = np.flatnonzero(book.may_ask(edges))
    gain = book.gain(edges.take(open_))
    room = _room(offers, book, tiers)
    edge, slot, worth = [], [], []
    for tier, price in enumerate(policy.load_price):
        good = (gain - price >= policy.least_gain) & (room[edges.row[open_], tier] > 0)
        edge.append(open_[good])
        slot.append(edges.row[open_[good]] * tiers + tier)
        worth.append(gain[good] - price)
    tried = np.concatenate(edge)
    if len(tried) == 0:
        return tried
    problem = Problem(
        need=edges.need[tried].astype(np.int32),
        row=np.concatenate(slot).astype(np.int32),
        w=np.concatenate(worth),
        capacity=room.ravel(),
        n=len(book.asked),
    )
    used = flow(problem).edge
    return tried[used[used >= 0]]


def _room(offers: Offers, book: Book, tiers: int) -> I64:
    """How many more live proposals each row takes at each price, shape (m, tiers)."""
    step = np.maximum(1, offers.free.astype(np.int64))[:, None] * np.arange(tiers + 1)
    step[:, -1] = np.iinfo(np.int64).max  # the last price holds up to the cap
    taken = np.maximum(book.load[:, None], step[:, :-1])
    return np.asarray(np.maximum(0, np.minimum(book.cap[:, None], step[:, 1:]) - taken))
