"""Backups of the embedded database: a base, the log of writes after it, and back again.

A base is a physical copy that PostgreSQL itself verifies, sealed under the platform's secret; the
log is received while it is written. A restore never writes over a folder that holds data.
"""

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from app.embedded.database import binary_folder
from app.embedded.folder import CannotStart, private_folder
from app.embedded.sealed import SUFFIX, SealedReader, SealedWriter, seal, unsealed

SLOT = "solidare_backup"
_BASE, _LOG, _OPEN, _REPLAYED = "base-", "wal", "wal-open", "log-to-replay"
_RECOVERY = """
restore_command = 'cp "{log}/%f" "%p"'
recovery_target_timeline = 'latest'
hot_standby = off
"""


@dataclass(frozen=True)
class Source:
    """The running server that is copied, and the file of its owner's password."""

    url: str
    password: Path

    def environment(self) -> dict[str, str]:
        parts = urlsplit(self.url)
        return {
            "PATH": os.defpath,
            "PGHOST": parts.hostname or "127.0.0.1",
            "PGPORT": str(parts.port),
            "PGUSER": "postgres",
            "PGDATABASE": "solidare",
            "PGPASSWORD": self.password.read_text(encoding="ascii").strip(),
        }


def source_of(folder: Path, url: str) -> Source:
    """The embedded server of a folder; `CannotStart` for a server that is not ours to copy."""
    password = folder / "postgres" / "password"
    if not password.exists():
        raise CannotStart(
            f"{folder} holds no embedded database. Back up your own server with its own tools."
        )
    return Source(url, password)


def take_base(source: Source, target: Path, moment: datetime) -> Path:
    """Copy the running database, verify the copy, and seal it into one file."""
    private_folder(target)
    with tempfile.TemporaryDirectory(dir=target, prefix="unfinished-") as name:
        made = Path(name) / "data"
        _run(
            source, "pg_basebackup", "-D", made, "--wal-method=stream", "--checkpoint=fast",
            "--manifest-checksums=SHA256", "--no-password",
        )  # fmt: skip
        _run(source, "pg_verifybackup", "--quiet", made)
        shutil.copy(source.password, made.parent / "password")
        sealed = target / f"{_BASE}{moment:%Y%m%dT%H%M%SZ}.tar{SUFFIX}"
        unfinished = made.parent / "sealed"
        with (
            SealedWriter(unfinished) as writer,
            tarfile.open(fileobj=writer, mode="w|") as archive,  # type: ignore[call-overload] # any object with write() serves
        ):
            archive.add(made, "data")
            archive.add(made.parent / "password", "password")
        unfinished.rename(sealed)
    return sealed


@contextmanager
def following(source: Source, target: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Receive the log of writes while the block runs; call `seal_log` now and then."""
    opened = private_folder(target / _OPEN)
    _run(source, "pg_receivewal", "-D", opened, "--slot", SLOT, "--create-slot", "--if-not-exists")
    command: list[str | Path] = [
        binary_folder() / "pg_receivewal",
        "-D",
        opened,
        "--slot",
        SLOT,
        "--synchronous",
    ]
    receiver = subprocess.Popen(command, env=source.environment())  # noqa: S603 - our own binary
    try:
        yield receiver
    finally:
        receiver.terminate()
        receiver.wait()


def seal_log(target: Path) -> int:
    """Seal every part of the log that is complete; how many. The newest stays open."""
    kept = private_folder(target / _LOG)
    complete = [path for path in (target / _OPEN).glob("*") if path.suffix != ".partial"]
    for path in sorted(complete):
        unfinished = kept / f"{path.name}.unfinished"
        unfinished.unlink(missing_ok=True)
        with path.open("rb") as source:
            seal(source, unfinished)
        unfinished.rename(kept / f"{path.name}{SUFFIX}")
        path.unlink()
    return len(complete)


def newest_base(target: Path) -> Path:
    """The newest sealed base of a backup folder; `CannotStart` where there is none."""
    found = sorted(target.glob(f"{_BASE}*{SUFFIX}"))
    if not found:
        raise CannotStart(f"{target} holds no backup.")
    return found[-1]


def restore(target: Path, folder: Path, until: datetime | None = None) -> None:
    """Lay a backup out in an empty folder; the next start recovers it to the end of the log."""
    home = private_folder(folder / "postgres")
    if (home / "data").exists():
        raise CannotStart(f"{folder} holds a database already. Restore into another folder.")
    base = newest_base(target)
    with tempfile.TemporaryDirectory(dir=home, prefix="unfinished-") as name:
        with tarfile.open(fileobj=SealedReader(base), mode="r|") as archive:  # type: ignore[call-overload] # any object with read() serves
            archive.extractall(name, filter="data")
        made = Path(name) / "data"
        _verify(made)
        log = _lay_out_log(target, home)
        words = _RECOVERY.format(log=log)
        if until is not None:
            words += f"recovery_target_time = '{until.isoformat()}'\n"
            words += "recovery_target_action = 'promote'\n"
        with (made / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
            settings.write(words)
        (made / "recovery.signal").touch()
        made.chmod(0o700)
        shutil.move(Path(name) / "password", home / "password")
        made.rename(home / "data")


def _lay_out_log(target: Path, home: Path) -> Path:
    log = private_folder(home / _REPLAYED)
    for path in sorted((target / _LOG).glob(f"*{SUFFIX}")):
        with (log / path.name.removesuffix(SUFFIX)).open("wb") as plain:
            for piece in unsealed(path):
                plain.write(piece)
    for path in (target / _OPEN).glob("*"):
        shutil.copy(path, log / path.name.removesuffix(".partial"))
    log.chmod(0o755)  # the server may run as another user
    return log


def check_restored(source: Source) -> None:
    """Read every table and index of the recovered database; `CannotStart` where one is damaged."""
    _run(source, "pg_amcheck", "--database", "solidare", "--install-missing", "--heapallindexed")
    shutil.rmtree(source.password.parent / _REPLAYED)


def _verify(made: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own binary
        [binary_folder() / "pg_verifybackup", "--quiet", made], capture_output=True, check=False
    )
    if done.returncode:
        raise CannotStart(f"The backup is damaged: {done.stderr.decode(errors='replace')}")


def _run(source: Source, program: str, *arguments: str | Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own binaries and arguments
        [binary_folder() / program, *arguments],
        env=source.environment(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise CannotStart(f"{program} did not end well: {said}")
