"""Now and then another row: a score that only ever sees its own favourites learns nothing.

Who tries what is drawn by a stable hash of the posts and the day, so the same snapshot always
draws the same. Hosting never takes part.
"""

import numpy as np

from matching.candidates import Edges
from matching.columns import I64, U64, Bool
from matching.market import Market
from matching.plan.book import Book
from matching.policy import HOSTING, Policy

_DAY_S = 86_400
_ODD = np.uint64(0x9E3779B97F4A7C15)


def _mixed(x: U64) -> U64:
    """SplitMix64's finaliser: every bit of x moves about half of the bits of the answer."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def draw(day: int, *ids: I64) -> U64:
    """A number per row of ids that looks random and never changes."""
    drawn = np.full(len(ids[0]), day, dtype=np.uint64)
    for each in ids:
        drawn = _mixed((drawn + _ODD) ^ each.astype(np.uint64))
    return drawn


def explorers(market: Market, policy: Policy) -> Bool:
    """Which needs try another row today."""
    needs = market.needs
    if policy.explore == 0:
        return np.zeros(len(needs), dtype=np.bool_)
    drawn = draw(market.as_of // _DAY_S, needs.id)
    return np.asarray((drawn % np.uint64(policy.explore) == 0) & ~HOSTING[needs.category])


def explore(market: Market, edges: Edges, book: Book, turn: I64) -> I64:
    """For each edge of the last round, another open edge of its need: the smallest draw.

    `turn` are edges that the round chose; each frees its place first, and a row that fills up
    while others explore is passed over.
    """
    room = book.cap - book.load
    np.subtract.at(room, edges.row[turn], 1)
    open_ = np.flatnonzero(book.may_ask(edges) & np.isin(edges.need, edges.need[turn]))
    ids = market.needs.id[edges.need[open_]], market.offers.id[edges.row[open_]]
    drawn = draw(market.as_of // _DAY_S, *ids)
    order = open_[np.lexsort((edges.row[open_], drawn, edges.need[open_]))]
    start = np.searchsorted(edges.need[order], edges.need[turn])
    end = np.searchsorted(edges.need[order], edges.need[turn], side="right")
    found = []
    for edge, first, last in zip(turn, start, end, strict=True):
        room[edges.row[edge]] += 1
        other = next(each for each in order[first:last] if room[edges.row[each]] > 0)
        room[edges.row[other]] -= 1
        found.append(other)
    return np.array(found, dtype=np.int64)
