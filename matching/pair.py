"""The two doors of the engine: `match` a whole snapshot, or look at one `pair`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from matching.candidates import Edges, Filter, edges_of, feasible, furthest
from matching.columns import I64, Bool
from matching.explain import Facts, Reason, Unmatched, WhyNot, reasons, why_not
from matching.geo import Bucket, bucket
from matching.greedy import Proposal, propose
from matching.market import Market, NeedRow, OfferRow, canonical, market_of
from matching.policy import Policy
from matching.score import Weights, terms
from matching.taxonomy import TAXONOMY
from matching.waiting import level

_CODES = tuple(WhyNot)


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


@dataclass(frozen=True)
class Statistics:
    """`served` counts needs with a new first proposal by level; `loads` rows by live proposals."""

    needs: int
    rows: int
    edges: int
    proposals: int
    quality: int
    served: Mapping[int, int]
    loads: Mapping[int, int]


@dataclass(frozen=True)
class Result:
    """Pairings by need in canonical order, then rank; one code per need without a new one.

    The codes speak of the snapshot: true for needs whose whole neighbourhood is in it.
    """

    pairings: tuple[Pairing, ...]
    unmatched: tuple[Unmatched, ...]
    statistics: Statistics
    digest: str


def match(market: Market, weights: Weights, policy: Policy) -> Result:
    """Whom to ask now; the same snapshot in any row order gives the same bytes."""
    market = canonical(market)
    edges, proposals = propose(market, weights, policy)
    chosen = edges.take(np.array([each.edge for each in proposals], dtype=np.int64))
    without = np.setdiff1d(np.arange(len(market.needs)), chosen.need)
    unmatched = _unmatched(market, weights, policy, without)
    ranks = np.array([each.rank for each in proposals], dtype=np.int64)
    codes = np.array([_CODES.index(each.code) for each in unmatched], dtype=np.int64)
    versions = sorted(market.versions.items())
    stamp = f"{market.as_of} {weights.version} {policy.version} {versions}"
    return Result(
        pairings=pairings(market, weights, chosen, ranks, ranks < 0),
        unmatched=unmatched,
        statistics=_statistics(market, edges, chosen, proposals),
        digest=_digest(stamp, (chosen.need, chosen.row, chosen.q, ranks, without, codes)),
    )


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


def _unmatched(
    market: Market, weights: Weights, policy: Policy, without: I64
) -> tuple[Unmatched, ...]:
    stage, count, places = furthest(market, weights, without, policy.p_min)
    live = set(market.live[:, 0].tolist())
    told = []
    for i, n in enumerate(without):
        id_ = int(market.needs.id[n])
        held = bool(market.needs.live[n] > 0 or id_ in live)
        told.append(why_not(id_, int(stage[i]), int(count[i]), int(places[i]), held=held))
    return tuple(told)


def _statistics(
    market: Market, edges: Edges, chosen: Edges, proposals: Sequence[Proposal]
) -> Statistics:
    levels = level(market.needs.urgency, market.needs.waited_h)
    first = [int(n) for n, each in zip(chosen.need, proposals, strict=True) if each.rank == 1]
    loads = market.offers.live + np.bincount(chosen.row, minlength=len(market.offers))
    return Statistics(
        needs=len(market.needs),
        rows=len(market.offers),
        edges=len(edges),
        proposals=len(proposals),
        quality=int(chosen.q.sum()),
        served=dict(sorted(Counter(int(levels[n]) for n in first).items())),
        loads=dict(sorted(Counter(loads.tolist()).items())),
    )


def _digest(stamp: str, columns: Sequence[I64]) -> str:
    """SHA-256 over the answer's columns, which hold canonical positions instead of ids."""
    digest = sha256(stamp.encode())
    for column in columns:
        digest.update(len(column).to_bytes(8, "little"))
        digest.update(column.astype("<i8").tobytes())
    return digest.hexdigest()
