"""A worker whose effects can be counted: one row per effect, slow enough to be killed half-way.

Run as its own process. Two kinds of job stand in for all: one writes a row, one kills its worker.
"""

import os
import signal
from typing import Any

from arq.worker import func
from sqlalchemy import text

from tests.workers.conftest import COUNTED, POISON
from workers import settings
from workers.protocol import Task, Tools

SLOWNESS = float(os.environ.get("SLOWNESS", "0.02"))


async def count(task: Task) -> None:
    async with task.effect() as session:
        await session.execute(text("INSERT INTO applied VALUES (:ref)"), {"ref": task.ref})
        await session.execute(text("SELECT pg_sleep(:long)"), {"long": SLOWNESS})


async def die(task: Task) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def plain(ctx: dict[Any, Any], *refs: int, **_: object) -> None:
    """The control: work that only the queue knows of."""
    tools: Tools = ctx["tools"]
    async with tools.maker.begin() as session:
        await session.execute(text("INSERT INTO applied VALUES (:ref)"), {"ref": refs[0]})


Worker: dict[str, Any] = {
    **vars(settings.WorkerSettings),
    "functions": (
        settings._function(COUNTED.value, count),
        settings._function(POISON.value, die),
        func(plain, timeout=5, keep_result=0),
    ),
}

if __name__ == "__main__":
    settings.serve(Worker)
