"""The embedded servers are the real ones, private, and clear about what stops them."""

import os
from pathlib import Path

import pytest
from redis.asyncio import Redis

from app import embedded
from tests.embedded.database import WrongPassword, connected
from tests.embedded.processes import linux_only, living_with


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("embedded")


async def test_postgres_is_as_the_platform_needs_it(folder: Path) -> None:
    with embedded.postgres(folder, fast=True) as url:
        async with connected(url) as connection:
            listed = await connection.fetch("SELECT extname FROM pg_extension")
            needed = {"cube", "earthdistance", "btree_gist", "pg_trgm", "unaccent"}
            assert needed <= {row[0] for row in listed}
            for setting, value in (
                ("synchronous_commit", "on"),
                ("data_checksums", "on"),
                ("server_encoding", "UTF8"),
            ):
                assert await connection.fetchval(f"SHOW {setting}") == value
            mine = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
            assert await connection.fetchval(mine) is False
            assert await connection.fetchval("SELECT upper('ça é Ж')") == "ÇA É Ж"
            await connection.execute("CREATE DATABASE another")


async def test_valkey_keeps_what_it_is_told(folder: Path) -> None:
    with embedded.valkey(folder) as url:
        queue = Redis.from_url(url, decode_responses=True)
        settings = await queue.config_get("append*", "maxmemory-policy")
        await queue.set("kept", "yes")
        await queue.aclose()
    assert settings["appendonly"] == "yes"
    assert settings["appendfsync"] == "everysec"
    assert settings["maxmemory-policy"] == "noeviction"
    with embedded.valkey(folder) as url:
        queue = Redis.from_url(url, decode_responses=True)
        assert await queue.get("kept") == "yes"
        await queue.aclose()


@linux_only
async def test_passwords_are_the_owners_alone(folder: Path) -> None:
    with embedded.postgres(folder, fast=True) as database, embedded.valkey(folder) as queue:
        for url, name in ((database, "postgres"), (queue, "valkey")):
            kept = folder / name / "password"
            assert kept.stat().st_mode & 0o777 == 0o600
            assert kept.read_text() in url
            assert not living_with(kept.read_text())
        with pytest.raises(WrongPassword):
            await connected(database, password="guessed").__aenter__()


async def test_a_stale_pid_file_is_not_believed(folder: Path) -> None:
    """After a power cut the number in the file may be any other process of the same user."""
    pid_file = folder / "postgres" / "data" / "postmaster.pid"
    with embedded.postgres(folder, fast=True):
        left = pid_file.read_text().splitlines()
    stranger = str(os.getpid())
    pid_file.write_text("\n".join([stranger, *left[1:]]))
    with embedded.postgres(folder, fast=True) as url:
        assert pid_file.read_text().splitlines()[0] != stranger
        async with connected(url) as connection:
            assert await connection.fetchval("SELECT 1") == 1


def test_one_folder_has_one_owner(folder: Path) -> None:
    with (
        embedded.valkey(folder),
        pytest.raises(embedded.CannotStart, match="already runs Valkey"),
        embedded.valkey(folder),
    ):
        pass


def test_what_stops_a_server_is_shown(tmp_path: Path) -> None:
    with embedded.valkey(tmp_path):
        pass
    for written in (tmp_path / "valkey" / "appendonlydir").glob("*.manifest"):
        written.write_text("not a manifest\n")
    with pytest.raises(embedded.CannotStart) as reason, embedded.valkey(tmp_path):
        pass
    assert "Valkey ended while starting. Its last words, from" in str(reason.value)
    assert "manifest" in str(reason.value)
