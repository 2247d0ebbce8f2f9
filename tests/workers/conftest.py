"""Worker processes that tests may kill, an empty queue, and a table that counts effects."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from arq import ArqRedis, create_pool
from sqlalchemy import text

from app.db import SessionMaker, transaction
from app.outbox import Job
from app.settings import Settings
from workers.queue import reach_queue, read_json, write_json

ROOT = Path(__file__).parents[2]
COUNTING = "tests.workers.counting_worker"
REAL = "workers"
# In the counting worker these two kinds stand in for all: one writes a row, one kills.
COUNTED, POISON = Job.CLOSE_PROPOSALS, Job.TELL_NEW_DEVICE


class WorkerProcess:
    """One worker with its own process; `kill` is kill -9."""

    def __init__(self, kind: str, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and words
            [sys.executable, "-m", kind],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def end(self, number: int = signal.SIGKILL) -> int:
        with suppress(ProcessLookupError):
            self.process.send_signal(number)
        return self.process.wait(timeout=20)


StartWorker = Callable[..., WorkerProcess]


@pytest.fixture
async def redis(settings: Settings) -> AsyncIterator[ArqRedis]:
    """The queue, empty."""
    pool = await create_pool(
        reach_queue(settings), job_serializer=write_json, job_deserializer=read_json
    )
    await pool.flushall()
    yield pool
    await pool.flushall()
    await pool.aclose()


@pytest.fixture
def start_worker(servers: dict[str, str], redis: ArqRedis) -> Iterator[StartWorker]:
    """Start a worker; whatever still runs at the end is killed."""
    started: list[WorkerProcess] = []

    def start(kind: str = COUNTING, **environment: str) -> WorkerProcess:
        started.append(WorkerProcess(kind, {**servers, **environment}))
        return started[-1]

    yield start
    for worker in started:
        worker.end()


@pytest.fixture
async def applied(maker: SessionMaker) -> AsyncIterator[Callable[[], object]]:
    """Read which effects took place, each as often as it did."""
    async with transaction(maker) as session:
        await session.execute(text("CREATE TABLE applied (ref bigint NOT NULL)"))
        await session.execute(text("GRANT ALL ON applied TO PUBLIC"))  # workers own nothing

    async def read() -> list[int]:
        async with transaction(maker) as session:
            return sorted(await session.scalars(text("SELECT ref FROM applied")))

    yield read
    async with transaction(maker) as session:
        await session.execute(text("DROP TABLE applied"))
