"""Groups stay whole; the program serves as many persons as any plan could, band by band."""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog  # type: ignore[import-untyped]  # ships no types

from matching.assign import LEVEL_BITS, Assignment, Problem, worth
from matching.columns import I64
from matching.groups import groups
from matching.waiting import bands

Score = tuple[int, int, int, int]


def tiny(seed: int) -> tuple[Problem, I64, I64, I64]:
    """At most five parties and three rows: problem, sizes, levels, heads per row."""
    draw = np.random.default_rng(seed)
    n, m = int(draw.integers(2, 6)), int(draw.integers(1, 4))
    need, row = np.nonzero(draw.random((n, m)) < 0.8)
    level = draw.choice(np.array([1, 6, 10]), n)
    w = worth(level[need], draw.integers(3_000, 99_000, len(need)))
    size = draw.choice(np.array([1, 1, 2, 3, 4]), n)
    units = draw.integers(1, 7, m)
    problem = Problem(need.astype(np.int32), row.astype(np.int32), w, units, n)
    return problem, size, level, draw.integers(1, 4, m)


def fits(problem: Problem, edge: I64, size: I64, parties: I64) -> bool:
    used = edge[edge >= 0]
    row, m = problem.row[used], len(problem.capacity)
    taken = np.bincount(row, size[problem.need[used]], m)
    heads = np.bincount(row, minlength=m)
    return bool(np.all(taken <= problem.capacity) and np.all(heads <= parties))


def score(problem: Problem, edge: I64, size: I64, level: I64) -> Score:
    """Persons served today, this week, flexible; then the sum of size x q."""
    used = edge[edge >= 0]
    need = problem.need[used]
    persons = np.bincount(bands(level)[need], size[need], 3).astype(np.int64)
    q = problem.w[used] & ((1 << LEVEL_BITS) - 1)
    return int(persons[2]), int(persons[1]), int(persons[0]), int((size[need] * q).sum())


def brute(problem: Problem, size: I64, level: I64, parties: I64) -> Score:
    choices = [[-1, *np.flatnonzero(problem.need == n)] for n in range(problem.n)]
    plans = (np.array(plan) for plan in product(*choices))
    return max(
        score(problem, plan, size, level) for plan in plans if fits(problem, plan, size, parties)
    )


def planned(seed: int, limit_s: float = 0) -> tuple[Assignment, Score, Score]:
    problem, size, level, parties = tiny(seed)
    answer = groups(problem, size, level, parties=parties, limit_s=limit_s)
    assert fits(problem, answer.edge, size, parties)
    served = np.flatnonzero(answer.edge >= 0)
    assert np.array_equal(problem.need[answer.edge[served]], served)
    assert answer.value == int(problem.w[answer.edge[served]].sum()) <= answer.bound
    return answer, score(problem, answer.edge, size, level), brute(problem, size, level, parties)


def closest(one: Score) -> tuple[int, int, int]:
    return one[:3]


def test_the_program_serves_as_many_as_the_best_of_all_plans() -> None:
    mixed = [seed for seed in range(60) if not planned(seed)[0].proved][:12]
    assert len(mixed) == 12
    worlds = [tiny(seed) for seed in mixed]
    needs = np.cumsum([0, *(problem.n for problem, *_ in worlds)])
    rows = np.cumsum([0, *(len(problem.capacity) for problem, *_ in worlds)])
    problems = [problem for problem, *_ in worlds]
    whole = Problem(
        np.concatenate([one.need + needs[i] for i, one in enumerate(problems)]),
        np.concatenate([one.row + rows[i] for i, one in enumerate(problems)]),
        np.concatenate([one.w for one in problems]),
        np.concatenate([one.capacity for one in problems]),
        int(needs[-1]),
    )
    size, level, parties = (
        np.concatenate([world[place] for world in worlds]) for place in (1, 2, 3)
    )
    answer = groups(whole, size, level, parties=parties)
    assert answer.proved
    assert fits(whole, answer.edge, size, parties)
    edges = np.cumsum([0, *(len(one) for one in problems)])
    for i, (problem, own, levels, heads) in enumerate(worlds):
        edge = answer.edge[needs[i] : needs[i + 1]]
        got = score(problem, np.where(edge < 0, -1, edge - edges[i]), own, levels)
        best = brute(problem, own, levels, heads)
        assert closest(got) == closest(best)
        assert got[3] >= best[3] * (1 - 1e-4)


def test_without_a_program_parties_of_one_size_are_still_proved_and_nothing_beats_the_best() -> (
    None
):
    exact = 0
    for seed in range(60):
        _, got, best = planned(seed)
        assert got <= best
        exact += closest(got) == closest(best)
    assert exact >= 54


def test_control_first_come_serves_fewer_persons() -> None:
    worse = 0
    for seed in range(60):
        problem, size, level, parties = tiny(seed)
        plan = np.full(problem.n, -1)
        for edge, need in enumerate(problem.need):
            before = plan[need]
            plan[need] = edge if before < 0 else before
            if not fits(problem, plan, size, parties):
                plan[need] = before
        got = score(problem, plan, size, level)
        worse += closest(got) < closest(brute(problem, size, level, parties))
    assert worse > 6


def small(seed: int) -> tuple[Problem, I64, I64]:
    draw = np.random.default_rng(seed)
    need, row = np.nonzero(draw.random((60, 30)) < 0.15)
    level = np.full(60, 10)
    w = worth(level[need], draw.integers(3_000, 99_000, len(need)))
    size, units = draw.choice(np.array([1, 2, 3, 4]), 60), draw.integers(1, 6, 30)
    return Problem(need.astype(np.int32), row.astype(np.int32), w, units, 60), size, level


def test_the_program_lies_between_the_moves_and_the_fractional_bound() -> None:
    problem, size, level = small(3)
    moves = groups(problem, size, level, limit_s=0)
    program = groups(problem, size, level)
    assert program.proved
    assert not moves.proved
    edges = np.arange(len(problem))
    rules = np.zeros((90, len(problem)))
    rules[problem.need, edges] = 1
    rules[60 + problem.row, edges] = size[problem.need]
    most = np.concatenate((np.ones(60), problem.capacity))
    bound = -linprog(-size[problem.need], A_ub=rules, b_ub=most, bounds=(0, 1)).fun
    persons = [score(problem, one.edge, size, level)[0] for one in (moves, program)]
    assert 0.9 * persons[1] < persons[0] <= persons[1] <= bound + 1e-6


def test_a_program_that_takes_too_long_is_killed_and_the_moves_stand() -> None:
    problem, size, level = small(4)
    late = groups(problem, size, level, limit_s=0.001)
    moves = groups(problem, size, level, limit_s=0)
    assert not late.proved
    assert np.array_equal(late.edge, moves.edge)
    assert late.bound >= late.value == pytest.approx(moves.value)
