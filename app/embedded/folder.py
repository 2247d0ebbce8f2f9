"""The folder that holds a server's data, password and log, owned by one process at a time."""

import fcntl
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_LOG_LINES = 8
_LOCK_TRIES = 4
_LOCK_PAUSE_SECONDS = 0.05


class CannotStart(Exception):  # noqa: N818 -- reads as a sentence where it is raised
    """A server could not be started; the message says why to a person who wanted only to run it."""

    @classmethod
    def with_log(cls, sentence: str, log: Path) -> "CannotStart":
        """Add the last lines that the server itself wrote."""
        return cls(f"{sentence} Its last words, from {log}:\n{last_lines(log)}")


def last_lines(log: Path) -> str:
    """Give the end of a log, or say that there is none."""
    if not log.exists():
        return "  (no log was written)"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
    return "\n".join(f"  {line}" for line in lines) or "  (the log is empty)"


def private_folder(path: Path) -> Path:
    """Make the folder, closed to other users, and give its absolute path."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"The folder {path} cannot be made: {error.strerror}.") from error
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise CannotStart(f"The folder {path} belongs to another user. Choose another folder.")
    return path.resolve()


@contextmanager
def held(folder: Path) -> Iterator[bool]:
    """Yield whether this process now owns the folder; the system frees it when the process ends."""
    with (folder / "lock").open("a", encoding="ascii") as lock:
        yield any(_locked(lock) for _ in range(_LOCK_TRIES))


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(_LOCK_PAUSE_SECONDS)  # somebody may only be asking whether it is free
        return False
    return True


def kept_secret(path: Path) -> str:
    """Read the secret kept in this file, or draw one and keep it for the owner alone."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text(encoding="ascii").strip()
        if kept:
            return kept
        descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC)  # a start was cut short
    drawn = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(drawn)
    return drawn


def free_port() -> int:
    """Find a port on the loopback address that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
