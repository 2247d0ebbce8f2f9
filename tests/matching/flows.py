"""Other ways to solve the same problem: by trying everything, by other people's solvers, badly."""

from itertools import product

import numpy as np
from ortools.graph.python import min_cost_flow  # type: ignore[import-untyped]  # it ships no types
from scipy.optimize import linprog  # type: ignore[import-untyped]  # it ships no types
from scipy.sparse import coo_array  # type: ignore[import-untyped]  # it ships no types
from scipy.sparse.csgraph import maximum_flow  # type: ignore[import-untyped]  # it ships no types

from matching.assign import LEVEL_BITS, Problem


def value_of(problem: Problem, edges: list[int]) -> int:
    """Summed w of chosen edges."""
    return sum(int(problem.w[edge]) for edge in edges)


def tried(problem: Problem) -> int:
    """The largest value of all assignments there are; tiny problems only."""
    choices = [[-1, *np.flatnonzero(problem.need == need)] for need in range(problem.n)]
    best = 0
    for choice in product(*choices):
        edges = [int(edge) for edge in choice if edge >= 0]
        load = np.bincount(problem.row[edges], minlength=len(problem.capacity))
        if np.all(load <= problem.capacity):
            best = max(best, value_of(problem, edges))
    return best


def greedy(problem: Problem) -> list[int]:
    """The heaviest edge first, as long as there is room: never better, often worse."""
    left, served, edges = problem.capacity.copy(), set[int](), list[int]()
    for edge in np.argsort(-problem.w, kind="stable").tolist():
        need, row = int(problem.need[edge]), int(problem.row[edge])
        if need not in served and left[row] > 0:
            served.add(need)
            left[row] -= 1
            edges.append(edge)
    return edges


def ortools(problem: Problem) -> int:
    """The value by OR-tools' SimpleMinCostFlow, one network for all."""
    n, m = problem.n, len(problem.capacity)
    needs, rows, sink = np.arange(n), n + np.arange(m), n + m
    network = min_cost_flow.SimpleMinCostFlow()
    network.add_arcs_with_capacity_and_unit_cost(
        np.concatenate((problem.need, rows, needs)).astype(np.int32),
        np.concatenate((problem.row + n, np.full(m + n, sink))).astype(np.int32),
        np.concatenate((np.ones(len(problem)), problem.capacity, np.ones(n))).astype(np.int64),
        np.concatenate((-problem.w, np.zeros(m + n))).astype(np.int64),
    )
    supplies = np.concatenate((np.ones(n), np.zeros(m), [-n])).astype(np.int64)
    network.set_nodes_supplies(np.arange(n + m + 1, dtype=np.int32), supplies)
    assert network.solve() == network.OPTIMAL
    return -int(network.optimal_cost())


def highs(problem: Problem) -> float:
    """The value of the linear program; in doubles, so only for small w."""
    edges, n, m = len(problem), problem.n, len(problem.capacity)
    if not edges:
        return 0.0
    columns = np.tile(np.arange(edges), 2)
    used = np.concatenate((problem.need, problem.row + n))
    matrix = coo_array((np.ones(2 * edges), (used, columns)), shape=(n + m, edges)).tocsr()
    room = np.concatenate((np.ones(n), problem.capacity))
    return -float(linprog(-problem.w, A_ub=matrix, b_ub=room, bounds=(0, 1), method="highs").fun)


def most_served(problem: Problem, least_level: int) -> int:
    """How many needs of this level or above could be served, whoever they are."""
    keep = problem.w >> LEVEL_BITS >= least_level
    n, m = problem.n, len(problem.capacity)
    source, sink = n + m, n + m + 1
    needs, rows = np.arange(n), n + np.arange(m)
    tails = np.concatenate((np.full(n, source), problem.need[keep], rows))
    heads = np.concatenate((needs, problem.row[keep] + n, np.full(m, sink)))
    room = np.concatenate((np.ones(n), np.ones(int(keep.sum())), problem.capacity))
    graph = coo_array((room.astype(np.int32), (tails, heads)), shape=(n + m + 2,) * 2).tocsr()
    return int(maximum_flow(graph, source, sink).flow_value)
