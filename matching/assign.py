"""Which need goes where, so that nothing better exists; and the proof of it in whole numbers.

A need is worth w = level x 2^37 + q on a row. All qualities together stay below 2^37, so the
heaviest plan serves the most needs, highest levels first, and among such plans the likeliest.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array  # type: ignore[import-untyped]  # it ships no types
from scipy.sparse.csgraph import (  # type: ignore[import-untyped]  # it ships no types
    connected_components,
)

from matching.augment import bring_in
from matching.columns import I32, I64, frozen
from matching.net import AT, ENTER, NOWHERE, PAIR, PRICE, Y, net_of, steps_of, widened, with_room

LEVEL_BITS = 37
CLOSED = 1 << 42  # the price of a row without places: more than any pair is worth
_FEW = 64  # fewer new pairs than one in so many are made room for one by one
MOST_NODES = 2**20 - 2  # beyond, all qualities of one component might outweigh a level

Pairs = tuple[I32, I32, I64]


class TooLargeError(ValueError):
    """A component so large that its whole numbers could overflow."""


class NotOptimalError(AssertionError):
    """A plan that breaks a capacity, or that its prices do not prove best."""


@dataclass(frozen=True, eq=False)
class Problem:
    """`n` needs, a capacity per row, and pairs with their worth w > 0, in any order."""

    need: I32
    row: I32
    w: I64
    capacity: I64
    n: int

    def __post_init__(self) -> None:
        for name, dtype in (("need", "i4"), ("row", "i4"), ("w", "i8"), ("capacity", "i8")):
            object.__setattr__(self, name, frozen(np.asarray(getattr(self, name), dtype=dtype)))
        if len(self.w) and not 0 < self.w.min() <= self.w.max() < CLOSED:
            raise ValueError("a pair must be worth more than 0 and less than 2^42")

    def __len__(self) -> int:
        return len(self.need)


@dataclass(frozen=True, eq=False)
class Part:
    """One component, numbered from 0, and what its needs, rows and edges are called outside."""

    problem: Problem
    needs: I64
    rows: I64
    edges: I64


@dataclass(frozen=True, eq=False)
class Assignment:
    """The edge of each need (-1: none), dual values of needs and rows; `proved`: value = bound."""

    edge: I64
    y: I64
    price: I64
    value: int
    bound: int
    proved: bool


def worth(level: I64, q: I64) -> I64:
    """What pairs are worth, from the level of their need and q = rint(100,000 p)."""
    return np.asarray((level << LEVEL_BITS) + q, dtype=np.int64)


def _labels(problem: Problem) -> I64:
    """The component of each need, then of each row, by smallest need; rows nobody wants last."""
    m = len(problem.capacity)
    nodes = problem.n + m
    links = coo_array(
        (np.ones(len(problem), dtype=np.int8), (problem.need, problem.row + problem.n)),
        shape=(nodes, nodes),
    )
    _, label = connected_components(links, directed=False)
    _, first, found = np.unique(label, return_index=True, return_inverse=True)
    labels = np.argsort(np.argsort(first))[found]
    if len(labels) and np.bincount(labels).max() >= MOST_NODES:
        raise TooLargeError("a component has too many needs and rows to be planned exactly")
    return np.asarray(labels, dtype=np.int64)


def components(problem: Problem) -> list[Part]:
    """The parts that share no need and no row, by smallest need; without those without edges.

    TooLargeError when one has 2^20 - 2 nodes or more.
    """
    label = _labels(problem)
    of_edge = label[problem.need]
    parts = []
    for one in _groups(of_edge):
        needs, need = np.unique(problem.need[one], return_inverse=True)
        rows, row = np.unique(problem.row[one], return_inverse=True)
        inside = Problem(
            need.astype(np.int32),
            row.astype(np.int32),
            problem.w[one],
            problem.capacity[rows],
            len(needs),
        )
        parts.append(Part(inside, needs.astype(np.int64), rows.astype(np.int64), one))
    return parts


def _groups(label: I64) -> list[I64]:
    """Positions by label, in the order of labels."""
    order = np.argsort(label, kind="stable")
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    return [part for part in np.split(order, cuts) if len(part)]


def flow(problem: Problem) -> Assignment:
    """The heaviest assignment, with duals that prove it; TooLargeError before any overflow."""
    return _Solver(problem).assignment()


Scan = Callable[[I64, I64], Pairs]


def optimum(problem: Problem, scan: Scan) -> tuple[Problem, Assignment]:
    """The heaviest assignment over all pairs that `scan` knows, and the problem it was found in.

    `scan(y, price)` answers need, row and w of pairs worth more than y + price; none at the end.
    """
    solver = _Solver(problem)
    while True:
        assignment = solver.assignment()
        need, row, w = scan(assignment.y, assignment.price)
        if not len(need):
            return solver.problem, assignment
        solver.add(need, row, w)


class _Solver:
    """A problem with its needs and rows renumbered by component, so that searches stay in cache."""

    def __init__(self, problem: Problem) -> None:
        label = _labels(problem)
        self.problem = problem
        self.needs = np.argsort(label[: problem.n], kind="stable")
        self.rows = np.argsort(label[problem.n :], kind="stable")
        self.need_place, self.row_place = _inverse(self.needs), _inverse(self.rows)
        need, row = self.need_place[problem.need], self.row_place[problem.row]
        capacity = problem.capacity[self.rows]
        self.net = net_of(need, row, problem.w, capacity, problem.n, both_ways=False)
        self.both_ways = False  # only pairs that come later need the way back
        bring_in(self.net, steps_of(ENTER, need=np.arange(problem.n)))

    def assignment(self) -> Assignment:
        problem, net = self.problem, self.net
        at = net.needs[self.need_place, AT]
        # NOWHERE is -1: the place behind the last row, so that no rows at all are no special case.
        at = np.append(self.rows, NOWHERE)[at]
        edge = np.full(problem.n, -1, dtype=np.int64)
        used = np.flatnonzero(at[problem.need] == problem.row)
        edge[problem.need[used]] = used
        y, price = net.needs[self.need_place, Y], net.rows[self.row_place, PRICE]
        price[problem.capacity == 0] = CLOSED
        value = int(problem.w[used].sum())
        bound = int(y.sum()) + int((price * problem.capacity).sum())
        return Assignment(frozen(edge), frozen(y), frozen(price), value, bound, value == bound)

    def add(self, need: I32, row: I32, w: I64) -> None:
        """More pairs: their needs leave and come back with them."""
        old = self.problem
        self.problem = Problem(
            np.concatenate((old.need, need)),
            np.concatenate((old.row, row)),
            np.concatenate((old.w, w)),
            old.capacity,
            old.n,
        )
        needs, rows = self.need_place[need], self.row_place[row]
        steps = np.concatenate(
            (
                steps_of(PAIR, need=needs, row=rows, w=w),
                steps_of(ENTER, need=np.unique(needs)),
            )
        )
        net = self.net
        few = self.both_ways and len(need) * _FEW < len(old)
        self.net = with_room(net, steps, 0, 0) if few else widened(net, needs, rows)
        self.both_ways = True
        bring_in(self.net, steps[np.argsort(steps[:, 1], kind="stable")])


def _inverse(order: I64) -> I64:
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place


def certify(problem: Problem, assignment: Assignment) -> None:
    """NotOptimalError unless the plan keeps every capacity and its duals prove it the best."""
    edge, y, price = assignment.edge, assignment.y, assignment.price
    served = np.flatnonzero(edge >= 0)
    used = edge[served]
    load = np.bincount(problem.row[used], minlength=len(problem.capacity))
    value = int(problem.w[used].sum())
    bound = int(y.sum()) + int((price * problem.capacity).sum())
    for broken, complaint in (
        (
            not np.array_equal(problem.need[used], served),
            "an edge serves another need than its own",
        ),
        (np.any(load > problem.capacity), "a row serves more needs than it has places"),
        (np.any(y < 0) or np.any(price < 0), "a dual value is negative"),
        (
            np.any(y[problem.need] + price[problem.row] < problem.w),
            "a pair is worth more than it costs",
        ),
        (not value == bound == assignment.value == assignment.bound, "the bound is not reached"),
    ):
        if broken:
            raise NotOptimalError(complaint)
