"""Two stand-in kinds of work beside the real ones: one is counted, one kills its worker."""

import os
import random
import signal

from sqlalchemy import text

from tests.faults.kinds import COUNTED, POISON
from workers import relay, settings
from workers.jobs import JOBS
from workers.lanes import LANES
from workers.protocol import Task

LONGEST = 0.03
_effect = text("INSERT INTO fault_effect VALUES (:job, :ref)")
_sleep = text("SELECT pg_sleep(:long)")


async def count(task: Task) -> None:
    """One row for each effect; slow enough to be hit half-way."""
    async with task.effect() as session:
        await session.execute(_effect, {"job": task.id, "ref": task.ref})
        await session.execute(_sleep, {"long": random.uniform(0, LONGEST)})  # noqa: S311 - a load


async def die(_: Task) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


WORKS = {**JOBS, COUNTED: count, POISON: die}


def serve() -> None:
    functions = tuple(settings._function(job.value, work) for job, work in WORKS.items())
    settings.serve(
        {
            **vars(settings.WorkerSettings),
            "functions": functions,
            "ctx": {"works": WORKS, "lanes": LANES, "routes": LANES},
        }
    )


def forget_starts() -> None:
    """The control: one id for a row for ever, and arq's own patience with whoever picked it up."""
    settings.PICKED_UP_SECONDS = 310
    relay.queue_id = _plain_id


def _plain_id(kind: str, job_id: int, starts: int) -> str:
    return f"{kind}:{job_id}"
