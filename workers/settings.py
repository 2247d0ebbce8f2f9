"""One worker process: the queue's settings, the tools of its jobs, and the relay beside them."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from arq.worker import Function, create_worker, func

from app.crypto import keyring
from app.db import create_engine, session_maker
from app.logs import configure_logs
from app.settings import read_settings
from workers import relay
from workers.jobs import JOBS
from workers.protocol import JOB_SECONDS, Tools, Work, run
from workers.queue import reach_queue, read_json, write_json

# How long the queue keeps a job for the worker that picked it up. Once begun, its id is used up,
# so this need only outlast the way from the queue to the row; then a killed worker blocks nobody.
PICKED_UP_SECONDS = 10


def _function(name: str, work: Work) -> Function:
    async def job(ctx: dict[Any, Any], *row: int, **_: object) -> None:
        await run(work, ctx, *row)

    return func(job, name=name, timeout=JOB_SECONDS + 1, keep_result=0)


async def start(context: dict[Any, Any]) -> None:
    """Open the database, then let the relay run beside the jobs."""
    # Its own lines repeat what the rows say.
    logging.getLogger("arq").setLevel(logging.WARNING)
    settings = read_settings()
    keyring.open(settings.secret_key)
    configure_logs(settings)
    engine = create_engine(settings.database)
    maker = session_maker(engine, letters_at_once=settings.mail.at_once)
    hint = asyncio.Event()
    context["engine"] = engine
    context["tools"] = Tools(settings, maker)
    context["beside"] = [
        asyncio.create_task(relay.relay(maker, context["redis"], hint)),
        asyncio.create_task(relay.listen(settings.database, hint)),
        asyncio.create_task(relay.keep_sweeping(maker)),
        asyncio.create_task(relay.keep_forgetting(maker)),
    ]


async def stop(context: dict[Any, Any]) -> None:
    """Jobs have ended or been called off; their rows come again."""
    for task in context.get("beside", []):
        task.cancel()
    await asyncio.gather(*context.get("beside", []), return_exceptions=True)
    if "engine" in context:
        await context["engine"].dispose()


class WorkerSettings:
    """What `solidare worker` runs."""

    functions = tuple(_function(job.value, work) for job, work in JOBS.items())
    redis_settings = reach_queue(read_settings())
    on_startup = start
    on_shutdown = stop
    job_serializer = write_json
    job_deserializer = read_json
    keep_result = 0
    log_results = False
    max_jobs = 10
    max_tries = 1_000
    poll_delay = 0.05
    queue_read_limit = 1_000
    job_completion_wait = 5
    health_check_interval = 10
    expires_extra_ms = 3_600_000
    timezone = UTC


def serve(settings: Mapping[str, Any]) -> None:
    """Run one worker until it is told to stop."""
    worker = create_worker(dict(settings))
    worker.in_progress_timeout_s = PICKED_UP_SECONDS
    worker.run()
