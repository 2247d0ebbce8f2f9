"""The batch plan against its peers, on one graph, in one process; then one round of asking."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from matching.assign import Assignment, Problem, certify, flow, optimum, worth
from matching.candidates import Edges
from matching.columns import I32, I64
from matching.index import index, top
from matching.market import Market, canonical
from matching.pricing import Pricing
from matching.score import P_MIN
from matching.waiting import Band, bands, level
from tests.benchmarks.matching import peers, rounds
from tests.benchmarks.matching.markets import WEIGHTS, market
from tests.benchmarks.matching.meter import Measured, measured
from tests.benchmarks.matching.report import Findings, Options, Row, Target

LARGE, MIDDLE = 100_000, 10_000
OURS = "ours"
_MANY = 9


@dataclass(frozen=True, eq=False)
class Graph:
    """One market with its top-20 edges; `plain` values as peers weigh, `levelled` as we plan."""

    market: Market
    edges: Edges
    level: I64
    plain: Problem
    levelled: Problem


def graph(options: Options) -> Graph:
    """The edges are given: finding them is measured under candidates."""
    world = canonical(market(options.size, options.scarcity, options.seed))
    edges = top(index(world.offers, WEIGHTS), world.needs, np.full(options.size, P_MIN))
    levels = level(world.needs.urgency, world.needs.waited_h)
    days = np.minimum(world.needs.waited_h / 24, 30)
    weight = np.array([1, 2, 4])[world.needs.urgency] * (1 + days / 30)
    value = np.rint(1000 * edges.p * weight[edges.need]).astype(np.int64)
    return Graph(
        market=world,
        edges=edges,
        level=levels,
        plain=_problem(world, edges, value),
        levelled=_problem(world, edges, worth(levels[edges.need], edges.q)),
    )


def _problem(world: Market, edges: Edges, w: I64) -> Problem:
    need, row = edges.need.astype(np.int32), edges.row.astype(np.int32)
    return Problem(need, row, w, world.offers.free.astype(np.int64), len(world.needs))


def _certified(problem: Problem) -> Assignment:
    answer = flow(problem)
    certify(problem, answer)
    return answer


def run(options: Options) -> Findings:
    """Certified plans, peers, all pairs, one round."""
    flow(graph(Options(size=200)).plain)  # compiled before the clock starts
    given = graph(options)
    planned = measured(lambda: _certified(given.levelled))
    solved = measured(lambda: _certified(given.plain))
    priced = measured(lambda: _over_all_pairs(given))
    rows = [_planned_row(options, given, planned), *_value_rows(options, given, solved)]
    rows.append(
        Row(
            "plan",
            options.instance,
            "ours, over all feasible pairs",
            {"CPU s": round(priced.cpu_s, 3), "edges": len(priced.answer[0]), "certified": "yes"},
        )
    )
    loads: list[tuple[float, ...]] = []
    one_round = list(_round_rows(options, given, loads))
    targets = (
        *_served_targets(options, given, planned.answer),
        *_cost_targets(options, rows, planned, priced.cpu_s),
        *_round_targets(options, one_round),
    )
    return Findings((*rows, *one_round), targets, _series(options, rows, one_round, loads))


def _over_all_pairs(given: Graph) -> tuple[Problem, Assignment]:
    """Candidates, plan, and pricing until no feasible pair is left that could improve it."""
    world = given.market
    floor = np.full(len(world.needs), P_MIN)
    rows = index(world.offers, WEIGHTS)
    start = top(rows, world.needs, floor)
    pricing = Pricing(rows, world.needs, floor, given.level)

    def scan(y: I64, price: I64) -> tuple[I32, I32, I64]:
        more = pricing.worth_more(y, price)
        w = worth(given.level[more.need], more.q)
        return more.need.astype(np.int32), more.row.astype(np.int32), w

    problem = _problem(world, start, worth(given.level[start.need], start.q))
    problem, answer = optimum(problem, scan)
    certify(problem, answer)
    return problem, answer


def _planned_row(options: Options, given: Graph, planned: Measured[Assignment]) -> Row:
    served = planned.answer.edge >= 0
    return Row(
        "plan",
        options.instance,
        "ours, levels, certified",
        {
            "served": int(served.sum()),
            "urgent": int(served[_urgent(given)].sum()),
            "CPU s": round(planned.cpu_s, 3),
            "peak MB": round(planned.peak_mb),
            "edges": len(given.edges),
        },
    )


def _urgent(given: Graph) -> np.ndarray:
    return np.asarray(bands(given.level) == Band.TODAY)


def _value_rows(options: Options, given: Graph, solved: Measured[Assignment]) -> Iterator[Row]:
    """Each method's value over the optimum of the plain values."""
    best = solved.answer.value
    arrival = np.argsort(np.argsort(-given.market.needs.waited_h, kind="stable"))
    lists: dict[str, Callable[[], I64]] = {
        "first-come nearest": lambda: peers.nearest(given.plain, given.edges.km, arrival),
        "greedy by score": lambda: peers.greedy(given.plain),
        "greedy by urgency": lambda: peers.urgent_first(given.plain, given.level),
    }
    solvers: dict[str, Callable[[], float]] = {
        "scipy sparse assignment": lambda: peers.sparse_assignment(given.plain),
        "OR-tools whole": lambda: peers.ortools(given.plain),
        "HiGHS": lambda: peers.linear_program(given.plain),
    }
    used = solved.answer.edge[solved.answer.edge >= 0]
    own = Measured(used, solved.cpu_s, solved.wall_s, solved.peak_mb)
    yield _value_row(options, given, OURS, own, best=best)
    for name, act in lists.items():
        done = measured(act)
        yield _value_row(options, given, name, done, best=best)
    for name, solve in solvers.items():
        found = measured(solve)
        yield Row(
            "plan",
            options.instance,
            name,
            {"value / optimum": round(found.answer / best, 6), **_cost(found)},
        )


