"""Two weeks of needs and offers that come and go, with every answer drawn beforehand.

All policies meet the same people: whether a pair says yes, and when, is one draw per pair.
"""

from dataclasses import dataclass, replace

import numpy as np

from matching.candidates import Edges, edges_of, joined
from matching.columns import F64, I64, Bool
from matching.geo import distance_km
from matching.index import index, top
from matching.market import Market
from tests.benchmarks.matching.markets import WEIGHTS, cities, market, on_sphere

DAY = 24.0
DAYS, AFTER, BEFORE = 14, 3, 2
TOWNS = 5
KNOWN = replace(WEIGHTS, version="replay", a=WEIGHTS.a - 1.2)
_PATIENCE = np.array([7.0, 3.0, 1.0]) * DAY
_LEAST_P = 0.03
_NEAREST = 60


@dataclass(frozen=True, eq=False)
class World:
    """Times in hours; needs are there from `comes` to `leaves`, offers from `opens` to `closes`.

    The first `feasible` edges are all pairs that may meet; then come the nearest that may not.
    Per edge: a yes needs `luck` below `truth`, and comes after `delay`.
    """

    market: Market
    comes: F64
    leaves: F64
    opens: F64
    closes: F64
    town: I64
    edges: Edges
    feasible: int
    truth: F64
    luck: F64
    delay: F64
    mutes: F64

    @property
    def urgent(self) -> Bool:
        """Needs of today."""
        return np.asarray(self.market.needs.urgency == 2)


def world(needs: int, scarcity: float, seed: int) -> World:
    """So many needs over two weeks, `scarcity` units asked per place, in five cities."""
    base = market(needs, scarcity, seed, groups=True, towns=TOWNS)
    draw = np.random.default_rng([seed, 1])
    n, m = len(base.needs), len(base.offers)
    hour = np.clip(draw.normal(14, 4.5, n), 0, 23.9)
    comes = (draw.integers(0, DAYS, n) * DAY + hour).astype(np.float64)
    patience = _PATIENCE[base.needs.urgency] * draw.gamma(3, 1 / 3, n)
    opens = draw.uniform(-BEFORE, DAYS, m) * DAY
    closes = opens + np.maximum(12, draw.exponential(6 * DAY, m))
    may = top(index(base.offers, KNOWN), base.needs, np.full(n, _LEAST_P), k=m)
    edges = joined(may, _strangers(base, may))
    owner = draw.normal(0, 0.6, m)
    odds = edges.p / (1 - edges.p) * np.exp(owner[edges.row])
    truth = odds / (1 + odds)
    truth[len(may) :] = 0.0
    urgent = base.needs.urgency[edges.need] == 2
    late = draw.exponential(1, len(edges))
    centres = on_sphere(cities(np.random.default_rng(seed), TOWNS).centre)
    apart = np.linalg.norm(base.needs.xyz[:, None] - centres[None], axis=2)
    return World(
        market=base,
        comes=comes,
        leaves=(comes + np.maximum(3, patience)).astype(np.float64),
        opens=opens,
        closes=closes,
        town=np.argmin(apart, axis=1),
        edges=edges,
        feasible=len(may),
        truth=truth,
        luck=draw.random(len(edges)),
        delay=np.minimum(36, np.where(urgent, 1 + 5 * late, 4 + 8 * late)),
        mutes=draw.random(m),
    )


def _strangers(base: Market, may: Edges) -> Edges:
    """Per need the nearest rows of its category within its radius that it may not meet."""
    needs, offers = base.needs, base.offers
    met = set(zip(may.need.tolist(), may.row.tolist(), strict=True))
    pairs: list[tuple[int, int]] = []
    for category in np.unique(needs.category):
        rows = np.flatnonzero(offers.category == category)
        for need in np.flatnonzero(needs.category == category):
            km = distance_km(np.broadcast_to(needs.xyz[need], (len(rows), 3)), offers.xyz[rows])
            near = np.argsort(km, kind="stable")[:_NEAREST]
            near = near[km[near] <= needs.radius[need]]
            pairs.extend((int(need), int(r)) for r in rows[near] if (need, r) not in met)
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return edges_of(base, table[:, 0], table[:, 1], KNOWN)
