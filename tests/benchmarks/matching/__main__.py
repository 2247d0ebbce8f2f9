"""The engine's benchmark: the same markets for us and for everyone else, and what we promise.

    python -m tests.benchmarks.matching [plan|candidates|incremental|replay|groups|fit]
        --size 1k|10k|100k --scarcity 1|3|10 --seed 1 --offers N
        --json FILE --markdown FILE --plots FOLDER [--ci]

Leaves with 0 only if every target of the run holds.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.matching import (
    candidates,
    fit,
    groups,
    incremental,
    output,
    plan,
    plots,
    replay,
)
from tests.benchmarks.matching.report import Findings, Options, Part

PARTS: Mapping[str, Part] = {
    "plan": plan.run,
    "candidates": candidates.run,
    "incremental": incremental.run,
    "replay": replay.run,
    "groups": groups.run,
    "fit": fit.run,
}
SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000}


def wanted(arguments: argparse.Namespace) -> Iterator[Options]:
    """What to run, in which order; a short form of everything under --ci."""
    chosen = Options(
        part=arguments.part,
        size=SIZES[arguments.size],
        scarcity=arguments.scarcity,
        seed=arguments.seed,
        offers=arguments.offers,
        ci=arguments.ci,
    )
    if not arguments.ci:
        yield chosen
        return
    for size in (1_000, 10_000):
        for scarcity in (1, 3, 10):
            yield replace(chosen, part="plan", size=size, scarcity=scarcity)
    small, middle = replace(chosen, size=1_000), replace(chosen, size=10_000, scarcity=1)
    yield replace(middle, part="candidates", offers=100_000)
    yield replace(middle, part="incremental")
    yield replace(small, part="replay")
    yield replace(small, part="groups", scarcity=1)
    yield replace(small, part="fit")


def merged(parts: list[Findings]) -> Findings:
    """All findings as one."""
    return Findings(
        rows=tuple(row for part in parts for row in part.rows),
        targets=tuple(target for part in parts for target in part.targets),
        series={name: series for part in parts for name, series in part.series.items()},
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="?", choices=PARTS, default="plan")
    parser.add_argument("--size", choices=SIZES, default="1k")
    parser.add_argument("--scarcity", type=int, choices=(1, 3, 10), default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--offers", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--plots", type=Path)
    parser.add_argument("--ci", action="store_true")
    arguments = parser.parse_args()
    parts = []
    for options in wanted(arguments):
        start = time.perf_counter()
        parts.append(PARTS[options.part](options))
        seconds = time.perf_counter() - start
        print(f"{options.part} {options.instance}: {seconds:.1f} s", file=sys.stderr)
    findings = merged(parts)
    output.write(
        findings,
        seed=arguments.seed,
        ci=arguments.ci,
        to_json=arguments.json,
        to_md=arguments.markdown,
    )
    if arguments.plots:
        plots.draw(findings, arguments.plots)
    print(output.as_markdown(findings, ci=arguments.ci))
    print(output.closing(findings, ci=arguments.ci))
    return 0 if all(target.met(ci=arguments.ci) for target in findings.targets) else 1


if __name__ == "__main__":
    sys.exit(main())
