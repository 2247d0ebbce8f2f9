"""Which pairs may meet at all, and the best of them for each need; exact, over all pairs given.

The hard filters stand in their order; the first that fails is the reason why not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matching.columns import F64, I8, I64, Bool
from matching.geo import distance_km
from matching.market import Market, NeedRow, OfferRow, market_of
from matching.score import P_MIN, PRIOR, Weights, probability, speak, terms
from matching.taxonomy import TAXONOMY

KM_SLACK = 1e-6
_PAIRS_AT_ONCE = 1 << 18
_LANGUAGE_HARD = np.array([params.language_hard for params in TAXONOMY.values()])


class Filter(StrEnum):
    """The hard filters, in the order in which they are asked."""

    CATEGORY = "category"
    DISTANCE = "distance"
    CAPACITY = "capacity"
    WINDOWS = "windows"
    LANGUAGE = "language"
    REQUIREMENTS = "requirements"
    PROFILE = "profile"
    OWNER = "owner"
    BLOCKED = "blocked"
    BARRED = "barred"
    UNLIKELY = "unlikely"


ORDER = tuple(Filter)
PASSED = len(ORDER)


@dataclass(frozen=True, eq=False)
class Edges:
    """Feasible pairs: need and row indices, distance in km, p, and q = rint(100,000 p)."""

    need: I64
    row: I64
    km: F64
    p: F64
    q: I64

    def __len__(self) -> int:
        return len(self.need)

    def take(self, pick: I64 | Bool) -> "Edges":
        """The picked edges, in the order picked."""
        return Edges(self.need[pick], self.row[pick], self.km[pick], self.p[pick], self.q[pick])


def km_between(market: Market, need: I64, row: I64) -> F64:
    """Cell centre to cell centre, in km."""
    return distance_km(market.needs.xyz[need], market.offers.xyz[row])


def edges_of(market: Market, need: I64, row: I64, weights: Weights) -> Edges:
    """These pairs with distance and p, whether feasible or not."""
    needs, offers = market.needs, market.offers
    km = km_between(market, need, row)
    facts = terms(needs, offers, need, row, km, lam=weights.lam)
    effect = offers.owner_effect[row].astype(np.float64)
    p = probability(facts, needs.category[need].astype(np.int64), effect, weights)
    return Edges(need, row, km, p, np.rint(100_000 * p).astype(np.int64))


def _listed(pairs: I64, left: I64, right: I64) -> Bool:
    """Which (left, right) stand in the table of pairs."""
    hit = np.isin(left, pairs[:, 0]) & np.isin(right, pairs[:, 1])
    known = set(map(tuple, pairs.tolist())) if hit.any() else set()
    for place in np.flatnonzero(hit):
        hit[place] = (int(left[place]), int(right[place])) in known
    return hit


def within(market: Market, need: I64, row: I64, km: F64) -> Bool:
    """Whether both reach so far, or can do without meeting."""
    reach = np.minimum(market.needs.radius[need], market.offers.radius[row]) + KM_SLACK
    return np.asarray((km <= reach) | (market.needs.remote[need] & market.offers.remote[row]))


def passes(market: Market, step: Filter, need: I64, row: I64) -> Bool:
    """Whether each pair passes this one filter; `unlikely` is asked apart."""
    n, o = market.needs, market.offers
    match step:
        case Filter.CATEGORY:
            ok = n.category[need] == o.category[row]
        case Filter.DISTANCE:
            ok = within(market, need, row, km_between(market, need, row))
        case Filter.CAPACITY:
            ok = o.free[row] >= n.size[need]
        case Filter.WINDOWS:
            ok = (n.windows[need] & o.windows[row]) != 0
        case Filter.LANGUAGE:
            hard = _LANGUAGE_HARD[n.category[need]] | n.language_hard[need] | o.language_hard[row]
            ok = ~hard | n.interpreter[need] | o.interpreter[row] | speak(n, o, need, row)
        case Filter.REQUIREMENTS:
            ok = (n.req[need] & ~o.features[row]) == 0
        case Filter.PROFILE:
            ok = (n.profile[need] & ~o.accepts[row]) == 0
        case Filter.OWNER:
            ok = n.owner[need] != o.owner[row]
        case Filter.BLOCKED:
            one, other = n.owner[need], o.owner[row]
            ok = ~(_listed(market.blocks, one, other) | _listed(market.blocks, other, one))
        case _:
            ok = ~_listed(market.barred, n.id[need], o.id[row])
    return np.asarray(ok)


def first_failed(market: Market, need: I64, row: I64) -> I8:
    """Place in ORDER of the first filter each pair fails; `unlikely` is not asked here."""
    failed = np.full(len(need), PASSED, dtype=np.int8)
    left = np.arange(len(need))
    for place, step in enumerate(ORDER[:-1]):
        ok = passes(market, step, need[left], row[left])
        failed[left[~ok]] = place
        left = left[ok]
    return failed


def _pairs(market: Market, needs: I64, rows: I64) -> Iterator[tuple[I64, I64]]:
    """All pairs of one category, a bounded number at a time, whole needs together."""
    for category in np.unique(market.needs.category[needs]):
        own = needs[market.needs.category[needs] == category]
        there = rows[market.offers.category[rows] == category]
        step = max(1, _PAIRS_AT_ONCE // max(1, len(there)))
        for start in range(0, len(own) if len(there) else 0, step):
            chunk = own[start : start + step]
            yield np.repeat(chunk, len(there)), np.tile(there, len(chunk))


def candidates(
    market: Market,
    weights: Weights,
    *,
    needs: I64 | None = None,
    rows: I64 | None = None,
    k: int = 20,
    floor: float | F64 = P_MIN,
) -> Edges:
    """For each need the k feasible rows of largest p, best first, ties by row; needs ascending.

    `floor` is the least p, one for all or one for each need of the market.
    """
    wanted = np.arange(len(market.needs)) if needs is None else needs
    open_rows = np.arange(len(market.offers)) if rows is None else rows
    none = np.zeros(0, dtype=np.int64)
    parts = [edges_of(market, none, none, weights)]
    least = np.broadcast_to(floor, len(market.needs))
    for need, row in _pairs(market, wanted, open_rows):
        ok = first_failed(market, need, row) == PASSED
        edges = edges_of(market, need[ok], row[ok], weights)
        parts.append(_best(edges.take(edges.p >= least[edges.need]), k))
    return _best(joined(*parts), k)


def joined(*parts: Edges) -> Edges:
    """All edges of the parts, one part after the other."""
    names = ("need", "row", "km", "p", "q")
    return Edges(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _best(edges: Edges, k: int) -> Edges:
    ordered = edges.take(np.lexsort((edges.row, -edges.p, edges.need)))
    _, first, count = np.unique(ordered.need, return_index=True, return_counts=True)
    return ordered.take(np.arange(len(ordered)) - np.repeat(first, count) < k)


def feasible(
    need: NeedRow,
    offer: OfferRow,
    *,
    blocked: bool = False,
    barred: bool = False,
    weights: Weights = PRIOR,
    floor: float = P_MIN,
) -> Filter | None:
    """The first hard filter that this pair fails, or None; the caller says if it is blocked."""
    market = market_of(
        (need,),
        (offer,),
        blocks=[(need.owner, offer.owner)] if blocked else (),
        barred=[(need.id, offer.id)] if barred else (),
    )
    one = np.zeros(1, dtype=np.int64)
    failed = int(first_failed(market, one, one)[0])
    if failed < PASSED:
        return ORDER[failed]
    likely = edges_of(market, one, one, weights).p[0] >= floor
    return None if likely else Filter.UNLIKELY
