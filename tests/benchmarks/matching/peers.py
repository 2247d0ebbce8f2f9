"""How others plan the same graph: by list, greedily, or with a general solver."""

import numpy as np
from ortools.graph.python.max_flow import (  # type: ignore[import-untyped]  # it ships no types
    SimpleMaxFlow,
)
from ortools.graph.python.min_cost_flow import (  # type: ignore[import-untyped]  # ships no types
    SimpleMinCostFlow,
)
from scipy.optimize import linprog  # type: ignore[import-untyped]  # it ships no types
from scipy.sparse import coo_array, csr_array, vstack  # type: ignore[import-untyped]  # it ships no types
from scipy.sparse.csgraph import (  # type: ignore[import-untyped]  # it ships no types
    min_weight_full_bipartite_matching,
)

from matching.assign import Problem
from matching.columns import F64, I64, Bool


def in_turn(problem: Problem, order: I64) -> I64:
    """The edges taken when pairs are asked in this order and nobody is ever moved."""
    at, left = [-1] * problem.n, problem.capacity.tolist()
    need, row = problem.need.tolist(), problem.row.tolist()
    for edge in order.tolist():
        if at[need[edge]] < 0 and left[row[edge]] > 0:
            at[need[edge]] = edge
            left[row[edge]] -= 1
    taken = np.array(at)
    return taken[taken >= 0]


def nearest(problem: Problem, km: F64, arrival: I64) -> I64:
    """First come, first served, with the nearest; `arrival` ranks the needs."""
    return in_turn(problem, np.lexsort((problem.row, km, arrival[problem.need])))


def greedy(problem: Problem) -> I64:
    """The best pair first."""
    return in_turn(problem, np.lexsort((problem.row, problem.need, -problem.w)))


def urgent_first(problem: Problem, level: I64) -> I64:
    """The most pressing first, among them the best pair first."""
    return in_turn(problem, np.lexsort((problem.need, -problem.w, -level[problem.need])))


def ortools(problem: Problem) -> int:
    """The optimum by OR-tools, the whole graph at once."""
    n, m = problem.n, len(problem.capacity)
    flow, sink = SimpleMinCostFlow(), n + m
    flow.add_arcs_with_capacity_and_unit_cost(
        problem.need, n + problem.row, np.ones(len(problem)), -problem.w
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        n + np.arange(m), np.full(m, sink), problem.capacity, np.zeros(m)
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(n), np.full(n, sink), np.ones(n), np.zeros(n)
    )
    flow.set_nodes_supplies(np.arange(n), np.ones(n))
    flow.set_node_supply(sink, -n)
    if flow.solve() != flow.OPTIMAL:
        raise AssertionError("OR-tools found no optimum")
    return -int(flow.optimal_cost())


def most_served(problem: Problem, counted: Bool) -> int:
    """How many of the counted needs can be served at all, by OR-tools' maximum flow."""
    n, m = problem.n, len(problem.capacity)
    flow, source, sink = SimpleMaxFlow(), n + m, n + m + 1
    kept = counted[problem.need]
    flow.add_arcs_with_capacity(problem.need[kept], n + problem.row[kept], np.ones(int(kept.sum())))
    flow.add_arcs_with_capacity(n + np.arange(m), np.full(m, sink), problem.capacity)
    wanted = np.flatnonzero(counted)
    flow.add_arcs_with_capacity(np.full(len(wanted), source), wanted, np.ones(len(wanted)))
    if flow.solve(source, sink) != flow.OPTIMAL:
        raise AssertionError("OR-tools found no flow")
    return int(flow.optimal_flow())


def linear_program(problem: Problem) -> float:
    """The optimum by HiGHS; the relaxation is whole."""
    edges, ones = np.arange(len(problem)), np.ones(len(problem))
    shape = (problem.n, len(problem))
    needs = coo_array((ones, (problem.need, edges)), shape=shape)
    rows = coo_array((ones, (problem.row, edges)), shape=(len(problem.capacity), len(problem)))
    found = linprog(
        -problem.w.astype(np.float64),
        A_ub=vstack((needs, rows)).tocsr(),
        b_ub=np.concatenate((np.ones(problem.n), problem.capacity)),
        bounds=(0, 1),
        method="highs",
    )
    if found.status != 0:
        raise AssertionError("HiGHS found no optimum")
    return float(-found.fun)


def sparse_assignment(problem: Problem) -> int:
    """The optimum by scipy: each place a column of its own, and a private way out per need."""
    places = np.minimum(problem.capacity, np.bincount(problem.row, minlength=len(problem.capacity)))
    start = np.concatenate(([0], np.cumsum(places)))
    copies = places[problem.row]
    need = np.repeat(problem.need, copies)
    first = np.repeat(np.cumsum(copies) - copies, copies)
    column = np.repeat(start[problem.row], copies) + np.arange(len(need)) - first
    top = int(problem.w.max(initial=0)) + 1
    own = np.arange(problem.n)
    graph = csr_array(
        (
            np.concatenate((top - np.repeat(problem.w, copies), np.full(problem.n, top))),
            (np.concatenate((need, own)), np.concatenate((column, start[-1] + own))),
        ),
        shape=(problem.n, int(start[-1]) + problem.n),
    )
    rows, columns = min_weight_full_bipartite_matching(graph)
    return int((top - graph[rows, columns]).sum())
