"""After kill -9 of a supervisor no process of it remains, and nothing it promised is lost."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from app.embedded import child
from app.embedded.launch import NOBODY
from tests.embedded.processes import (
    alive,
    as_root_only,
    descendants,
    eventually,
    linux_only,
    started,
)

_SCRIPT = [sys.executable, "-m", "tests.embedded.small_supervisor"]


def _first_words(process: subprocess.Popen[str]) -> dict[str, object]:
    assert process.stdout is not None
    line = process.stdout.readline()  # it writes this line, or its error, or ends
    if not line.startswith("{"):
        raise AssertionError(line + process.stdout.read())
    told: dict[str, object] = json.loads(line)
    return told


def _start_and_kill(command: list[str]) -> tuple[dict[str, object], set[int]]:
    """Run a supervisor until it told its counts, kill -9 it; give the counts and who remains."""
    with started(command) as supervisor:
        told = _first_words(supervisor)
        below = descendants(supervisor.pid)
        assert below
        os.kill(supervisor.pid, signal.SIGKILL)
        eventually(lambda: not alive(below))
        return told, alive(below)


@linux_only
@pytest.mark.parametrize("way", ["kept", pytest.param("nobody", marks=as_root_only)])
def test_nothing_remains_and_nothing_is_lost(tmp_path: Path, way: str) -> None:
    for start in (1, 2):
        told, remaining = _start_and_kill([*_SCRIPT, str(tmp_path / "run"), way])
        assert (told["rows"], told["keys"]) == (start, start)
        assert not remaining


@linux_only
@as_root_only
def test_a_plain_user_needs_nothing_more() -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own is closed to other users
        os.chown(folder, NOBODY, NOBODY)
        # Started as root, then uid 65534 for good: what it starts is a plain user's from then on.
        run = Path(folder) / "run"
        as_plain_user = child.launched([*_SCRIPT, str(run), "kept"], identity="nobody")
        told, remaining = _start_and_kill(as_plain_user)
        assert (told["rows"], told["keys"]) == (1, 1)
        assert not remaining
        assert (run / "postgres" / "data").stat().st_uid == NOBODY


@linux_only
def test_the_naive_way_leaves_a_process_and_loses_data(tmp_path: Path) -> None:
    """Show that the checks above can fail."""
    command = [*_SCRIPT, str(tmp_path), "naive"]
    with started(command) as supervisor:
        assert _first_words(supervisor)["keys"] == 1
        below = descendants(supervisor.pid)
        os.kill(supervisor.pid, signal.SIGKILL)
        supervisor.wait()
        remaining = alive(below) if not eventually(lambda: not alive(below), seconds=0.5) else set()
        for left in remaining:
            os.kill(left, signal.SIGKILL)
    assert remaining
    assert eventually(lambda: not alive(below))
    with started(command) as supervisor:
        assert _first_words(supervisor)["keys"] == 1
