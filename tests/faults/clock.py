"""A process whose clock jumps: its wall clock alone, for nothing may hang on that.

SIGUSR1 sets it an hour forward, SIGUSR2 an hour back. Install it before anything else is imported.
"""

import signal
import time
from datetime import UTC, datetime
from types import FrameType

import app.clock

HOUR = 3_600
_true_time = time.time
_ahead = 0


def install() -> None:
    """From now on every module imported later sees a clock that signals move."""
    time.time = _time
    app.clock.now = _now
    signal.signal(signal.SIGUSR1, _jump)
    signal.signal(signal.SIGUSR2, _jump)


def _time() -> float:
    return _true_time() + _ahead


def _now() -> datetime:
    return datetime.fromtimestamp(_time(), UTC)


def _jump(number: int, _: FrameType | None) -> None:
    global _ahead  # noqa: PLW0603 - a process has one clock
    _ahead += HOUR if number == signal.SIGUSR1 else -HOUR
