"""Findings as JSON, as a markdown table, and as the lines that end a run."""

import json
import os
import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.benchmarks.matching.report import Figure, Findings, Row, Target

SCHEMA = 1
_PACKAGES = ("numpy", "scipy", "numba", "ortools")


def as_json(findings: Findings, *, seed: int, ci: bool) -> dict[str, Any]:
    """All rows and targets, and what they were measured with."""
    return {
        "schema": SCHEMA,
        "seed": seed,
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in _PACKAGES},
        },
        "cores": os.cpu_count(),
        "rows": [
            {"part": row.part, "instance": row.instance, "method": row.method, **row.figures}
            for row in findings.rows
        ],
        "targets": [
            {
                "name": target.name,
                "value": round(target.value, 6),
                "target": target.target,
                "met": target.met(ci=ci),
            }
            for target in findings.targets
        ],
    }


def as_markdown(findings: Findings, *, ci: bool) -> str:
    """One table per part and instance, then the targets."""
    blocks = []
    for (part, instance), rows in groupby(findings.rows, lambda row: (row.part, row.instance)):
        blocks.append("\n".join((f"**{part}, {instance}**", "", *_table(list(rows)))))
    lines = ["|target|value|wanted|met|", "|---|---:|---:|---|"]
    lines += [
        f"|{each.name}|{_shown(each.value)}|{_wanted(each)}|{'yes' if each.met(ci=ci) else 'NO'}|"
        for each in findings.targets
    ]
    blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _wanted(target: Target) -> str:
    return f"{'≥' if target.at_least else '≤'} {_shown(target.target)}"


def _table(rows: Sequence[Row]) -> Iterator[str]:
    names = list(dict.fromkeys(name for row in rows for name in row.figures))
    yield f"|method|{'|'.join(names)}|"
    yield f"|---|{'---:|' * len(names)}"
    for row in rows:
        yield f"|{row.method}|{'|'.join(_shown(row.figures.get(name, '')) for name in names)}|"


def _shown(figure: Figure) -> str:
    if isinstance(figure, str):
        return figure
    if isinstance(figure, int) or figure == int(figure):
        return f"{int(figure):,}"
    return f"{figure:,.1f}" if abs(figure) >= 100 else f"{figure:.4g}"


def write(
    findings: Findings, *, seed: int, ci: bool, to_json: Path | None, to_md: Path | None
) -> None:
    """Write what was asked for."""
    if to_json:
        text = json.dumps(as_json(findings, seed=seed, ci=ci), indent=1, ensure_ascii=False)
        to_json.write_text(text + "\n", encoding="utf-8")
    if to_md:
        to_md.write_text(as_markdown(findings, ci=ci), encoding="utf-8")


def closing(findings: Findings, *, ci: bool) -> str:
    """The last line of a run."""
    met = sum(target.met(ci=ci) for target in findings.targets)
    return f"targets {met}/{len(findings.targets)} met"
