"""What the gates found, as a table for people and as JSON for programs."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.gates.looks import Fault

NAMES = {
    "G1": "cold visit",
    "G2": "warm visit, fragment",
    "G3": "hosts, fonts, files",
    "G4": "Lighthouse, first words",
    "G5": "axe",
    "G6": "journeys without JavaScript",
    "G7": "320 px, zoom, spacing, forced colours",
    "G8": "languages",
    "G9": "targets, tab stops, focus",
    "G10": "sentences",
    "G11": "server p95",
    "G12": "markup, policy",
    "G13": "budgets of journeys",
}


@dataclass
class Gate:
    """One gate: what was measured, what it may be, and what is wrong."""

    name: str
    measured: str
    limit: str
    faults: Sequence[Fault] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return not self.faults


def table(gates: Sequence[Gate]) -> str:
    rows = [("gate", "what", "measured", "limit", "pass")]
    rows += [
        (one.name, NAMES[one.name], one.measured, one.limit, "yes" if one.is_open else "NO")
        for one in gates
    ]
    widths = [max(len(row[at]) for row in rows) for at in range(5)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
             for row in rows]  # fmt: skip
    return "\n".join(lines)


def worst(gates: Sequence[Gate], most: int = 12) -> str:
    """The faults that occur most, each with one page that shows it."""
    lines = []
    for gate in gates:
        kinds: Counter[str] = Counter(fault.what for fault in gate.faults)
        for what, times in kinds.most_common(most):
            page = next(fault.page for fault in gate.faults if fault.what == what)
            lines.append(f"{gate.name} {times} times {what}  [{page}]")
    return "\n".join(lines)


def write(path: Path, gates: Sequence[Gate], about: dict[str, object]) -> None:
    found = [
        {
            "gate": one.name,
            "what": NAMES[one.name],
            "measured": one.measured,
            "limit": one.limit,
            "pass": one.is_open,
            "faults": [asdict(fault) for fault in one.faults],
        }
        for one in gates
    ]
    result = {**about, "pass": all(one.is_open for one in gates), "gates": found}
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
