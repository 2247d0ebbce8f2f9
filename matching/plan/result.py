"""What a plan answers, and the numbers by which it is judged."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from matching.candidates import Edges
from matching.columns import I64, Bool
from matching.explain import Unmatched
from matching.market import Market
from matching.pair import Pairing
from matching.plan.first import First
from matching.waiting import Band, bands, level


@dataclass(frozen=True)
class Statistics:
    """Needs by level that were `served` (a new first pair), are `held` (asked before) or `waiting`.

    `quality` sums q of the first pairs. `value` is at most `bound`; `proved`: nothing better
    exists. `loads` counts rows by live proposals, with those sent now.
    """

    needs: int
    rows: int
    edges: int
    components: int
    proposals: int
    explored: int
    served: Mapping[int, int]
    held: Mapping[int, int]
    waiting: Mapping[int, int]
    urgent_served: int
    urgent_waiting: int
    quality: int
    value: int
    bound: int
    proved: bool
    loads: Mapping[int, int]
    reserve: Mapping[int, float]


@dataclass(frozen=True)
class Result:
    """Pairings by need in canonical order, then rank; one code per need without a new one.

    The codes speak of the snapshot: true for needs whose whole neighbourhood is in it.
    """

    pairings: tuple[Pairing, ...]
    unmatched: tuple[Unmatched, ...]
    statistics: Statistics
    digest: str


def statistics(
    market: Market,
    first: First,
    sent: Edges,
    *,
    explored: int,
    held: I64,
    load: I64,
    reserve: Mapping[int, float],
) -> Statistics:
    """The numbers of a plan; `held` are need indices, `load` is what each row has in the end."""
    levels = level(market.needs.urgency, market.needs.waited_h)
    chosen = first.edges.take(first.chosen)
    waiting = np.setdiff1d(np.arange(len(levels)), np.union1d(chosen.need, held))
    return Statistics(
        needs=len(market.needs),
        rows=len(market.offers),
        edges=len(first.edges),
        components=first.components,
        proposals=len(sent),
        explored=explored,
        served=_counted(levels[chosen.need]),
        held=_counted(levels[held]),
        waiting=_counted(levels[waiting]),
        urgent_served=int((bands(levels[chosen.need]) == Band.TODAY).sum()),
        urgent_waiting=int((bands(levels[waiting]) == Band.TODAY).sum()),
        quality=int(chosen.q.sum()),
        value=first.value,
        bound=first.bound,
        proved=first.proved,
        loads=_counted(load),
        reserve=dict(sorted(reserve.items())),
    )


def _counted(values: I64) -> Mapping[int, int]:
    return dict(sorted(Counter(values.tolist()).items()))


def digest(stamp: str, columns: Iterable[I64 | Bool]) -> str:
    """SHA-256 over the answer's columns, which hold canonical positions instead of ids."""
    made = sha256(stamp.encode())
    for column in columns:
        made.update(len(column).to_bytes(8, "little"))
        made.update(column.astype("<i8").tobytes())
    return made.hexdigest()
