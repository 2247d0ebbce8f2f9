"""One worker process: the queue's settings, the tools of its jobs, and the relay beside them."""

import asyncio
import logging
import os
import signal
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any, ClassVar

import structlog
from arq.worker import Function, Worker, create_worker, func

from app.crypto import keyring
from app.db import create_engine, session_maker
from app.logs import configure_logs
from app.outbox import Job
from app.settings import read_settings
from workers import relay
from workers.engine import warm_up
from workers.jobs import JOBS
from workers.lanes import LANES, Lane
from workers.protocol import Tools, Work, run, seconds_for
from workers.queue import open_queue, reach_queue, read_json, write_json

log = structlog.get_logger()

# How long the queue keeps a job for the worker that picked it up. Once begun, its id is used up,
# so this need only outlast the way from the queue to the row; then a killed worker blocks nobody.
PICKED_UP_SECONDS = 10
# Time for what is under way beside the default queue when the process is told to stop.
LAST_SECONDS = 3
# Whatever has not heard of it by then ends with the process; its rows come again.
LONGEST_END_SECONDS = 14


def _function(name: str, work: Work) -> Function:
    async def job(ctx: dict[Any, Any], *row: int, **_: object) -> None:
        await run(work, ctx, *row)

    return func(job, name=name, timeout=seconds_for(Job(name)) + 1, keep_result=0)


async def start(context: dict[Any, Any]) -> None:
    """Open the database, then let the relay and the lanes run beside the default queue."""
    # Its own lines repeat what the rows say.
    logging.getLogger("arq").setLevel(logging.WARNING)
    settings = read_settings()
    keyring.open(settings.secret_key)
    configure_logs(settings)
    lanes: Sequence[Lane] = context["lanes"]
    patient = any(lane.computes for lane in lanes)
    engine = create_engine(settings.database, at_work=True, patient=patient)
    maker = session_maker(engine, letters_at_once=settings.mail.at_once)
    hint = asyncio.Event()
    context["engine"] = engine
    context["tools"] = Tools(settings, maker)
    routes: Sequence[Lane] = context.get("routes", lanes)
    opened = [(lane, _open_lane(lane, context)) for lane in lanes]
    context["workers"] = [worker for _, worker in opened]
    engine_ready = asyncio.create_task(_compile(opened, context))
    context["beside"] = [
        engine_ready,
        *(
            asyncio.create_task(_keep_lane(worker, engine_ready if lane.computes else None))
            for lane, worker in opened
        ),
        asyncio.create_task(relay.relay(maker, context["redis"], hint, routes)),
        asyncio.create_task(relay.listen(settings.database, hint)),
        asyncio.create_task(relay.keep_sweeping(maker)),
        asyncio.create_task(relay.keep_forgetting(maker)),
    ]


async def stop(context: dict[Any, Any]) -> None:
    """Jobs have ended or been called off; their rows come again."""
    for worker in context.get("workers", []):
        worker.allow_pick_jobs = False
    under_way = [task for worker in context.get("workers", []) for task in worker.tasks.values()]
    if under_way:
        await asyncio.wait(under_way, timeout=LAST_SECONDS)
    for task in context.get("beside", []):
        task.cancel()
    if beside := context.get("beside"):
        await asyncio.wait(beside, timeout=LAST_SECONDS)
    if "engine" in context:
        await context["engine"].dispose()


def _open_lane(lane: Lane, context: Mapping[Any, Any]) -> Worker:
    works: Mapping[Job, Work] = context["works"]
    worker = create_worker(
        dict(vars(WorkerSettings)),
        queue_name=lane.queue,
        redis_pool=open_queue(context["tools"].settings, lane.queue),
        max_jobs=lane.at_once,
        functions=[_function(job.value, works[job]) for job in sorted(lane.jobs & set(works))],
        ctx={"tools": context["tools"]},
        on_startup=None,
        on_shutdown=None,
        handle_signals=False,
    )
    worker.in_progress_timeout_s = PICKED_UP_SECONDS
    return worker


async def _compile(opened: Sequence[tuple[Lane, Worker]], context: Mapping[Any, Any]) -> None:
    """Compile the engine in a process that computes, before its first pairing."""
    if any(lane.computes for lane, _ in opened) and context["works"] is JOBS:
        await asyncio.to_thread(warm_up)


async def _keep_lane(worker: Worker, ready: asyncio.Task[None] | None) -> None:
    """A lane that ends by itself ends the process: whoever watches it starts it anew."""
    try:
        if ready is not None:
            await ready
        await worker.async_run()
    except Exception:
        log.exception("lane_failed")
        os.kill(os.getpid(), signal.SIGTERM)
    finally:
        await worker.close()


class WorkerSettings:
    """What `solidare worker` runs: the default queue, and the lanes beside it."""

    ctx: ClassVar[dict[str, Any]] = {"works": JOBS, "lanes": LANES, "routes": LANES}

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


def serve(settings: Mapping[str, Any], *lanes: str) -> None:
    """Run one worker until it is told to stop; named lanes leave the others to other workers."""
    if lanes:
        chosen = tuple(lane for lane in settings["ctx"]["lanes"] if lane.name in lanes)
        settings = {**settings, "ctx": {**settings["ctx"], "lanes": chosen}}
    worker = create_worker(dict(settings), redis_pool=open_queue(read_settings()))
    worker.in_progress_timeout_s = PICKED_UP_SECONDS
    for number in (signal.SIGINT, signal.SIGTERM):
        worker.loop.add_signal_handler(number, _end, worker, number)
    worker.run()


def _end(worker: Worker, number: signal.Signals) -> None:
    """What is under way may finish, within its time.

    The queue's library keeps no hold of the task that waits for it, so it can be lost.
    """
    worker.handle_sig_wait_for_completion(number)
    worker.loop.call_later(LONGEST_END_SECONDS, os._exit, 1)
