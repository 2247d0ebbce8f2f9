"""Start the whole platform in order, keep its parts alive, stop it in the opposite order."""

import http
import http.client
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app.embedded import CannotStart, mail_catcher, read_environment
from app.embedded.child import Child, launched, start
from app.embedded.database import postgres_server
from app.embedded.environment import base_environment, told_environment
from app.embedded.folder import held, private_folder
from app.embedded.queue import valkey_server

_READY_SECONDS = 120  # an old laptop, busy with other things
_STOP_SECONDS = 12  # the web server gives open requests ten
_STEADY_SECONDS = 10  # a part that lived this long did not fail at starting: a clean record
_LONGEST_PAUSE_SECONDS = 15
_FAILURES_BEFORE_READY = 3
_LOOK_SECONDS = 0.1

# Letters take a processor for a while when many leave at once; matching must not wait for them.
WORKERS = (
    ("The worker", "worker", ("codes", "letters")),
    ("The engine", "engine", ("pairings", "plans")),
)

Say = Callable[[str], None]


class Part(Protocol):
    """Something that runs, may end by accident, and can be started again."""

    @property
    def name(self) -> str: ...
    def start(self) -> None: ...
    def alive(self) -> bool: ...
    def stop(self) -> None: ...


@dataclass
class Program:
    """One of our own commands, run as a child with a log of its own."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    child: Child | None = None

    def start(self) -> None:
        self.child = start(
            self.name,
            own_command(*self.arguments),
            log=self.log,
            dies_with=signal.SIGKILL,
            environment=self.environment,
        )

    def alive(self) -> bool:
        return self.child is not None and self.child.alive()

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop(signal.SIGTERM, seconds=_STOP_SECONDS)


@dataclass
class _Watched:
    part: Part
    failures: int = 0
    started_at: float = field(default_factory=time.monotonic)
    restart_at: float | None = None


class Supervisor:
    """A running platform: its address, and the environment that its commands need."""

    def __init__(self, address: str, environment: Mapping[str, str], say: Say) -> None:
        self.address = address
        self.environment = dict(environment)
        self._say = say
        self._watched: list[_Watched] = []

    def watch(self, part: Part) -> None:
        self._watched.append(_Watched(part))

    def keep_forever(self) -> None:
        """Start again whatever ends, until an exception (Ctrl-C) comes from outside."""
        while True:
            self._look()
            time.sleep(_LOOK_SECONDS)

    def await_ready(self, web: Program, answers: Callable[[], bool]) -> None:
        """Return when the platform answers that it is ready."""
        deadline = time.monotonic() + _READY_SECONDS
        while not answers():
            self._look()
            for watched in self._watched:
                if watched.failures >= _FAILURES_BEFORE_READY:
                    raise _not_starting(watched.part, web)
            if time.monotonic() > deadline:
                raise CannotStart.with_log(
                    f"The web server was not ready after {_READY_SECONDS} s.", web.log
                )
            time.sleep(_LOOK_SECONDS)

    def _look(self) -> None:
        now = time.monotonic()
        for watched in self._watched:
            if watched.part.alive():
                if now - watched.started_at > _STEADY_SECONDS:
                    watched.failures = 0
            elif watched.restart_at is None:
                self._note_end(watched, now)
            elif now >= watched.restart_at:
                self._restart(watched, now)

    def _note_end(self, watched: _Watched, now: float) -> None:
        pause = min(0.25 * 2**watched.failures, _LONGEST_PAUSE_SECONDS)
        watched.failures += 1
        watched.restart_at = now + pause
        self._say(f"{watched.part.name} ended by itself; it starts again in {pause:g} s.")

    def _restart(self, watched: _Watched, now: float) -> None:
        watched.restart_at = None
        watched.started_at = now
        try:
            watched.part.start()
        except CannotStart as reason:
            self._say(str(reason))


def own_command(*arguments: str) -> list[str]:
    """Give the command line of one of our own commands."""
    return [sys.executable, "-m", "app.cli.main", *arguments]


@contextmanager
def supervised(folder: Path, *, host: str, port: int, say: Say) -> Iterator[Supervisor]:
    """Yield the whole platform, ready for people; stop everything when the block ends.

    Databases that the environment names are used; the others are started in the folder.
    Call it from the main thread: the children die with the thread that started them.
    """
    home = private_folder(folder)
    with ExitStack() as stack:
        if not stack.enter_context(held(home)):
            raise CannotStart(_already_runs(home))
        _refuse_taken_port(host, port)
        address = f"http://{_reachable(host)}:{port}"
        environment = {**base_environment(home), "SOLIDARE_PUBLIC_URL": address}
        supervisor = Supervisor(address, environment, say)
        _start_servers(supervisor, home, stack)
        logs = private_folder(home / "logs")
        _bring_up_to_date(supervisor.environment, logs / "migrations")
        stack.enter_context(told_environment(home, supervisor.environment))
        children = {**os.environ, **supervisor.environment, "PYTHONUNBUFFERED": "1"}
        serve = ["run", "--host", host, "--port", str(port)]
        web = Program("The web server", serve, children, logs / "web")
        workers = [
            Program(name, ["worker", *_lanes(lanes)], children, logs / log)
            for name, log, lanes in WORKERS
        ]
        for part in (*workers, web):
            part.log.unlink(missing_ok=True)
            stack.callback(part.stop)
            part.start()
            supervisor.watch(part)
        supervisor.await_ready(web, lambda: _answers(host, port))
        yield supervisor


def _lanes(names: Sequence[str]) -> list[str]:
    return [part for name in names for part in ("--lane", name)]


def _start_servers(supervisor: Supervisor, home: Path, stack: ExitStack) -> None:
    environment = supervisor.environment
    environment["DATABASE_URL"] = os.environ.get("DATABASE_URL", "")
    if not environment["DATABASE_URL"]:
        database = stack.enter_context(postgres_server(home))
        environment["DATABASE_URL"] = database.url
        supervisor.watch(database)
    environment["REDIS_URL"] = os.environ.get("REDIS_URL", "")
    if not environment["REDIS_URL"]:
        queue = stack.enter_context(valkey_server(home))
        environment["REDIS_URL"] = queue.url
        supervisor.watch(queue)
    if not os.environ.get("SOLIDARE_SMTP_URL"):
        environment["SOLIDARE_SMTP_URL"] = stack.enter_context(mail_catcher(home))


def _bring_up_to_date(environment: Mapping[str, str], log: Path) -> None:
    """The newest schema; and whoever was erased since this database was copied goes again."""
    log.unlink(missing_ok=True)
    _do(environment, log, "database", "upgrade")
    if (Path(environment["SOLIDARE_LEDGER_FOLDER"]) / "erased").exists():
        _do(environment, log, "erasures", "apply")


def _do(environment: Mapping[str, str], log: Path, *arguments: str) -> None:
    with log.open("ab") as output:
        done = subprocess.run(  # noqa: S603 -- our own command
            launched(own_command(*arguments)),
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        raise CannotStart.with_log("The database could not be brought up to date.", log)


def _reachable(host: str) -> str:
    """Give the name under which this machine reaches what listens on `host`."""
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return host
    return "localhost" if ip.is_loopback or ip.is_unspecified else host


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(_reachable(host), port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _refuse_taken_port(host: str, port: int) -> None:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CannotStart(
            f"Port {port} on {host} cannot be used: {error.strerror}. "
            f"Choose another, for example: solidare up --port {port + 1}"
        ) from error


def _already_runs(home: Path) -> str:
    address = read_environment(home).get("SOLIDARE_PUBLIC_URL")
    if address:
        return f"Solidare already runs from {home}, at {address}"
    return f"Another command uses {home} at this moment. Try again when it has ended."


def _not_starting(part: Part, web: Program) -> CannotStart:
    log = part.log if isinstance(part, Program) else web.log
    return CannotStart.with_log(f"{part.name} ends each time it is started.", log)
