"""One pairing as it is told, and the look at one pair; the whole plan stands in `plan`."""

from dataclasses import dataclass

import numpy as np

from matching.candidates import Edges, Filter, edges_of, feasible
from matching.columns import I64, Bool
from matching.explain import Facts, Reason, contributions, reasons
from matching.geo import Bucket, bucket
from matching.market import Market, NeedRow, OfferRow, market_of
from matching.score import REMOTE_ONLY, Weights, terms


@dataclass(frozen=True)
class Pairing:
    """One proposal to send; `terms` are the score's parts, `far` lies beyond the asked radius.

    `explored`: chosen to learn from, not because it is the best; nobody is told.
    """

    need: int
    offer: int
    occurrence: int
    rank: int
    p: float
    q: int
    terms: tuple[float, ...]
    bucket: Bucket
    far: bool
    reasons: tuple[Reason, ...]
    explored: bool = False


def pair(
    need: NeedRow,
    offer: OfferRow,
    weights: Weights,
    *,
    blocked: bool = False,
    barred: bool = False,
) -> Pairing | Filter:
    """How these two would meet, or the first filter that forbids it, for a coordinator."""
    failed = feasible(need, offer, blocked=blocked, barred=barred, weights=weights)
    if failed is not None:
        return failed
    market = market_of((need,), (offer,))
    one = np.zeros(1, dtype=np.int64)
    (pairing,) = pairings(market, weights, edges_of(market, one, one, weights), one + 1, one > 0)
    return pairing


def pairings(
    market: Market, weights: Weights, chosen: Edges, ranks: I64, explored: Bool
) -> tuple[Pairing, ...]:
    """The chosen edges as they are told."""
    needs, offers, n, r = market.needs, market.offers, chosen.need, chosen.row
    parts = terms(needs, offers, n, r, chosen.km, lam=weights.lam)
    category = needs.category[n].astype(np.int64)
    remote = needs.remote[n] & offers.remote[r]
    within = chosen.km <= np.minimum(needs.radius[n], offers.radius[r])
    asked = np.minimum(needs.radius_asked[n], offers.radius_asked[r])
    facts = zip(
        contributions(parts, category, weights).tolist(),
        chosen.km.tolist(),
        (remote & (REMOTE_ONLY[category] | ~within)).tolist(),
        (needs.languages[n] & offers.languages[r]).tolist(),
        (needs.soft[n] & offers.features[r]).tolist(),
        offers.confirmed_h[r].astype(np.float64).tolist(),
        strict=True,
    )
    told = zip(
        needs.id[n].tolist(),
        offers.id[r].tolist(),
        offers.occurrence[r].tolist(),
        ranks.tolist(),
        chosen.p.tolist(),
        chosen.q.tolist(),
        map(tuple, parts.tolist()),
        map(bucket, chosen.km.tolist()),
        (~remote & (chosen.km > asked)).tolist(),
        (reasons(Facts(*each)) for each in facts),
        explored.tolist(),
        strict=True,
    )
    return tuple(Pairing(*each) for each in told)
