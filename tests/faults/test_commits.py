"""What was acknowledged survives kill -9 of every process of PostgreSQL, and is back soon."""

import asyncio
import itertools
import signal
import time
from collections.abc import Iterator
from contextlib import suppress

import asyncpg  # type: ignore[import-untyped] # ships no types
import pytest

from app.embedded.database import PostgreSQL, postgres_server
from tests.conftest import until
from tests.faults.parts import processes, tell

WRITERS = 16
ROUNDS, CONTROL_ROUNDS = 3, 8
BACK_WITHIN = 5.0
LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQL]:
    with postgres_server(tmp_path_factory.mktemp("durable")) as server:
        yield server


def kill(server: PostgreSQL) -> None:
    """Every process at once: nobody has the time to write anything down."""
    assert server._child is not None
    leader = server._child.process.pid
    for one in processes():
        if leader in {one.pid, one.parent}:
            tell(one.pid, signal.SIGKILL)


async def write_until_killed(
    server: PostgreSQL, numbers: Iterator[int], told: set[int], commit: str
) -> None:
    with suppress(*LOST):
        connection = await asyncpg.connect(
            server.url.replace("+asyncpg", ""), server_settings={"synchronous_commit": commit}
        )
        for number in numbers:
            await connection.execute("INSERT INTO written VALUES ($1)", number)
            told.add(number)


async def one_round(server: PostgreSQL, commit: str, writes: int) -> tuple[int, int, float]:
    """How many writes were acknowledged, how many of these are lost, how long until a write."""
    there = server.url.replace("+asyncpg", "")
    connection = await asyncpg.connect(there)
    await connection.execute("DROP TABLE IF EXISTS written")
    await connection.execute("CREATE TABLE written (number bigint)")
    await connection.close()
    told, numbers = set[int](), itertools.count()
    writers = [
        asyncio.create_task(write_until_killed(server, numbers, told, commit))
        for _ in range(WRITERS)
    ]

    async def enough() -> bool:
        return len(told) > writes

    await until(enough, 60)
    kill(server)
    killed = time.monotonic()
    await asyncio.gather(*writers)
    await asyncio.to_thread(restart, server)
    connection = await asyncpg.connect(there)
    await connection.execute("INSERT INTO written VALUES (-1)")  # the first write after it
    back = time.monotonic() - killed
    kept = {row[0] for row in await connection.fetch("SELECT number FROM written")}
    await connection.close()
    return len(told), len(told - kept), back


def restart(server: PostgreSQL) -> None:
    """As the supervisor does."""
    while server.alive():
        time.sleep(0.01)
    server.start()


async def test_no_acknowledged_write_is_lost(server: PostgreSQL) -> None:
    rounds = [await one_round(server, "on", 500) for _ in range(ROUNDS)]
    assert [lost for _, lost, _ in rounds] == [0] * ROUNDS
    assert min(back for _, _, back in rounds) < BACK_WITHIN


async def test_control_with_late_commits_some_are_lost(server: PostgreSQL) -> None:
    lost = 0
    for number in range(CONTROL_ROUNDS):
        lost += (await one_round(server, "off", 500 + 70 * number))[1]
        if lost:
            break
    assert lost > 0