def _value_row(options: Options, given: Graph, name: str, done: Measured[I64], *, best: int) -> Row:
    taken = done.answer
    need = given.plain.need[taken]
    figures = {
        "value / optimum": round(float(given.plain.w[taken].sum()) / best, 6),
        "served": len(need),
        "urgent": int(_urgent(given)[need].sum()),
        "km": round(float(given.edges.km[taken].mean()), 1),
        **_cost(done),
    }
    return Row("plan", options.instance, name, figures)


def _cost(done: Measured[I64] | Measured[float]) -> dict[str, float]:
    return {"CPU s": round(done.cpu_s, 3), "peak MB": round(done.peak_mb)}


def _served_targets(options: Options, given: Graph, plan: Assignment) -> Iterator[Target]:
    served = plan.edge >= 0
    urgent = _urgent(given)
    everyone = np.ones(len(urgent), dtype=np.bool_)
    for name, counted in (("served", everyone), ("urgent served", urgent)):
        most = peers.most_served(given.levelled, counted)
        got = int(served[counted].sum())
        yield Target(f"{options.instance}, {name} / maximum", got / max(1, most), 1.0)


def _cost_targets(
    options: Options, rows: list[Row], planned: Measured[Assignment], all_pairs_s: float
) -> Iterator[Target]:
    figures = {row.method: row.figures for row in rows}
    others = [float(figures[name]["value / optimum"]) for name in ("OR-tools whole", "HiGHS")]
    exact = max(abs(other - 1) for other in others) <= 1e-6
    yield Target(f"{options.instance}, value / optimum, two solvers agree", float(exact), 1.0)
    highs = float(figures["HiGHS"]["CPU s"]) / max(1e-9, float(figures[OURS]["CPU s"]))
    if options.size >= LARGE:
        at_most = partial(Target, at_least=False)
        yield at_most(f"{options.instance}, plan CPU s", planned.cpu_s, 1.5, slack="time")
        yield at_most(f"{options.instance}, plan peak MB", planned.peak_mb, 400)
        yield at_most(f"{options.instance}, all pairs CPU s", all_pairs_s, 10, slack="time")
        if options.scarcity == 1:
            yield Target(f"{options.instance}, times faster than HiGHS", highs, 50, slack="time")


def _round_rows(options: Options, given: Graph, loads: list[tuple[float, ...]]) -> Iterator[Row]:
    """A row per way of asking; `loads` gets how many offers were asked how often by each."""
    world, edges = given.market, given.edges
    urgent = _urgent(given)
    for name, sent in (
        (OURS, rounds.ours(world, WEIGHTS)),
        ("three nearest", rounds.three(edges, edges.km)),
        ("top three by score", rounds.three(edges, -edges.p)),
    ):
        served = rounds.accepted(world, sent, options.seed)
        load = rounds.load(world, sent)
        loads.append(tuple(np.bincount(np.minimum(load, _MANY), minlength=_MANY + 1).tolist()))
        figures = {
            "served": round(float(served.sum())),
            "urgent": round(float(served[urgent].sum())),
            "proposals": len(sent),
            "most per place": round(float((load / np.maximum(1, world.offers.free)).max()), 1),
            "flooded": round(rounds.flooded(world, load), 4),
            "load Gini": round(rounds.gini(load), 3),
            "language gap": round(rounds.language_gap(world, served), 3),
            "never asked for": round(1 - len(np.unique(sent.need)) / len(served), 3),
        }
        yield Row("one round", options.instance, name, figures)


def _round_targets(options: Options, rows: list[Row]) -> Iterator[Target]:
    mine, near, score = (row.figures for row in rows)
    served = float(mine["served"])
    yield Target(
        f"{options.instance}, live proposals per free place",
        float(mine["most per place"]),
        3,
        at_least=False,
    )
    if options.scarcity == 1 and options.size >= MIDDLE:
        yield Target(
            f"{options.instance}, one round, served against three nearest",
            served / float(near["served"]),
            1.13,
            slack="ratio",
        )
        yield Target(
            f"{options.instance}, one round, served against top three",
            served / float(score["served"]),
            1.29,
            slack="ratio",
        )


def _series(
    options: Options, rows: list[Row], one_round: list[Row], loads: list[tuple[float, ...]]
) -> dict[str, Mapping[str, tuple[float, ...]]]:
    name = options.instance
    values = {
        row.method: (float(row.figures["value / optimum"]),)
        for row in rows
        if "value / optimum" in row.figures
    }
    return {
        f"Value by method, {name}": values,
        f"One round, served by method, {name}": {
            row.method: (float(row.figures["served"]),) for row in one_round
        },
        f"One round, urgent against served, {name}": {
            row.method: (float(row.figures["served"]), float(row.figures["urgent"]))
            for row in one_round
        },
        f"Rows by proposals received ({', '.join(row.method for row in one_round)}), {name}": {
            f"{times} or more" if times == _MANY else f"{times}": counts
            for times, counts in enumerate(zip(*loads, strict=True))
        },
    }
