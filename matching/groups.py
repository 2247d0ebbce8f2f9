"""Groups that must stay together: who is served where parties of several sizes share a row.

Such sets of needs are no matroid, so no single weight tells who comes first: the bands are served
in sequence, most persons of the most pressing band before all else. Proved by a program in a
process that is killed when it takes too long; then the answer of the moves in `eject` stands.
"""

import sys
from dataclasses import dataclass, replace
from select import select
from subprocess import DEVNULL, PIPE, Popen
from typing import IO, cast

import numpy as np

from matching.assign import LEVEL_BITS, Assignment, Part, Problem, components, flow
from matching.columns import I64, Bool
from matching.eject import settle
from matching.program import Arrays, receive, send
from matching.waiting import Band, bands

MOST_EDGES = 15_000  # beyond, as where categories reach all cities, the program is hopeless
_BAND_WORTH = np.array([1 << 18, 1 << 30, 1 << 42])


@dataclass(frozen=True, eq=False)
class _Limits:
    """Per need its party's size and band; per row units and parties."""

    size: I64
    band: I64
    units: I64
    parties: I64

    def of(self, part: Part) -> "_Limits":
        needs, rows = part.needs, part.rows
        return _Limits(self.size[needs], self.band[needs], self.units[rows], self.parties[rows])


def groups(
    problem: Problem,
    size: I64,
    level: I64,
    *,
    parties: I64 | None = None,
    limit_s: float = 20,
) -> Assignment:
    """The plan of parties of these sizes; `capacity` counts units, `parties` limits heads.

    Component by component: a flow where every row hears one size only, else the program, at most
    `limit_s` seconds each (0: not at all). Unproved, the bound is that of parties of one.
    """
    units = problem.capacity
    limits = _Limits(
        size, bands(level), units, units if parties is None else np.minimum(parties, units)
    )
    edge = np.full(problem.n, -1, dtype=np.int64)
    value = bound = 0
    proved = True
    prover = _Prover(limit_s)
    try:
        for part in components(problem):
            answer = _part(part.problem, limits.of(part), prover)
            used = answer.edge >= 0
            edge[part.needs[used]] = part.edges[answer.edge[used]]
            value, bound = value + answer.value, bound + answer.bound
            proved = proved and answer.proved
    finally:
        prover.end()
    none = np.zeros(0, dtype=np.int64)
    return Assignment(edge, none, none, value, bound, proved)


def _part(problem: Problem, limits: _Limits, prover: "_Prover") -> Assignment:
    fits = limits.size[problem.need] <= limits.units[problem.row]
    one_size = _one_size(problem, limits, np.flatnonzero(fits))
    kept = Problem(
        problem.need[fits],
        problem.row[fits],
        problem.w[fits],
        limits.parties if one_size is None else one_size,
        problem.n,
    )
    relaxed = flow(kept)
    if one_size is not None:
        return replace(relaxed, edge=_outside(relaxed.edge, fits))
    edge = settle(kept, limits.size, limits.units, limits.parties, _value(kept, limits))
    chosen = prover.best(kept, limits, edge[edge >= 0])
    if chosen is not None:
        edge = np.full(problem.n, -1, dtype=np.int64)
        edge[kept.need[chosen]] = chosen
    value = int(kept.w[edge[edge >= 0]].sum())
    proved = chosen is not None
    bound = value if proved else relaxed.bound
    return Assignment(_outside(edge, fits), relaxed.y, relaxed.price, value, bound, proved)


def _outside(edge: I64, fits: Bool) -> I64:
    """Edges by the names they have among all, not among those that fit."""
    names = np.append(np.flatnonzero(fits), -1)
    return np.asarray(names[edge])


def _one_size(problem: Problem, limits: _Limits, fitting: I64) -> I64 | None:
    """Parties per row where each row hears one size or takes one party; else None."""
    size, row = limits.size[problem.need[fitting]], problem.row[fitting]
    small = np.full(len(limits.units), np.iinfo(np.int64).max)
    large = np.zeros(len(limits.units), dtype=np.int64)
    np.minimum.at(small, row, size)
    np.maximum.at(large, row, size)
    takes = np.minimum(limits.parties, limits.units // small)
    return takes if np.all((large == small) | (large == 0) | (takes <= 1)) else None


def _value(problem: Problem, limits: _Limits) -> I64:
    """One weight for the moves, which promise nothing: persons by band, then their chances."""
    q = problem.w & ((1 << LEVEL_BITS) - 1)
    need = problem.need
    return np.asarray(limits.size[need] * (_BAND_WORTH[limits.band[need]] + q))


class _Prover:
    """The child process; started when first asked, killed when it takes too long."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._child: Popen[bytes] | None = None

    def best(self, problem: Problem, limits: _Limits, known: I64) -> I64 | None:
        """The edges of a proven plan, or None when there is no proof in time.

        `known` are the edges of some plan.
        """
        if self._limit_s <= 0 or not 0 < len(problem) <= MOST_EDGES:
            return None
        given: Arrays = {
            "need": problem.need.astype(np.int64),
            "row": problem.row.astype(np.int64),
            "q": problem.w & ((1 << LEVEL_BITS) - 1),
            "size": limits.size,
            "band": limits.band,
            "known": np.bincount(
                limits.band[problem.need[known]], limits.size[problem.need[known]], len(Band)
            ).astype(np.int64),
            "units": limits.units,
            "parties": limits.parties,
        }
        answer = self._ask(given)
        return answer["edge"] if answer is not None and answer["proved"][0] else None

    def _ask(self, given: Arrays) -> Arrays | None:
        if self._child is None:
            command = [sys.executable, "-m", "matching.program"]
            self._child = Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)  # noqa: S603 - own module
        answers = cast("IO[bytes]", self._child.stdout)
        try:
            send(cast("IO[bytes]", self._child.stdin), given)
        except BrokenPipeError:
            self.end()
            return None
        ready, _, _ = select([answers], [], [], self._limit_s)
        answer = receive(answers) if ready else None
        if answer is None:
            self.end()
        return answer

    def end(self) -> None:
        """Kill the child, if any."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None
