"""How long, how much, how long at worst."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Generic, TypeVar

import numpy as np

from matching.columns import F64

_Answer = TypeVar("_Answer")
_STATUS, _FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Measured(Generic[_Answer]):
    """An answer, its processor and wall seconds, and the most memory held meanwhile."""

    answer: _Answer
    cpu_s: float
    wall_s: float
    peak_mb: float


def peak_mb() -> float:
    """The most memory this process has held; since `measured` began, where the system tells."""
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def measured(act: Callable[[], _Answer]) -> Measured[_Answer]:
    """Do it once."""
    if _FORGET.exists():
        _FORGET.write_text("5", encoding="utf-8")
    wall, cpu = time.perf_counter(), time.process_time()
    answer = act()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Measured(answer, cpu, wall, peak_mb())


def percentiles(seconds: F64) -> dict[str, float]:
    """Mean, median and worst percent, in microseconds."""
    micro = 1e6 * seconds
    return {
        "mean µs": round(float(micro.mean()), 1),
        "p50 µs": round(float(np.median(micro)), 1),
        "p99 µs": round(float(np.quantile(micro, 0.99)), 1),
    }
