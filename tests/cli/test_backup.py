"""A rehearsal: copied while it serves, killed, brought back whole, and never forked."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from app import crypto
from app.cli.backup import restore
from app.db import SessionMaker, create_engine, reading, session_maker, transaction
from app.embedded import backup as files
from app.embedded.database import postgres, postgres_server
from app.embedded.sealed import SealedFileError, unsealed
from app.ledger import actions
from app.ledger.models import Entry
from app.settings import DatabaseSettings, Secret
from tests.app.exchanges.test_ledger_verify import complete

SECRET = "a secret for rehearsals only"
ORIGIN = "example.org/ledger"


@pytest.fixture(autouse=True)
def keyring() -> Iterator[None]:
    before = crypto.keyring._secret
    crypto.keyring.open(Secret(SECRET))
    yield
    crypto.keyring.open(Secret(before.decode()))


@asynccontextmanager
async def sessions(url: str) -> AsyncIterator[SessionMaker]:
    engine = create_engine(DatabaseSettings(Secret(url)), at_work=True)
    yield session_maker(engine)
    await engine.dispose()


async def record(url: str, entries: int) -> None:
    async with sessions(url) as maker:
        for _ in range(entries):
            await complete(maker)


async def sign(url: str) -> str:
    async with sessions(url) as maker, transaction(maker) as session:
        await actions.take_places(session, ORIGIN)
        return await actions.sign_checkpoint(session) or ""


async def count(url: str) -> int:
    async with sessions(url) as maker, reading(maker) as reader:
        return await reader.scalar(select(func.count()).select_from(Entry)) or 0


@dataclass(frozen=True)
class Backup:
    """What was kept, and how far: 3 entries in the base, 5 in the log, all 8 signed outside."""

    folder: Path
    held: Path


def migrate(url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path("app/migrations").resolve()))
    config.attributes["url"] = url
    command.upgrade(config, "head")


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Backup:
    home, kept = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("kept")
    held = tmp_path_factory.mktemp("held")
    crypto.keyring.open(Secret(SECRET))
    with postgres_server(home, fast=True) as server:
        migrate(server.url)
        asyncio.run(record(server.url, 3))
        source = files.source_of(home, server.url)
        with files.following(source, kept):
            files.take_base(source, kept, datetime.now(UTC))
            asyncio.run(record(server.url, 5))
            (held / "checkpoint").write_text(asyncio.run(sign(server.url)))
            kill_all(home)
        files.seal_log(kept)
    return Backup(kept, held)


def kill_all(home: Path) -> None:
    """Kill -9 of the server; its children end by themselves."""
    pid = int((home / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)


def restored(backup: Backup, into: Path) -> Result:
    return CliRunner().invoke(
        restore,
        [str(backup.folder), "--into", str(into), "--ledger", str(backup.held)],
        env={"SOLIDARE_SECRET_KEY": SECRET, "DATABASE_URL": ""},
    )


def test_all_that_was_acknowledged_comes_back_and_the_ledger_is_whole(
    backup: Backup, tmp_path: Path
) -> None:
    found = restored(backup, tmp_path / "new")
    assert found.exit_code == 0, found.output
    assert "Every table and index can be read." in found.output
    with postgres(tmp_path / "new", fast=True) as url:
        assert asyncio.run(count(url)) == 8


def test_an_older_copy_comes_back_but_signs_no_second_history(
    backup: Backup, tmp_path: Path
) -> None:
    older = Backup(tmp_path / "older", backup.held)
    older.folder.mkdir()
    base = files.newest_base(backup.folder)
    (older.folder / base.name).write_bytes(base.read_bytes())
    found = restored(older, tmp_path / "new")
    assert found.exit_code == 1
    assert "covers 8 entries, this ledger has 0" in found.output


def test_a_folder_with_data_is_never_written_over(backup: Backup, tmp_path: Path) -> None:
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    found = restored(backup, tmp_path)
    assert found.exit_code == 1
    assert "holds a database already" in found.output


@pytest.mark.parametrize("harm", ["one byte", "the end", "another secret"])
def test_a_damaged_backup_is_told(backup: Backup, tmp_path: Path, harm: str) -> None:
    raw = files.newest_base(backup.folder).read_bytes()
    damaged = tmp_path / "base-1.tar.sealed"
    middle = len(raw) // 2
    damaged.write_bytes(
        {
            "one byte": raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :],
            "the end": raw[: -(1 << 20)],
            "another secret": raw,
        }[harm]
    )
    if harm == "another secret":
        crypto.keyring.open(Secret("another secret altogether"))
    with pytest.raises(SealedFileError):
        list(unsealed(damaged))


def test_control_the_undamaged_file_opens(backup: Backup) -> None:
    assert sum(map(len, unsealed(files.newest_base(backup.folder)))) > 1 << 20
