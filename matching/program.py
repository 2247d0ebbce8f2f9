"""The program for unsplittable groups, in a process of its own that may be killed.

    python -m matching.program

reads problems and writes choices, one after the other, until its input ends. The solver behind it
overruns its time limits and prints where it should not; neither reaches the caller.
"""

import os
import sys
from io import BytesIO
from math import floor
from typing import IO

import numpy as np
from scipy.optimize import (  # type: ignore[import-untyped]  # ships no types
    Bounds,
    LinearConstraint,
    OptimizeResult,
    milp,
)
from scipy.sparse import coo_array, vstack  # type: ignore[import-untyped]  # ships no types

from matching.columns import F64, I64
from matching.waiting import Band

Arrays = dict[str, I64]
_HEAD = 8
_OPTIMAL = 0
_QUALITY_GAP = 1e-4
_NEARLY = 1e-6
_UNKNOWN = -1


def send(pipe: IO[bytes], arrays: Arrays) -> None:
    """Write some arrays with their length before them."""
    body = BytesIO()
    np.savez(body, allow_pickle=False, **arrays)
    pipe.write(body.tell().to_bytes(_HEAD, "little") + body.getvalue())
    pipe.flush()


def receive(pipe: IO[bytes]) -> Arrays | None:
    """What `send` wrote; None at the end."""
    head = pipe.read(_HEAD)
    if len(head) < _HEAD:
        return None
    with np.load(BytesIO(pipe.read(int.from_bytes(head, "little")))) as arrays:
        return dict(arrays)


class _Program:
    """One component: each need at most once, each row within its units and parties."""

    def __init__(self, given: Arrays) -> None:
        need, row, self.size = given["need"], given["row"], given["size"][given["need"]]
        self.count = len(need)
        edge, ones = np.arange(self.count), np.ones(self.count)
        n, m = int(need.max()) + 1, len(given["units"])
        matrix = vstack(
            (
                coo_array((ones, (need, edge)), shape=(n, self.count)),
                coo_array((self.size, (row, edge)), shape=(m, self.count)),
                coo_array((ones, (row, edge)), shape=(m, self.count)),
            ),
            format="csr",
        )
        most = np.concatenate((np.ones(n), given["units"], given["parties"]))
        self.rules = [LinearConstraint(matrix, ub=most)]

    def best(self, worth: F64, gap: float, *, whole: bool = True) -> OptimizeResult:
        """The heaviest choice; not `whole`, fractions of parties are allowed."""
        return milp(
            -worth,
            integrality=np.full(self.count, whole, dtype=np.int64),
            bounds=Bounds(0, 1),
            constraints=self.rules,
            options={"mip_rel_gap": gap},
        )

    def keep(self, worth: F64, least: int) -> None:
        """From now on this must be reached."""
        self.rules.append(LinearConstraint(worth[None, :], lb=least - 0.5))


def _most(program: _Program, persons: F64, known: int) -> int | None:
    """Most persons; a plan with `known` of them needs no search if no fraction does better."""
    bound = program.best(persons, 0.0, whole=False)
    if bound.status == _OPTIMAL and floor(-bound.fun + _NEARLY) == known:
        return known
    found = program.best(persons, 0.0)
    return round(-found.fun) if found.status == _OPTIMAL else None


def solve(given: Arrays) -> Arrays:
    """Most persons of the highest band, then of the next, last the likeliest; the edges chosen.

    `known` are the persons by band of some plan.
    """
    nothing = {"proved": np.zeros(1, np.int64), "edge": np.zeros(0, np.int64)}
    program = _Program(given)
    band = given["band"][given["need"]]
    for one in sorted(Band, reverse=True):
        persons = np.where(band == one, program.size, 0).astype(np.float64)
        most = _most(program, persons, int(given["known"][one]))
        if most is None:
            return nothing
        if most != given["known"][one]:
            given["known"][:] = _UNKNOWN
        program.keep(persons, most)
    found = program.best(program.size * given["q"] / 100_000, _QUALITY_GAP)
    if found.status != _OPTIMAL:
        return nothing
    return {"proved": np.ones(1, np.int64), "edge": np.flatnonzero(np.rint(found.x))}


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    while (given := receive(sys.stdin.buffer)) is not None:
        send(answers, solve(given))


if __name__ == "__main__":
    main()
