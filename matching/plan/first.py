"""First choices: who is served at all, the most pressing levels first, and with whom.

Parties of one size are a flow, solved to a proof over all pairs that may meet. Where parties of
several sizes share a row, the flow only finds good pairs: such a component goes to a program for
unsplittable groups.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from matching.assign import Assignment, Part, Problem, certify, components, flow, optimum, worth
from matching.candidates import Edges, joined
from matching.columns import I32, I64
from matching.market import Market
from matching.plan.book import Book
from matching.plan.rows import MIXED, Rows
from matching.waiting import level


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

    def worth_more(self, level: I64, y: I64, price: I64, /) -> Edges:
        """Pairs worth more than y + price; none: nothing improves the plan."""


def first_choices(market: Market, pairs: Source, book: Book) -> First:
    """The plan's pair of each need that no live proposal holds."""
    rows = Rows(market, book)
    levels = level(market.needs.urgency, market.needs.waited_h)
    listed = pairs.best()
    mine = rows.may_be_first(listed)
    grown = [listed.take(mine)]

    def scan(y: I64, price: I64) -> tuple[I32, I32, I64]:
        more = pairs.worth_more(np.where(book.held, 0, levels), y, price)
        more = more.take(rows.may_be_first(more))
        grown.append(more)
        w = worth(levels[more.need], more.q)
        return more.need.astype(np.int32), more.row.astype(np.int32), w

    start = grown[0]
    problem, whole = optimum(
        Problem(
            need=start.need.astype(np.int32),
            row=start.row.astype(np.int32),
            w=worth(levels[start.need], start.q),
            capacity=rows.most,
            n=len(levels),
        ),
        scan,
    )
    certify(problem, whole)
    edges = joined(*grown)
    resettle = partial(_again, market, rows)
    settled = _settle(problem, whole, rows.exact(edges), resettle)
    chosen = settled.edge[settled.edge >= 0]
    return First(
        edges=joined(edges, listed.take(~mine)),
        chosen=chosen,
        value=settled.value,
        bound=settled.bound,
        proved=settled.proved,
        components=len(components(problem)) if len(problem) else 0,
    )


def _settle(
    problem: Problem, whole: Assignment, exact: I64, again: Callable[[Part, I64], Assignment]
) -> Assignment:
    """The flow where it says the truth about sizes; where not, its components once more."""
    if np.array_equal(exact, problem.capacity):
        return whole
    edge = whole.edge.copy()
    value, bound, proved = whole.value, whole.bound, True
    for part in components(problem):
        if np.array_equal(exact[part.rows], part.problem.capacity):
            continue
        answer = again(part, exact[part.rows])
        old = edge[part.needs]
        used = int(problem.w[old[old >= 0]].sum())
        edge[part.needs] = np.where(answer.edge >= 0, part.edges[answer.edge], -1)
        value, bound = value - used + answer.value, bound - used + answer.bound
        proved = proved and answer.proved
    return Assignment(edge, whole.y, whole.price, value, bound, proved)


def _again(market: Market, rows: Rows, part: Part, exact: I64) -> Assignment:
    """One component with the sizes it has: a flow if each row hears one size or one party."""
    inside = part.problem
    if not np.any(exact == MIXED):
        alone = Problem(inside.need, inside.row, inside.w, exact, inside.n)
        answer = flow(alone)
        certify(alone, answer)
        return answer
    size = market.needs.size[part.needs].astype(np.int64)
    return _greedy(inside, size, rows.units[part.rows], rows.parties[part.rows])


def _greedy(problem: Problem, size: I64, units: I64, parties: I64) -> Assignment:
    """Each pair in turn, the worthiest first, where its row still has the places."""
    edge = np.full(problem.n, -1, dtype=np.int64)
    left, room = units.copy(), parties.copy()
    for each in np.lexsort((problem.row, problem.need, -problem.w)):
        need, row = problem.need[each], problem.row[each]
        if edge[need] < 0 and room[row] > 0 and left[row] >= size[need]:
            edge[need], left[row], room[row] = each, left[row] - size[need], room[row] - 1
    value = int(problem.w[edge[edge >= 0]].sum())
    none = np.zeros(0, dtype=np.int64)
    return Assignment(edge, none, none, value, value, proved=False)
