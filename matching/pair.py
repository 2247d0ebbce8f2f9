"""One pairing as it is told, and the look at one pair; the whole plan stands in `plan`."""

from dataclasses import dataclass

import numpy as np

from matching.candidates import Edges, Filter, edges_of, feasible
from matching.columns import I64, Bool
from matching.explain import Facts, Reason, reasons
from matching.geo import Bucket, bucket
from matching.market import Market, NeedRow, OfferRow, market_of
from matching.score import Weights, terms
from matching.taxonomy import TAXONOMY


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
    needs, offers = market.needs, market.offers
    parts = terms(needs, offers, chosen.need, chosen.row, chosen.km, lam=weights.lam)
    asked = np.minimum(needs.radius_asked[chosen.need], offers.radius_asked[chosen.row])
    made = []
    for i, (n, r) in enumerate(zip(chosen.need, chosen.row, strict=True)):
        km, category = float(chosen.km[i]), int(needs.category[n])
        remote = bool(needs.remote[n] and offers.remote[r])
        within = km <= min(needs.radius[n], offers.radius[r])
        facts = Facts(
            terms=parts[i],
            category=category,
            km=km,
            remote=remote and (TAXONOMY[category].remote_only or not within),
            common=int(needs.languages[n] & offers.languages[r]),
            met=int(needs.soft[n] & offers.features[r]),
            confirmed_h=float(offers.confirmed_h[r]),
        )
        made.append(
            Pairing(
                need=int(needs.id[n]),
                offer=int(offers.id[r]),
                occurrence=int(offers.occurrence[r]),
                rank=int(ranks[i]),
                p=float(chosen.p[i]),
                q=int(chosen.q[i]),
                terms=tuple(parts[i].tolist()),
                bucket=bucket(km),
                far=bool(not remote and km > asked[i]),
                reasons=reasons(facts, weights),
                explored=bool(explored[i]),
            )
        )
    return tuple(made)
