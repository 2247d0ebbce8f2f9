"""Looking at living processes, as the kernel lists them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

linux_only = pytest.mark.skipif(
    sys.platform != "linux", reason="the wish to die with the parent is Linux's"
)
as_root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def living_with(text: str) -> set[int]:
    """Every process whose command line mentions the text, this one and its parents apart."""
    found = set()
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            mentioned = text in line.read_text(errors="replace")
        except OSError:  # it ended meanwhile
            continue
        if mentioned:
            found.add(int(line.parent.name))
    return found - {os.getpid(), os.getppid()}


def descendants(pid: int) -> set[int]:
    """Every process below this one, with the numbers they have now."""
    children: dict[int, set[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(after_name[1]), set()).add(int(status.parent.name))
    below, look = set(), [pid]
    while look:
        found = children.get(look.pop(), set())
        below |= found
        look.extend(found)
    return below


def alive(pids: set[int]) -> set[int]:
    """Those that still run; a zombie that nobody has buried yet does not."""
    running = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            running.add(pid)
    return running


def eventually(holds: Callable[[], bool], *, seconds: float = 8) -> bool:
    """Wait for a condition; say whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def started(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """Run a supervisor; end it and whatever it started with the block."""
    process = subprocess.Popen(  # noqa: S603 -- our own scripts
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        for pid in [process.pid, *descendants(process.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
