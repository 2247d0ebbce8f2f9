"""Whatever is killed or forgotten, no job is lost and none takes effect twice."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from arq import ArqRedis
from sqlalchemy import func, select, text

from app import outbox
from app.db import SessionMaker, transaction
from app.embedded.queue import valkey_server
from app.outbox import JobRow
from tests.conftest import until
from tests.workers.conftest import COUNTED, POISON, StartWorker, WorkerProcess

Applied = Callable[[], Awaitable[list[int]]]
SLOW = 60.0


async def ask(maker: SessionMaker, refs: range, job: outbox.Job = COUNTED) -> None:
    async with transaction(maker) as session:
        for ref in refs:
            await outbox.defer(session, job, ref)


async def count(maker: SessionMaker, *conditions: object) -> int:
    async with transaction(maker) as session:
        rows = select(func.count()).select_from(JobRow).where(JobRow.kind == COUNTED.value)
        return await session.scalar(rows.where(*conditions)) or 0  # type: ignore[arg-type] # SQL


async def all_done(maker: SessionMaker) -> bool:
    return await count(maker, JobRow.done_at.is_(None)) == 0


async def test_killed_workers_lose_and_double_nothing(
    maker: SessionMaker, start_worker: StartWorker, applied: Applied
) -> None:
    await ask(maker, range(40))

    for kills in (1, 2):
        worker = start_worker(SLOWNESS="0.3")

        async def some_under_way(kills: int = kills) -> bool:
            return await count(maker, JobRow.starts >= kills, JobRow.done_at.is_(None)) > 0

        await until(some_under_way, SLOW)
        await asyncio.to_thread(worker.end, signal.SIGKILL)
    start_worker()
    await until(lambda: all_done(maker), SLOW)
    assert await applied() == list(range(40))
    assert await count(maker, JobRow.starts > 1) > 0  # the kills did hit


@pytest.mark.parametrize("plain", [False, True])
async def test_what_a_killed_worker_had_picked_up_is_begun_anew(
    maker: SessionMaker, start_worker: StartWorker, applied: Applied, redis: ArqRedis, plain: bool
) -> None:
    """The control: one id for a row for ever, and the dead worker's mark in the queue blocks it."""
    words = {"PLAIN_ID": "1"} if plain else {}
    await ask(maker, range(3))
    worker = start_worker(SLOWNESS="30", **words)

    async def all_begun() -> bool:
        return await count(maker, JobRow.starts == 1) == 3

    await until(all_begun, SLOW)
    await asyncio.to_thread(worker.end, signal.SIGKILL)
    start_worker(SLOWNESS="0.02", **words)
    if not plain:
        await until(lambda: all_done(maker), SLOW)
        assert await applied() == [0, 1, 2]
        return

    async def handed_over_again() -> bool:
        return await count(maker, JobRow.starts == 1, JobRow.published_at.is_not(None)) == 3

    await until(handed_over_again, SLOW)
    await ask(maker, range(9, 10))  # a later one is done: the worker works
    await until(lambda: is_done(maker, 9), SLOW)
    assert await applied() == [9]


async def is_done(maker: SessionMaker, ref: int) -> bool:
    return await count(maker, JobRow.ref == ref, JobRow.done_at.is_not(None)) == 1


async def test_a_queue_that_forgets_everything_loses_nothing(
    maker: SessionMaker, start_worker: StartWorker, applied: Applied, redis: ArqRedis
) -> None:
    start_worker(SLOWNESS="0.05")
    for start in range(0, 60, 20):
        await ask(maker, range(start, start + 20))
        await until(lambda: count_published(maker), SLOW)
        await redis.flushall()
    await until(lambda: all_done(maker), SLOW)
    assert await applied() == list(range(60))


async def count_published(maker: SessionMaker) -> bool:
    return await count(maker, JobRow.published_at.is_not(None)) > 0 or await all_done(maker)


async def test_work_that_only_the_queue_knows_is_lost(
    start_worker: StartWorker, applied: Applied, redis: ArqRedis, maker: SessionMaker
) -> None:
    """The control: the same loss, without rows."""
    for ref in range(20):
        await redis.enqueue_job("plain", ref)
    await redis.flushall()
    start_worker()
    await ask(maker, range(100, 101))
    await until(lambda: all_done(maker), SLOW)
    assert await applied() == [100]


async def test_lost_connections_lose_nothing(
    maker: SessionMaker, start_worker: StartWorker, applied: Applied
) -> None:
    """As after a restart of PostgreSQL: every connection of the worker is gone at once."""
    start_worker(SLOWNESS="0.1")
    await ask(maker, range(40))
    for _ in range(3):
        await until(lambda: count_published(maker), SLOW)
        async with transaction(maker) as session:
            await session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> "
                    "pg_backend_pid() AND datname = current_database() AND state <> 'idle'"
                )
            )
    await until(lambda: all_done(maker), SLOW)
    assert await applied() == list(range(40))


async def test_a_row_that_kills_its_worker_ends_dead(
    maker: SessionMaker, start_worker: StartWorker, applied: Applied
) -> None:
    await ask(maker, range(1), POISON)
    async with transaction(maker) as session:
        await session.execute(text("UPDATE job SET starts = 6 WHERE kind = :k"), {"k": POISON})

    async def hurried_and_dead() -> bool:
        async with transaction(maker) as session:
            await session.execute(text("UPDATE job SET run_after = now() WHERE starts > 0"))
            return await session.scalar(select(func.count(JobRow.dead_at))) == 1

    for _ in range(2):
        worker = start_worker()

        async def killed(worker: WorkerProcess = worker) -> bool:
            await hurried_and_dead()
            return not worker.alive

        await until(killed, SLOW)
    start_worker()
    await until(hurried_and_dead, SLOW)
    await ask(maker, range(7, 8))
    await until(lambda: all_done(maker), SLOW)
    assert await applied() == [7]  # the others go on


async def test_a_queue_that_is_away_for_a_while_is_waited_for(
    maker: SessionMaker, start_worker: StartWorker, applied: Applied, tmp_path: Path
) -> None:
    with valkey_server(tmp_path) as server:
        worker = start_worker(REDIS_URL=server.url)
        await ask(maker, range(5))
        await until(lambda: all_done(maker), SLOW)
        await asyncio.to_thread(server.stop)
        await ask(maker, range(5, 10))
        await asyncio.to_thread(server.start)
        await until(lambda: all_done(maker), SLOW)
        assert await applied() == list(range(10))
        assert worker.alive


async def test_a_worker_asked_to_stop_finishes_what_it_has_begun(
    maker: SessionMaker, start_worker: StartWorker, applied: Applied
) -> None:
    worker = start_worker(SLOWNESS="1")
    await ask(maker, range(3))

    async def begun() -> bool:
        return await count(maker, JobRow.starts == 1) == 3

    await until(begun, SLOW)
    await asyncio.to_thread(worker.end, signal.SIGTERM)
    assert await all_done(maker)
    assert await applied() == [0, 1, 2]
