"""A rehearsal: somebody is erased, an older copy comes back, and the list outside erases again."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app import crypto, erasures
from app.cli.backup import restore
from app.db import SessionMaker, create_engine, reading, session_maker, transaction
from app.embedded import backup as files
from app.embedded.database import postgres, postgres_server
from app.home.queries.health import health
from app.ledger import actions as ledger
from app.ledger import queries
from app.outbox import Job
from app.rights.actions.close import begin_closing, hold_person
from app.settings import DatabaseSettings, LedgerSettings, Secret, Settings, read_settings
from tests.app.rights.leaving import CANARIES, NAME, PHONE, a_life, do, found_in
from tests.app.rights.test_erase import end_of_undo
from tests.cli.test_backup import SECRET, migrate

ORIGIN = "localhost:8000/ledger"


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


def platform(url: str, held: Path, mail: Path) -> Settings:
    plain = {"DATABASE_URL": url, "REDIS_URL": "redis://nowhere", "SOLIDARE_SECRET_KEY": SECRET}
    settings = read_settings({**plain, "SOLIDARE_MAIL_FOLDER": str(mail)})
    return replace(settings, ledger=LedgerSettings(copy_folder=held))


@dataclass(frozen=True)
class Kept:
    """An older copy, what stands outside, and the root that was signed before the erasure."""

    folder: Path
    held: Path
    root: bytes


async def live(url: str, held: Path) -> tuple[int, bytes]:
    """Zorba lives, and the ledger is signed."""
    async with sessions(url) as maker:
        life = await a_life(maker)
        async with transaction(maker) as session:
            await ledger.take_places(session, ORIGIN)
            signed = await ledger.sign_checkpoint(session) or ""
        (held / "checkpoint").write_text(signed)
        return life.zorba.person_id, await root_of(maker)


async def root_of(maker: SessionMaker) -> bytes:
    async with reading(maker) as reader:
        found = await queries.verify(reader)
    assert found.problems == 0
    return found.root


async def leave(url: str, held: Path, mail: Path, who: int) -> None:
    (mail / "1.sms").write_text(f"To: {PHONE}\n\nYour code is 123456")
    (mail / "2.sms").write_text("To: +32470000001\n\nSomething else")
    async with sessions(url) as maker:
        async with transaction(maker) as session:
            person = await hold_person(session, who)
            await begin_closing(session, person)
        await end_of_undo(maker, who)
        await do(maker, platform(url, held, mail), Job.ERASE_PERSON, who)
        gone = await found_in(maker, *CANARIES)
    assert not any(gone.values()), gone


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("kept")
    held, mail = tmp_path_factory.mktemp("held"), tmp_path_factory.mktemp("mail")
    crypto.keyring.open(Secret(SECRET))
    with postgres_server(home, fast=True) as server:
        migrate(server.url)
        who, root = asyncio.run(live(server.url, held))
        files.take_base(files.source_of(home, server.url), folder, datetime.now(UTC))
        asyncio.run(leave(server.url, held, mail, who))
    assert [path.name for path in mail.iterdir()] == ["2.sms"]
    return Kept(folder, held, root)


def restored(kept: Kept, into: Path, held: Path) -> Result:
    return CliRunner().invoke(
        restore,
        [str(kept.folder), "--into", str(into), "--ledger", str(held)],
        env={"SOLIDARE_SECRET_KEY": SECRET, "DATABASE_URL": "", "SOLIDARE_LEDGER_FOLDER": ""},
    )


def dumped(into: Path, url: str) -> str:
    """What the database's own program writes out; nothing where it is not installed."""
    program = shutil.which("pg_dump")
    if program is None:
        return ""
    source = files.source_of(into, url)
    done = subprocess.run(  # noqa: S603 - a program of the database
        [program, "--data-only"], env=source.environment(), capture_output=True, check=False
    )
    return done.stdout.decode(errors="replace")


def test_an_older_copy_comes_back_without_who_was_erased(kept: Kept, tmp_path: Path) -> None:
    into = tmp_path / "new"
    done = restored(kept, into, kept.held)
    assert done.exit_code == 0, done.output
    assert "1 who were erased since this copy are erased again." in done.output

    async def look(url: str) -> tuple[dict[str, set[str]], bytes, str]:
        async with sessions(url) as maker:
            state = await health(maker, Secret("redis://127.0.0.1:1"), kept.held / "erased")
            return await found_in(maker, *CANARIES), await root_of(maker), state.erasures

    with postgres(into, fast=True) as url:
        found, root, state = asyncio.run(look(url))
        words = dumped(into, url)
    assert not any(found.values()), found
    assert NAME not in words
    assert (root, state) == (kept.root, "ok")
    assert len(erasures.listed(into / "ledger" / "erased")) == 1


def test_control_without_the_list_they_are_back_and_nobody_is_served(
    kept: Kept, tmp_path: Path
) -> None:
    into, bare = tmp_path / "new", tmp_path / "bare"
    bare.mkdir()
    shutil.copy(kept.held / "checkpoint", bare)
    done = restored(kept, into, bare)
    assert done.exit_code == 0, done.output

    async def look(url: str) -> tuple[dict[str, set[str]], str]:
        async with sessions(url) as maker:
            state = await health(maker, Secret("redis://127.0.0.1:1"), kept.held / "erased")
            return await found_in(maker, *CANARIES), state.erasures

    with postgres(into, fast=True) as url:
        found, state = asyncio.run(look(url))
    assert all(found.values()), found
    assert state == "behind"


def test_without_the_folder_outside_nothing_is_restored(kept: Kept, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        restore,
        [str(kept.folder), "--into", str(tmp_path / "new")],
        env={"SOLIDARE_SECRET_KEY": SECRET, "DATABASE_URL": "", "SOLIDARE_LEDGER_FOLDER": ""},
    )
    assert done.exit_code == 1
    assert "who was erased since" in done.output
    assert not (tmp_path / "new").exists()
