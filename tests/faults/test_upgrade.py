"""Upgrades survive kill -9, take turns, and leave room for the code that came before them."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from random import Random

import asyncpg  # type: ignore[import-untyped] # ships no types
import pytest

from app.home.queries.health import MIGRATIONS, newest_schema
from tests.conftest import until

# What the release before this one knows; later migrations must leave room for it.
RELEASED = "0008"
UPGRADE = [sys.executable, "-m", "app.cli.main", "database", "upgrade"]
CHECK = [sys.executable, "-m", "app.cli.main", "database", "check"]
NAMES = ("killed", "older", "twice")


@pytest.fixture(scope="module")
async def databases(servers: dict[str, str]) -> AsyncIterator[dict[str, str]]:
    """Empty databases beside the one that all tests use."""
    there = servers["DATABASE_URL"].replace("+asyncpg", "")
    connection = await asyncpg.connect(there)
    for name in NAMES:
        await connection.execute(f"CREATE DATABASE upgrade_{name}")
    yield {name: f"{there.rpartition('/')[0]}/upgrade_{name}" for name in NAMES}
    for name in NAMES:
        await connection.execute(f"DROP DATABASE upgrade_{name} WITH (FORCE)")
    await connection.close()


def started(
    servers: dict[str, str], url: str, command: list[str], *more: str
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - our own words
        [*command, *more],
        env={**os.environ, **servers, "DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


async def ended_well(process: "subprocess.Popen[bytes]") -> bool:
    _, said = await asyncio.to_thread(process.communicate)
    assert process.returncode == 0, said.decode()[-2_000:]
    return True


async def version_of(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return ""
        return str(await connection.fetchval("SELECT version_num FROM alembic_version") or "")
    finally:
        await connection.close()


async def test_an_upgrade_killed_at_any_moment_is_finished_by_the_next(
    servers: dict[str, str], databases: dict[str, str]
) -> None:
    url, random, reached = databases["killed"], Random(5), [""]  # noqa: S311 - repeatable
    for _ in range(2):
        upgrade = started(servers, url, UPGRADE)

        async def further(upgrade: "subprocess.Popen[bytes]" = upgrade) -> bool:
            return await version_of(url) > reached[-1] or upgrade.poll() is not None

        await until(further, 60)
        await asyncio.sleep(random.uniform(0, 0.1))
        upgrade.send_signal(signal.SIGKILL)
        await asyncio.to_thread(upgrade.communicate)
        reached.append(await version_of(url))
    assert reached[1] > ""  # the kills came after the beginning
    finish = started(servers, url, UPGRADE)
    assert await ended_well(finish)
    assert await version_of(url) == newest_schema()
    check = started(servers, url, CHECK)
    assert await ended_well(check)


async def test_two_upgrades_at_once_take_turns(
    servers: dict[str, str], databases: dict[str, str]
) -> None:
    both = [started(servers, databases["twice"], UPGRADE) for _ in range(2)]
    assert all([await ended_well(one) for one in both])
    assert await version_of(databases["twice"]) == newest_schema()


Columns = dict[tuple[str, str], tuple[str, bool, bool]]


async def columns_of(url: str) -> Columns:
    """Each column: its type, whether it must be given, whether it gives itself."""
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        """
        SELECT table_name, column_name, udt_name, is_nullable = 'NO' AS needed,
        column_default IS NOT NULL OR is_identity = 'YES' OR is_generated = 'ALWAYS' AS given
        FROM information_schema.columns WHERE table_schema = 'public'
        """
    )
    await connection.close()
    return {
        (r["table_name"], r["column_name"]): (r["udt_name"], r["needed"], r["given"]) for r in rows
    }


def in_the_way_of_old_code(before: Columns, after: Columns) -> Iterator[str]:
    """What the code of the release before would trip over."""
    tables = {table for table, _ in before}
    for (table, column), (kind, needed, _) in before.items():
        name = f"{table}.{column}"
        if (table, column) not in after:
            yield f"{name} is gone"
            continue
        new_kind, new_needed, new_given = after[table, column]
        if new_kind != kind:
            yield f"{name} is of another type"
        if new_needed and not needed and not new_given:
            yield f"{name} must be given now"
    for (table, column), (_, needed, given) in after.items():
        if table in tables and (table, column) not in before and needed and not given:
            yield f"{table}.{column} is new and must be given"


async def test_the_code_of_the_release_before_finds_all_it_knows(
    servers: dict[str, str], databases: dict[str, str]
) -> None:
    url = databases["older"]
    for revision in (RELEASED, "head"):
        upgrade = started(servers, url, UPGRADE, revision)
        assert await ended_well(upgrade)
        if revision == RELEASED:
            before = await columns_of(url)
    after = await columns_of(url)
    assert list(in_the_way_of_old_code(before, after)) == []
    post = ("post", "code")
    hurt = {**after, ("post", "new"): ("text", True, False)}
    assert list(in_the_way_of_old_code(before, hurt)) == ["post.new is new and must be given"]
    without = {key: value for key, value in after.items() if key != post}
    assert list(in_the_way_of_old_code(before, without)) == ["post.code is gone"]


# What takes away what running code may use, or stops writers for long.
DANGEROUS = re.compile(
    r"op\.(drop_column|drop_table|rename_table)|new_column_name=|RENAME (TO|COLUMN)"
    r"|postgresql_concurrently=False|LOCK TABLE",
    re.IGNORECASE,
)


def dangers_in(source: str) -> list[str]:
    return [found.group() for found in DANGEROUS.finditer(source)]


def test_later_migrations_take_nothing_away() -> None:
    later = [path for path in MIGRATIONS.glob("[0-9]*.py") if path.name[:4] > RELEASED]
    found = {path.name: dangers_in(path.read_text()) for path in later}
    assert {name: dangers for name, dangers in found.items() if dangers} == {}


def test_control_dangers_are_seen() -> None:
    source = 'op.drop_column("post", "code")\nop.alter_column("a", "b", new_column_name="c")'
    assert dangers_in(source) == ["op.drop_column", "new_column_name="]
    assert dangers_in(Path(MIGRATIONS / "0008_jobs.py").read_text()) == []
