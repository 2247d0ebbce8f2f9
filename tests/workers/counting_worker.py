"""A worker whose effects can be counted: one row per effect, slow enough to be killed half-way.

Run as its own process. Two kinds of job stand in for all: one writes a row, one kills its worker.
Pairings and codes keep their own lanes, unless NO_LANES takes them away. PLAIN_ID is the control of
the queue's ids: it leaves the number of the start out of them.
"""

import asyncio
import os
import signal
from typing import Any

from arq.worker import func
from sqlalchemy import text

from app.outbox import Job
from tests.faults.counting import forget_starts
from tests.workers.conftest import COUNTED, POISON
from workers import settings
from workers.lanes import LANES
from workers.protocol import Task, Tools

SLOWNESS = float(os.environ.get("SLOWNESS", "0.02"))


async def count(task: Task) -> None:
    async with task.effect() as session:
        await session.execute(text("INSERT INTO applied VALUES (:ref)"), {"ref": task.ref})
        await session.execute(text("SELECT pg_sleep(:long)"), {"long": SLOWNESS})


async def compute(task: Task) -> None:
    """Like matching: long, and no row is locked meanwhile."""
    await asyncio.sleep(SLOWNESS)
    await count(task)


async def send_code(task: Task) -> None:
    """Writes how much came before it, as a negative number."""
    async with task.effect() as session:
        await session.execute(text("INSERT INTO applied SELECT -count(*) FROM applied"))


async def die(task: Task) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def plain(ctx: dict[Any, Any], *refs: int, **_: object) -> None:
    """The control: work that only the queue knows of."""
    tools: Tools = ctx["tools"]
    async with tools.maker.begin() as session:
        await session.execute(text("INSERT INTO applied VALUES (:ref)"), {"ref": refs[0]})


WORKS = {COUNTED: count, POISON: die, Job.FIND_PAIRINGS: compute, Job.SEND_CODE: send_code}
Worker: dict[str, Any] = {
    **vars(settings.WorkerSettings),
    "ctx": {
        "works": WORKS,
        "lanes": tuple(
            lane for lane in LANES if lane.jobs & set(WORKS) and "NO_LANES" not in os.environ
        ),
    },
    "functions": (
        *(settings._function(job.value, work) for job, work in WORKS.items()),
        func(plain, timeout=5, keep_result=0),
    ),
}

if __name__ == "__main__":
    if "PLAIN_ID" in os.environ:
        forget_starts()
    settings.serve(Worker)
