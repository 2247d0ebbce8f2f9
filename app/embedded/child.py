"""A program run as a child: it writes to a log, ends with its parent, and stops when asked."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.embedded import launch
from app.embedded.folder import CannotStart

Identity = Literal["same", "namespace", "nobody"]

_POLL_SECONDS = 0.02
_LEFTOVER_SECONDS = 20


@dataclass
class Child:
    """A running program, leader of its own process group so that Ctrl-C does not reach it."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    _ended: bool = False

    def alive(self) -> bool:
        """Say whether it runs; once it does not, nothing that it started runs either."""
        if not self._ended and self.process.poll() is not None:
            self._end_group()
        return not self._ended

    def await_ready(self, is_ready: Callable[[], bool], *, seconds: float) -> None:
        """Return when the program answers; raise CannotStart if it ends or stays silent."""
        deadline = time.monotonic() + seconds
        while not is_ready():
            if not self.alive():
                raise CannotStart.with_log(f"{self.name} ended while starting.", self.log)
            if time.monotonic() > deadline:
                raise CannotStart.with_log(
                    f"{self.name} was not ready after {seconds:.0f} s.", self.log
                )
            time.sleep(_POLL_SECONDS)

    def stop(self, signal_number: signal.Signals, *, seconds: float) -> None:
        """Ask the program to end, wait, then end whatever remains of its process group."""
        if self.alive():
            self.process.send_signal(signal_number)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self._end_group()

    def _end_group(self) -> None:
        # Right after the leader was seen to end, while its number cannot be anybody else's.
        self._ended = True
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    dies_with: signal.Signals,
    identity: Identity = "same",
    environment: Mapping[str, str] | None = None,
) -> Child:
    """Start a program in the foreground that receives `dies_with` if this thread ends."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 -- our own binaries and arguments
            launched(command, dies_with=dies_with, identity=identity),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
    return Child(name, process, log)


def launched(
    command: Sequence[str | Path],
    *,
    dies_with: signal.Signals = signal.SIGKILL,
    identity: Identity = "same",
) -> list[str]:
    """Give the command line that runs a program through `launch.py`."""
    before = [sys.executable, "-I", "-S", str(Path(launch.__file__).resolve())]
    return [*before, str(os.getpid()), str(int(dies_with)), identity, *map(str, command)]


def is_running(pid: int, *, mentions: str) -> bool:
    """Say whether that process lives and its command line mentions a text of ours.

    A pid alone proves nothing: after a restart of the machine it may be anybody's.
    """
    if sys.platform == "linux":
        try:
            return mentions in Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
        except OSError:
            return False
    listed = subprocess.run(  # noqa: S603 -- the only argument is a number
        ["/bin/ps", "-ww", "-o", "args=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return mentions in listed.stdout


def end_leftover(pid_file: Path, signal_number: signal.Signals, *, mentions: str) -> None:
    """End a server that outlived its supervisor, and wait until it has left its files alone.

    Call it only while the folder is held: then no living supervisor owns that server.
    """
    try:
        pid = int(pid_file.read_text(encoding="ascii").split("\n", 1)[0])
    except (OSError, ValueError):
        return
    deadline = time.monotonic() + _LEFTOVER_SECONDS
    while is_running(pid, mentions=mentions):
        if time.monotonic() > deadline:
            raise CannotStart(f"Process {pid} still uses {pid_file.parent} and does not end.")
        with suppress(ProcessLookupError):
            os.kill(pid, signal_number)
        time.sleep(_POLL_SECONDS * 5)
    pid_file.unlink(missing_ok=True)
