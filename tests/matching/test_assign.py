"""The plan is the best there is, by trial, by other solvers and by its own proof."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import strategies as st

from matching import assign
from matching.assign import (
    LEVEL_BITS,
    NotOptimalError,
    Problem,
    TooLargeError,
    certify,
    components,
    flow,
    optimum,
    worth,
)
from tests.benchmarks.matching.peers import linear_program, most_served, ortools
from tests.matching.flows import greedy, tried, value_of
from tests.matching.harness import kept

Solver = Callable[[Problem], list[int]]
Check = Callable[[Problem], None]


def invented(seed: int, needs: int, rows: int, edges: int, levels: int = 4) -> Problem:
    """A market of at most this size; few places, so that needs compete."""
    draw = np.random.default_rng(seed)
    n, m = int(draw.integers(1, needs + 1)), int(draw.integers(1, rows + 1))
    pairs = np.unique(draw.integers(0, n * m, int(draw.integers(1, edges + 1))))
    need, row = (pairs // m).astype(np.int32), (pairs % m).astype(np.int32)
    level = draw.integers(1, levels + 1, n)
    # few values, so that ties are common
    w = worth(level[need], draw.choice([3_000, 40_000, 40_001, 100_000], len(pairs)))
    return Problem(need, row, w, draw.integers(0, 3, m), n)


def hunt(check: Check, *, needs: int, rows: int, edges: int, examples: int) -> int:
    """How many invented problems kept the property; AssertionError if any breaks it."""
    return kept(
        lambda seed: check(invented(seed, needs, rows, edges)),
        st.integers(0, 2**32 - 1),
        examples,
    )


def tiny(check: Check, examples: int = 150) -> int:
    return hunt(check, needs=5, rows=3, edges=12, examples=examples)


def small(check: Check, examples: int = 60) -> int:
    return hunt(check, needs=40, rows=20, edges=200, examples=examples)


def ours(problem: Problem) -> list[int]:
    assignment = flow(problem)
    certify(problem, assignment)
    assert assignment.proved
    return [edge for edge in assignment.edge.tolist() if edge >= 0]


def levels_of(problem: Problem, edges: list[int]) -> list[int]:
    return sorted((int(problem.w[edge]) >> LEVEL_BITS for edge in edges), reverse=True)


def nothing_is_better(solve: Solver) -> Check:
    def check(problem: Problem) -> None:
        assert value_of(problem, solve(problem)) == tried(problem)

    return check


def test_no_assignment_at_all_is_better() -> None:
    assert tiny(nothing_is_better(ours))


def every_prefix_of_levels_is_full(solve: Solver) -> Check:
    """As many needs of each level and above as could be served if nobody else were there."""

    def check(problem: Problem) -> None:
        served = levels_of(problem, solve(problem))
        level = np.zeros(problem.n, dtype=np.int64)
        level[problem.need] = problem.w >> LEVEL_BITS
        for least in range(1, 5):
            most = most_served(problem, level >= least)
            assert sum(each >= least for each in served) == most

    return check


def test_most_are_served_at_every_level_and_above() -> None:
    assert small(every_prefix_of_levels_is_full(ours), examples=40)


def nobody_is_passed_over(solve: Solver) -> Check:
    """No unserved need could take a place, or one of a lower level, by moving others along."""

    def check(problem: Problem) -> None:
        edges = solve(problem)
        at = {int(problem.need[edge]): int(problem.row[edge]) for edge in edges}
        level = dict(zip(problem.need.tolist(), (problem.w >> LEVEL_BITS).tolist(), strict=True))
        load = np.bincount(list(at.values()), minlength=len(problem.capacity))
        for need in set(level) - set(at):
            looked, ahead = set[int](), [need]
            while ahead:
                for row in problem.row[problem.need == ahead.pop()].tolist():
                    if row in looked or problem.capacity[row] == 0:
                        continue
                    looked.add(row)
                    holders = [other for other, where in at.items() if where == row]
                    assert load[row] == problem.capacity[row]
                    assert all(level[other] >= level[need] for other in holders)
                    ahead += holders

    return check


def test_no_unserved_need_could_displace_a_lower_level() -> None:
    assert small(nobody_is_passed_over(ours), examples=40)


@pytest.mark.parametrize(
    ("promise", "size"),
    [
        (nothing_is_better, tiny),
        (every_prefix_of_levels_is_full, small),
        (nobody_is_passed_over, small),
    ],
)
def test_control_the_greedy_plan_is_noticed(
    promise: Callable[[Solver], Check], size: Callable[[Check], None]
) -> None:
    with pytest.raises(AssertionError):
        size(promise(greedy))


def test_other_solvers_agree() -> None:
    def check(problem: Problem) -> None:
        assert value_of(problem, ours(problem)) == ortools(problem)
        # the linear program works in doubles, where levels would drown what is likely
        plain = replace(problem, w=problem.w & ((1 << LEVEL_BITS) - 1))
        assert value_of(plain, ours(plain)) == pytest.approx(linear_program(plain))

    assert small(check, examples=30)


@pytest.mark.parametrize("few", [0, 10_000])
def test_pairs_that_come_later_lead_to_the_same_value(
    monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(assign, "_FEW", few)

    def check(problem: Problem) -> None:
        known = np.random.default_rng(problem.n).random(len(problem)) < 0.4
        asked = []

        def scan(y: np.ndarray, price: np.ndarray) -> assign.Pairs:
            more = np.flatnonzero(problem.w > y[problem.need] + price[problem.row])[:9]
            asked.append(len(more))
            return problem.need[more], problem.row[more], problem.w[more]

        start = Problem(
            problem.need[known], problem.row[known], problem.w[known], problem.capacity, problem.n
        )
        grown, assignment = optimum(start, scan)
        certify(grown, assignment)
        assert assignment.value == flow(problem).value
        assert asked[-1] == 0

    assert small(check, examples=40)


def test_another_place_never_serves_fewer_and_a_raised_level_keeps_its_need() -> None:
    def check(problem: Problem) -> None:
        before = flow(problem)
        more = problem.capacity.copy()
        more[problem.n % len(more)] += 1
        assert len(ours(replace(problem, capacity=more))) >= len(ours(problem))
        served = np.flatnonzero(before.edge >= 0)
        if len(served):
            need = served[problem.n % len(served)]
            raised = problem.w + ((problem.need == need).astype(np.int64) << LEVEL_BITS)
            assert flow(replace(problem, w=raised)).edge[need] >= 0

    assert small(check)


def test_parts_share_nothing_and_add_up() -> None:
    def check(problem: Problem) -> None:
        parts = components(problem)
        assert sum(flow(part.problem).value for part in parts) == flow(problem).value
        for part in parts:
            certify(part.problem, flow(part.problem))
            assert np.array_equal(part.needs[part.problem.need], problem.need[part.edges])
            assert np.array_equal(part.rows[part.problem.row], problem.row[part.edges])
        for sides in ([part.needs for part in parts], [part.rows for part in parts]):
            named = np.concatenate(sides)
            assert len(np.unique(named)) == len(named)
        assert [part.needs[0] for part in parts] == sorted(part.needs[0] for part in parts)

    assert small(check, examples=40)


def test_a_component_that_could_overflow_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def chain(length: int) -> Problem:
        """Each row joins a need to the next."""
        need = np.repeat(np.arange(length, dtype=np.int32), 2)[1:-1]
        row = np.repeat(np.arange(length - 1, dtype=np.int32), 2)
        w = np.full(len(row), 5, dtype=np.int64)
        return Problem(need, row, w, np.ones(length - 1, dtype=np.int64), length)

    monkeypatch.setattr(assign, "MOST_NODES", 20)
    certify(chain(10), flow(chain(10)))
    for ask in (flow, components):
        with pytest.raises(TooLargeError):
            ask(chain(11))
    with pytest.raises(ValueError, match="2\\^42"):
        replace(chain(3), w=np.full(4, 1 << 42))


def test_a_broken_plan_or_a_false_proof_is_refused() -> None:
    problem = invented(7, 40, 20, 200)
    good = flow(problem)
    served = np.flatnonzero(good.edge >= 0)
    without = good.edge.copy()
    without[served[0]] = -1
    swapped = good.edge.copy()
    swapped[served[0]] = good.edge[served[1]]
    crowded = good.edge.copy()
    crowded[problem.need] = np.arange(len(problem))
    for broken in (
        replace(good, edge=without),
        replace(good, edge=swapped),
        replace(good, edge=crowded),
        replace(good, y=good.y - (good.y == good.y.max())),
        replace(good, price=good.price - 1),
        replace(good, value=good.value + 1),
        replace(good, y=good.y + 1, bound=good.bound + problem.n),
    ):
        with pytest.raises(NotOptimalError):
            certify(problem, broken)


def test_empty_problems_have_empty_plans() -> None:
    none = np.zeros(0, dtype=np.int32)
    for needs, rows in ((0, 0), (3, 0), (0, 3), (3, 3)):
        problem = Problem(none, none, np.zeros(0, np.int64), np.ones(rows, np.int64), needs)
        plan = flow(problem)
        certify(problem, plan)
        assert plan.value == 0
        assert len(plan.edge) == needs
        assert components(problem) == []
