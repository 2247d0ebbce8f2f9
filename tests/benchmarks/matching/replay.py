"""The replay: seven policies live through the same two weeks, many answers and some patience.

Figures rank policies, they do not forecast. The bound knows every answer beforehand.
"""

from collections.abc import Callable, Collection, Mapping

import numpy as np
from scipy.optimize import linprog  # type: ignore[import-untyped]  # it ships no types
from scipy.sparse import coo_array, vstack  # type: ignore[import-untyped]  # it ships no types

from tests.benchmarks.matching.replay_game import Game, Rule
from tests.benchmarks.matching.replay_rules import OneByOne, Ours, most_pressing, oldest
from tests.benchmarks.matching.replay_world import World, world
from tests.benchmarks.matching.report import Findings, Options, Row, Target

SEEDS = (400, 401, 402, 403, 404)
SCARCITIES = (1, 3, 10)
NEEDS = 4_000  # of 1,000 only three pressing ones are served at 10:1: no ratio stands on that
HAND, FIRST = "manual list", "first-come nearest"
UNCHECKED, CHECKED = "three nearest, unchecked", "three nearest, checked"
GREEDY, PLAIN, OURS = "greedy urgent-first", "ours, no reserve", "ours, phi = .8"
BOUND = "knowing every answer"

RULES: Mapping[str, Callable[[World], Rule]] = {
    HAND: lambda w: OneByOne(w, order=oldest, by=w.edges.km, office=True),
    FIRST: lambda w: OneByOne(w, order=oldest, by=w.edges.km),
    UNCHECKED: lambda w: OneByOne(w, order=oldest, by=w.edges.km, width=3, checked=False),
    CHECKED: lambda w: OneByOne(w, order=oldest, by=w.edges.km, width=3),
    GREEDY: lambda w: OneByOne(w, order=most_pressing, by=-w.edges.p),
    PLAIN: lambda w: Ours(w, phi=0.0),
    OURS: lambda w: Ours(w, phi=0.8),
}
JUDGED = (FIRST, CHECKED, OURS)  # whom the targets name
FIGURES = ("served", "urgent", "proposals per match", "flooded %")


def replayed(lived: World, rules: Collection[str]) -> dict[str, tuple[float, ...]]:
    """The four figures of these policies in one world."""
    figures: dict[str, tuple[float, ...]] = {}
    for name in rules:
        game = Game(lived)
        game.play(RULES[name](lived))
        figures[name] = (
            float(game.served.mean()),
            float(game.served[lived.urgent].mean()),
            game.sent / max(1, int(game.served.sum())),
            100 * float(game.flooded.mean()),
        )
    return figures


def unbeatable(lived: World) -> tuple[float, ...]:
    """The most served, and the most urgent served, had every answer been known."""
    everyone = np.ones(len(lived.comes))
    return (bound(lived, everyone), bound(lived, lived.urgent * 1.0), 1.0, 0.0)


def bound(lived: World, counts: np.ndarray) -> float:
    """The largest share of the needs that count, if all answers were known: a linear program."""
    edges = lived.edges
    need, row = edges.need, edges.row
    start = np.maximum(lived.comes[need], lived.opens[row]) + lived.delay
    good = (lived.luck < lived.truth) & (start < np.minimum(lived.leaves[need], lived.closes[row]))
    need, row = need[good], row[good]
    order = np.arange(len(need))
    size = lived.market.needs.size.astype(np.float64)
    once = coo_array((np.ones(len(need)), (need, order)), shape=(len(size), len(need)))
    places = coo_array((size[need], (row, order)), shape=(len(lived.opens), len(need)))
    free = lived.market.offers.free.astype(np.float64)
    found = linprog(
        -counts[need],
        A_ub=vstack((once, places)).tocsr(),
        b_ub=np.concatenate((np.ones(len(size)), free)),
        bounds=(0, 1),
        method="highs",
    )
    return float(-found.fun / counts.sum())


def run(options: Options) -> Findings:
    """All scarcities, seeds and policies; under --ci one world at 10:1 and whom targets name."""
    seeds, rules = (SEEDS[:1], JUDGED) if options.ci else (SEEDS, tuple(RULES))
    rows: list[Row] = []
    means: dict[tuple[int, str], np.ndarray] = {}
    for scarcity in SCARCITIES[-1:] if options.ci else SCARCITIES:
        lived = []
        for seed in seeds:
            place = world(NEEDS, scarcity, seed)
            best = {} if options.ci else {BOUND: unbeatable(place)}
            lived.append(replayed(place, rules) | best)
        for method in lived[0]:
            mean = np.mean([each[method] for each in lived], axis=0)
            means[scarcity, method] = mean
            figures = dict(zip(FIGURES, (round(float(x), 3) for x in mean), strict=True))
            rows.append(Row("replay", f"{scarcity}:1", method, figures))
    scarce = {method: mean for (s, method), mean in means.items() if s == SCARCITIES[-1]}
    mine = [mean for (_, method), mean in means.items() if method == OURS]
    return Findings(
        rows=tuple(rows),
        targets=(
            _ratio("urgent against three nearest, checked", scarce, CHECKED, 2.0),
            _ratio("urgent against first-come", scarce, FIRST, 3.0),
            Target("flooded %", max(float(each[3]) for each in mine), 0.0, at_least=False),
            Target(
                "proposals per match",
                max(float(each[2]) for each in mine),
                4.0,
                at_least=False,
                slack="ratio",
            ),
        ),
        series={
            "urgent against served": {
                method: (float(mean[0]), float(mean[1])) for method, mean in scarce.items()
            }
        },
    )


def _ratio(name: str, means: Mapping[str, np.ndarray], other: str, least: float) -> Target:
    return Target(
        f"replay 10:1, {name}",
        float(means[OURS][1] / max(1e-9, means[other][1])),
        least,
        slack="ratio",
    )
