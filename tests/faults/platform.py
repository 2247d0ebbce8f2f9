"""A whole platform as a process of its own, kept alive by the real supervisor.

`python -m tests.faults.platform FOLDER WEB_PORT DATABASE_WIRE QUEUE_WIRE [small-disk] [plain-id]`
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit, urlunsplit

from app.cli.supervisor import Program, Supervisor, own_command
from app.embedded import database, mail_catcher
from app.embedded.child import start
from app.embedded.database import PostgreSQL, postgres_server
from app.embedded.environment import base_environment, told_environment
from app.embedded.folder import held, private_folder
from app.embedded.queue import valkey_server

WORKERS = ("worker-1", "worker-2")
DISK = "700m"


@dataclass
class HarnessWorker(Program):
    """The real worker, with a clock that jumps and two kinds of work that can be counted."""

    def start(self) -> None:
        self.child = start(
            self.name,
            [sys.executable, "-m", "tests.faults.worker", *self.arguments],
            log=self.log,
            dies_with=signal.SIGKILL,
            environment=self.environment,
        )


def main(folder: str, port: str, wires: tuple[int, int], wishes: set[str]) -> None:
    home = private_folder(Path(folder))
    address = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        if not stack.enter_context(held(home)):
            sys.exit("This folder is in use.")
        environment = {
            **base_environment(home),
            "SOLIDARE_ENVIRONMENT": "development",
            "SOLIDARE_PUBLIC_URL": address,
            "SOLIDARE_SMTP_URL": stack.enter_context(mail_catcher(home)),
            **_role(),
        }
        supervisor = Supervisor(address, environment, _say)
        if "small-disk" in wishes:
            _make_small_disk(home)
        postgres = stack.enter_context(postgres_server(home))
        queue = stack.enter_context(valkey_server(home, forgets=True))
        supervisor.watch(postgres)
        supervisor.watch(queue)
        direct = {**environment, "DATABASE_URL": postgres.url, "REDIS_URL": queue.url}
        subprocess.run(  # noqa: S603 - our own command
            own_command("database", "upgrade"), env={**os.environ, **direct}, check=True
        )
        stack.enter_context(told_environment(home, direct))
        wired = {
            **environment,
            "DATABASE_URL": through(postgres.url, wires[0]),
            "REDIS_URL": through(queue.url, wires[1]),
        }
        logs = private_folder(home / "logs")
        children = {**os.environ, **wired}
        _start_programs(supervisor, stack, logs, children, port=port, wishes=wishes)
        supervisor.keep_forever()


def _start_programs(
    supervisor: Supervisor,
    stack: ExitStack,
    logs: Path,
    environment: Mapping[str, str],
    *,
    port: str,
    wishes: set[str],
) -> None:
    serve = ["run", "--host", "127.0.0.1", "--port", port]
    words = sorted(wishes & {"plain-id"})
    parts = (
        Program("The web server", serve, environment, logs / "web"),
        *(HarnessWorker(name, words, environment, logs / name) for name in WORKERS),
    )
    for part in parts:
        stack.callback(part.stop)
        part.start()
        supervisor.watch(part)


def _role() -> dict[str, str]:
    role = getattr(database, "PLATFORM_ROLE", "")
    return {"SOLIDARE_DATABASE_ROLE": role} if role else {}


def through(url: str, port: int) -> str:
    parts = urlsplit(url)
    there = parts.netloc.rpartition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{there}:{port}"))


def _make_small_disk(home: Path) -> None:
    """Data on a disk that can be filled, the log of writes elsewhere; in a view of our own."""
    data = private_folder(home / "postgres")
    subprocess.run(  # noqa: S603 - a fixed command
        ["/bin/mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0700", "faults", str(data)],
        check=True,
    )
    server = PostgreSQL(data)
    server.start()
    server.stop()
    log = data / "data" / "pg_wal"
    away = home / "wal"
    subprocess.run(["/bin/mv", str(log), str(away)], check=True)  # noqa: S603 - a fixed command
    log.symlink_to(away)


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - the log of this process


def _stop(_: int, __: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    place, web_port, database_wire, queue_wire, *wanted = sys.argv[1:]
    try:
        main(place, web_port, (int(database_wire), int(queue_wire)), set(wanted))
    except KeyboardInterrupt:
        _say("Stopped.")
