"""Parties of one to four that stay together: moves alone, and the program that proves."""

import numpy as np

from matching.assign import Assignment, Problem, worth
from matching.columns import I64, Bool
from matching.groups import groups
from matching.index import index, top
from matching.market import Market, canonical
from matching.score import P_MIN
from matching.waiting import Band, bands, level
from tests.benchmarks.matching.markets import KINDS, WEIGHTS, market
from tests.benchmarks.matching.meter import Measured, measured
from tests.benchmarks.matching.report import Findings, Options, Row, Target


def run(options: Options) -> Findings:
    """Near categories are to be proved; the one that joins all cities rests on the moves."""
    world = canonical(market(options.size, options.scarcity, options.seed, groups=True))
    far = next(kind.category for kind in KINDS if kind.name == "conversation")
    near = _compared(options, world, "near", world.needs.category != far)
    remote = _compared(options, world, "all cities", world.needs.category == far)
    persons = [float(str(row.figures["persons"])) for row in near]
    return Findings(
        (*near, *remote),
        (
            Target(
                f"groups {options.instance}, proven",
                float(near[1].figures["proved"] == "yes"),
                1.0,
            ),
            Target(
                f"groups {options.instance}, persons by moves / proven",
                persons[0] / persons[1],
                0.95,
                slack="ratio",
            ),
        ),
    )


def _compared(options: Options, world: Market, name: str, which: Bool) -> tuple[Row, ...]:
    """The same top-20 edges, first without, then with the program."""
    needs = world.needs.take(np.flatnonzero(which))
    edges = top(index(world.offers, WEIGHTS), needs, np.full(len(needs), P_MIN))
    levels = level(needs.urgency, needs.waited_h)
    problem = Problem(
        need=edges.need.astype(np.int32),
        row=edges.row.astype(np.int32),
        w=worth(levels[edges.need], edges.q),
        capacity=world.offers.free.astype(np.int64),
        n=len(needs),
    )
    size = needs.size.astype(np.int64)
    done = {
        f"{name}, moves": measured(lambda: groups(problem, size, levels, limit_s=0)),
        f"{name}, program by bands": measured(lambda: groups(problem, size, levels)),
    }
    return tuple(
        Row("groups", options.instance, method, _figures(each, size, levels))
        for method, each in done.items()
    )


def _persons(plan: Assignment, size: I64) -> I64:
    return np.where(plan.edge >= 0, size, 0)


def _figures(done: Measured[Assignment], size: I64, levels: I64) -> dict[str, float | int | str]:
    persons, band = _persons(done.answer, size), bands(levels)
    return {
        "persons": int(persons.sum()),
        **{f"persons {one.name.lower()}": int(persons[band == one].sum()) for one in Band},
        "parties": int((persons > 0).sum()),
        "wall s": round(done.wall_s, 2),
        "proved": "yes" if done.answer.proved else "no",
    }
