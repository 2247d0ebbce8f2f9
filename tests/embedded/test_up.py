"""`solidare up`: one command runs everything, and stopping it in any way leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app import embedded
from app.embedded.folder import free_port
from tests.embedded.processes import (
    alive,
    descendants,
    eventually,
    linux_only,
    living_with,
    started,
)

_SOLIDARE = [sys.executable, "-m", "app.cli.main"]


@pytest.fixture(autouse=True)
def nothing_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in [name for name in os.environ if name.startswith("SOLIDARE_")]:
        monkeypatch.delenv(name)


def _up(folder: Path, port: int) -> list[str]:
    return [*_SOLIDARE, "up", "--folder", str(folder), "--port", str(port)]


def _await_ready(process: subprocess.Popen[str]) -> str:
    """Read what it says until it is ready, or until it ends."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("Logs:"):
            return said
    raise AssertionError(said)


def _run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- our own command
        command,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@linux_only
def test_one_command_runs_everything_and_ends_everything(tmp_path: Path) -> None:
    port = free_port()
    address = f"http://localhost:{port}"
    command = _up(tmp_path, port)
    with started(command) as up:
        assert f"Solidare is ready: {address}\n" in _await_ready(up)
        assert httpx.get(f"{address}/health/ready").status_code == 200
        environment = embedded.read_environment(tmp_path)
        assert environment["SOLIDARE_PUBLIC_URL"] == address
        same_schema = _run([*_SOLIDARE, "database", "check"], environment)
        assert same_schema.returncode == 0, same_schema.stdout + same_schema.stderr
        again = _run(command, {})
        assert again.returncode == 1
        assert f"already runs from {tmp_path}, at {address}" in again.stderr

        below = descendants(up.pid)
        worker = living_with("-m\0workers") & below
        assert worker
        for pid in worker:
            os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: bool((living_with("-m\0workers") & descendants(up.pid)) - worker))

        below = descendants(up.pid)
        up.send_signal(signal.SIGINT)
        assert up.wait(40) == 0
        assert not alive(below)

    with started(command) as up:
        assert eventually(
            lambda: bool(living_with("app.cli.main\0run") & descendants(up.pid)), seconds=60
        )
        below = descendants(up.pid)
        os.kill(up.pid, signal.SIGKILL)
        assert eventually(lambda: not alive(below))


def test_a_taken_port_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = _run(_up(tmp_path, port), {})
    assert refused.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in refused.stderr
    assert f"solidare up --port {port + 1}" in refused.stderr
    assert not (tmp_path / "postgres").exists()
