"""One round of asking: who is served when everybody asked answers once."""

import numpy as np

from matching.candidates import Edges, edges_of
from matching.columns import F64, I64
from matching.market import Market
from matching.plan import match
from matching.policy import Policy
from matching.score import Weights

PLAIN = Policy(version="benchmark", phi=0.0, explore=0)
_DRAWS = 5
_ENOUGH = 30  # needs of a language before its share says anything


def ours(market: Market, weights: Weights) -> Edges:
    """What the plan and its fill-up propose."""
    result = match(market, weights, PLAIN)
    need = _places(market.needs.id, np.array([each.need for each in result.pairings]))
    row = _places(market.offers.id, np.array([each.offer for each in result.pairings]))
    return edges_of(market, need, row, weights)


def _places(ids: I64, wanted: I64) -> I64:
    order = np.argsort(ids)
    return order[np.searchsorted(ids[order], wanted)]


def three(edges: Edges, falling: F64) -> Edges:
    """The first three of each need."""
    ordered = edges.take(np.lexsort((edges.row, falling, edges.need)))
    place = np.arange(len(ordered)) - np.searchsorted(ordered.need, ordered.need)
    return ordered.take(place < 3)


def accepted(market: Market, sent: Edges, seed: int) -> F64:
    """The share of draws in which each need is served.

    Answers come in any order; a yes counts while the need waits and the row has a place.
    """
    served = np.zeros(len(market.needs))
    for draw in range(_DRAWS):
        chance = np.random.default_rng((seed, draw))
        yes = chance.random(len(sent)) < sent.p
        order = chance.permutation(len(sent))
        left = market.offers.free.tolist()
        done = [False] * len(served)
        pairs = zip(sent.need[order].tolist(), sent.row[order].tolist(), strict=True)
        for good, (need, row) in zip(yes[order].tolist(), pairs, strict=True):
            if good and not done[need] and left[row] > 0:
                done[need] = True
                left[row] -= 1
        served += done
    return served / _DRAWS


def load(market: Market, sent: Edges) -> I64:
    """Proposals per row."""
    return np.bincount(sent.row, minlength=len(market.offers))


def gini(load: I64) -> float:
    """0 when all rows are asked as often, near 1 when few are asked all."""
    ordered = np.sort(load)
    total = ordered.sum()
    rank = np.arange(1, len(ordered) + 1)
    return float((2 * rank - len(ordered) - 1) @ ordered / (len(ordered) * max(1, total)))


def flooded(market: Market, load: I64) -> float:
    """The share of rows asked more than six times and twice per place, as the replay counts."""
    return float((load > 6 + 2 * market.offers.free).mean())


def language_gap(market: Market, served: F64) -> float:
    """The largest difference in the share served between needs of two first languages."""
    first = np.log2(np.maximum(market.needs.languages, 1).astype(np.float64)).astype(np.int64)
    count = np.bincount(first)
    share = np.bincount(first, served)[count >= _ENOUGH] / count[count >= _ENOUGH]
    return float(np.ptp(share)) if len(share) else 0.0
