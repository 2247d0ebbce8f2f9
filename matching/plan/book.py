"""Who is asked so far: how full each row is, how likely each need is still to be refused."""

import numpy as np

from matching.candidates import Edges, edges_of
from matching.columns import I64, Bool
from matching.market import Market
from matching.policy import Policy, caps
from matching.score import Weights
from matching.waiting import bands, level

NOWHERE = -1
_OCCURRENCES = 1 << 32


def places(ids: I64, wanted: I64) -> I64:
    """Where each wanted id stands among the ids, or NOWHERE."""
    if len(ids) == 0:
        return np.full(len(wanted), NOWHERE)
    order = np.argsort(ids)
    spot = order[np.minimum(np.searchsorted(ids[order], wanted), len(ids) - 1)]
    return np.where(ids[spot] == wanted, spot, NOWHERE)


class Book:
    """Starts from the live proposals, which it never changes, and takes down each new one.

    Per need: `asked` proposals, highest `rank`, `refuse` = chance that all asked say no, `worth`
    = U; `held` needs had a live proposal before. Per row: `load` of live proposals, at most
    `cap`; `unspoken` units that nobody is first for.
    """

    def __init__(self, market: Market, weights: Weights, policy: Policy) -> None:
        needs, offers = market.needs, market.offers
        self._policy = policy
        self.worth = np.array(policy.gain)[bands(level(needs.urgency, needs.waited_h))]
        self.cap = caps(offers)
        self.unspoken = offers.free.astype(np.int64)
        posts, self._post = np.unique(offers.id, return_inverse=True)
        post = places(posts, market.live[:, 1])
        need = places(needs.id, market.live[:, 0])
        keys = self._post * _OCCURRENCES + offers.occurrence
        row = np.where(
            post == NOWHERE, NOWHERE, places(keys, post * _OCCURRENCES + market.live[:, 2])
        )
        self._load(market, need, row)
        self._refuse(market, weights, need, row)
        told = (need != NOWHERE) & (post != NOWHERE)
        self._pairs = self._pair(need[told], post[told])
        self.held = self.asked > 0

    def _load(self, market: Market, need: I64, row: I64) -> None:
        """Each need's best live proposal speaks for its units, the others only load the row."""
        needs, offers = market.needs, market.offers
        self.asked = np.maximum(needs.live, _counted(need, len(needs)))
        self.load = np.maximum(offers.live, _counted(row, len(offers)))
        self.rank = self.asked.copy()
        known = need != NOWHERE
        np.maximum.at(self.rank, need[known], market.live[known, 3])
        best = np.diff(market.live[:, 0], prepend=market.live[:1, 0] - 1) != 0  # need, then rank
        units = np.ones(len(need), dtype=np.int64)
        units[known] = needs.size[need[known]]
        first = best & (row != NOWHERE)
        np.subtract.at(self.unspoken, row[first], units[first])
        self.unspoken[row[first][offers.exclusive[row[first]]]] = 0

    def _refuse(self, market: Market, weights: Weights, need: I64, row: I64) -> None:
        both = (need != NOWHERE) & (row != NOWHERE)
        edges = edges_of(market, need[both], row[both], weights)
        unseen = self.asked - _counted(edges.need, len(self.asked))
        self.refuse = (1.0 - self._policy.p_unseen) ** unseen
        np.multiply.at(self.refuse, edges.need, 1 - edges.p)

    def _pair(self, need: I64, post: I64) -> I64:
        return need * len(self.load) + post

    def may_ask(self, edges: Edges) -> Bool:
        """Which edges the caps and earlier proposals leave room for."""
        return np.asarray(
            (self.asked[edges.need] < self._policy.per_need)
            & (self.load[edges.row] < self.cap[edges.row])
            & ~np.isin(self._pair(edges.need, self._post[edges.row]), self._pairs)
        )

    def gain(self, edges: Edges) -> I64:
        """What one more proposal is worth, in 1/100,000 acceptances, before the price of load."""
        worth = 100_000 * self.worth[edges.need] * edges.p * self.refuse[edges.need]
        return np.rint(worth).astype(np.int64)

    def ask(self, edges: Edges) -> I64:
        """Write proposals down, at most one per need; the rank of each."""
        self._pairs = np.union1d(self._pairs, self._pair(edges.need, self._post[edges.row]))
        np.add.at(self.load, edges.row, 1)
        self.asked[edges.need] += 1
        self.rank[edges.need] += 1
        self.refuse[edges.need] *= 1 - edges.p
        return self.rank[edges.need]


def _counted(places_: I64, length: int) -> I64:
    return np.bincount(places_[places_ != NOWHERE], minlength=length)
