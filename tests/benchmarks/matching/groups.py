"""Parties of one to four that stay together: moves alone, and the program that proves."""

import numpy as np

from matching.assign import Assignment, Problem, worth
from matching.columns import I64
from matching.groups import groups
from matching.index import index, top
from matching.market import canonical
from matching.score import P_MIN
from matching.waiting import Band, bands, level
from tests.benchmarks.matching.markets import WEIGHTS, market
from tests.benchmarks.matching.meter import Measured, measured
from tests.benchmarks.matching.report import Findings, Options, Row, Target


def run(options: Options) -> Findings:
    """The same top-20 edges, first without, then with the program."""
    world = canonical(market(options.size, options.scarcity, options.seed, groups=True))
    edges = top(index(world.offers, WEIGHTS), world.needs, np.full(options.size, P_MIN))
    levels = level(world.needs.urgency, world.needs.waited_h)
    problem = Problem(
        need=edges.need.astype(np.int32),
        row=edges.row.astype(np.int32),
        w=worth(levels[edges.need], edges.q),
        capacity=world.offers.free.astype(np.int64),
        n=options.size,
    )
    size = world.needs.size.astype(np.int64)
    moves = measured(lambda: groups(problem, size, levels, limit_s=0))
    program = measured(lambda: groups(problem, size, levels))
    rows = tuple(
        Row("groups", options.instance, name, _figures(done, size, levels))
        for name, done in (("moves", moves), ("program by bands", program))
    )
    persons, proved = (_persons(each.answer, size).sum() for each in (moves, program))
    return Findings(
        rows,
        (
            Target(f"groups {options.instance}, proven", float(program.answer.proved), 1.0),
            Target(
                f"groups {options.instance}, persons by moves / proven",
                float(persons / proved),
                0.95,
                slack="ratio",
            ),
        ),
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
