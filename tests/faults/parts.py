"""The processes of a running platform, found as the kernel lists them, and signals to them."""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

WEB, WORKER, QUEUE, DATABASE = "web", "worker", "Valkey", "PostgreSQL"
_MARKS = (
    (WEB, "app.cli.main\0run"),
    (WORKER, "tests.faults.worker"),
    (QUEUE, "valkey"),
    (DATABASE, "bin/postgres"),
)


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    words: str


def processes() -> list[Process]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
            words = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:  # it ended meanwhile
            continue
        if stat[0] != "Z":
            found.append(Process(int(folder.name), int(stat[1]), words))
    return found


def pids_of(supervisor: int, part: str) -> list[int]:
    """The part's processes in the order of their start; of PostgreSQL the server alone."""
    mark = dict(_MARKS)[part]
    return sorted(one.pid for one in processes() if one.parent == supervisor and mark in one.words)


def kill(supervisor: int, part: str, which: int = 0) -> int:
    """Kill -9; of PostgreSQL all its processes at once. How many parts were hit."""
    pids = pids_of(supervisor, part)
    if not pids:
        return 0
    victim = pids[which % len(pids)]
    family = [victim]
    if part == DATABASE:
        family += [one.pid for one in processes() if one.parent == victim]
    for pid in family:
        tell(pid, signal.SIGKILL)
    return 1


def tell(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
