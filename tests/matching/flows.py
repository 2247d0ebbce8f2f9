"""Two ways to solve the same problem: by trying everything, and badly."""

from itertools import product

import numpy as np

from matching.assign import Problem


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
