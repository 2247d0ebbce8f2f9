"""First choices: who is served at all, the most pressing levels first, and with whom.

Parties of one size are a flow, solved to a proof over all pairs that may meet. Where parties of
several sizes share a row, the flow only finds good pairs: such a component goes to a program for
unsplittable groups.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from matching.assign import Assignment, Part, Problem, certify, components, optimum, worth
from matching.candidates import Edges, joined
from matching.columns import I32, I64
from matching.groups import groups
from matching.market import Market
from matching.plan.book import Book
from matching.plan.rows import Rows
from matching.policy import Policy
from matching.pricing import Usable
from matching.taxonomy import TAXONOMY
from matching.waiting import level

_REMOTE = np.array([params.remote for params in TAXONOMY.values()])


@dataclass(frozen=True, eq=False)
class First:
    """All pairs considered, the chosen ones by need, and how good that is.

    `value` and `bound` sum level x 2^37 + q; where all is a flow they are equal, and `proved`
    says so for all pairs that may meet; groups are proved among the pairs considered.
    """

    edges: Edges
    chosen: I64
    value: int
    bound: int
    proved: bool
    components: int


class Source(Protocol):
    """All pairs that may meet, listed or not."""

    def best(self) -> Edges:
        """Some for each need, to begin with."""

    def priced(self, level: I64, usable: Usable, /) -> Callable[[I64, I64], Edges]:
        """Answers y and price with usable pairs worth more; none: nothing improves the plan."""


def first_choices(market: Market, pairs: Source, book: Book, policy: Policy) -> First:
    """The plan's pair of each need that no live proposal holds."""
    rows = Rows(market, book)
    listed = pairs.best()
    mine = rows.may_be_first(listed)
    problem, whole, edges = _best(market, pairs, rows, listed.take(mine))
    parts = components(problem) if len(problem) else []
    crowded = rows.crowded(edges)
    sized = [part for part in parts if np.any(crowded[part.rows])]
    remote = [bool(_REMOTE[market.needs.category[part.needs[0]]]) for part in sized]
    for distant, limit_s in ((False, policy.prove_s), (True, 0.0)):  # cities joined: no proof
        some = [part for part, is_remote in zip(sized, remote, strict=True) if is_remote == distant]
        if some:
            whole = _settled(market, problem, whole, rows, parts=some, limit_s=limit_s)
    return First(
        edges=joined(edges, listed.take(~mine)),
        chosen=whole.edge[whole.edge >= 0],
        value=whole.value,
        bound=whole.bound,
        proved=whole.proved,
        components=len(parts),
    )


def _best(
    market: Market, pairs: Source, rows: Rows, start: Edges
) -> tuple[Problem, Assignment, Edges]:
    """The best plan if all parties were as small as the smallest of their category, proved."""
    levels = level(market.needs.urgency, market.needs.waited_h)
    grown, priced = [start], pairs.priced(levels, rows.may_be_first)

    def scan(y: I64, price: I64) -> tuple[I32, I32, I64]:
        grown.append(priced(y, price))
        return _listed(grown[-1], levels)

    need, row, w = _listed(start, levels)
    problem, whole = optimum(Problem(need, row, w, rows.most, len(levels)), scan)
    certify(problem, whole)
    return problem, whole, joined(*grown)


def _listed(edges: Edges, levels: I64) -> tuple[I32, I32, I64]:
    w = worth(levels[edges.need], edges.q)
    return edges.need.astype(np.int32), edges.row.astype(np.int32), w


def _settled(
    market: Market,
    problem: Problem,
    whole: Assignment,
    rows: Rows,
    *,
    parts: Sequence[Part],
    limit_s: float,
) -> Assignment:
    """The same plan, these components solved once more with the sizes of their parties."""
    needs = np.concatenate([part.needs for part in parts])
    edges = np.concatenate([part.edges for part in parts])
    sized = Problem(
        problem.need[edges], problem.row[edges], problem.w[edges], rows.units, problem.n
    )
    size = market.needs.size.astype(np.int64)
    levels = level(market.needs.urgency, market.needs.waited_h)
    answer = groups(sized, size, levels, parties=rows.parties, limit_s=limit_s)
    edge = whole.edge.copy()
    before = edge[needs]
    gone = int(problem.w[before[before >= 0]].sum())
    edge[needs] = np.append(edges, -1)[answer.edge[needs]]
    return replace(
        whole,
        edge=edge,
        value=whole.value - gone + answer.value,
        bound=whole.bound - gone + answer.bound,
        proved=whole.proved and answer.proved,
    )
