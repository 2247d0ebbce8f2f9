"""Job rows leave for the queue: the only place in the project that enqueues.

PostgreSQL holds the truth. The queue may forget everything: rows not done are handed over again,
and while a row waits its id is unchanged, so that the queue drops the copies.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from arq import ArqRedis

from app import outbox
from app.db import SessionMaker, transaction
from app.settings import DatabaseSettings
from workers.lanes import LANES, Lane, queue_of

log = structlog.get_logger()

EVERY_SECONDS = 1
SWEEPS_EVERY_SECONDS = 60
FORGET_EVERY_SECONDS = 3_600
BATCH = 200
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
# Rows are handed over again within seconds; what nobody took for so long only fills the queue.
FORGOTTEN_AFTER = timedelta(hours=1)


def queue_id(kind: str, job_id: int, starts: int) -> str:
    """Unchanged while the row waits; another once a start was counted, whoever died of it."""
    return f"{kind}:{job_id}:{starts}"


def place_in_queue(job_id: int) -> datetime:
    """A moment long past, in the order of the rows: no worker's clock can say "not yet".

    arq sorts by the clock of whoever enqueues, and leaves alone what its own clock calls future.
    """
    return BEGINNING + timedelta(milliseconds=job_id)


async def hand_over(maker: SessionMaker, redis: ArqRedis, lanes: Sequence[Lane] = LANES) -> int:
    """Enqueue due rows until there are none left or the queue knew them all; how many were new."""
    added = 0
    while True:
        async with transaction(maker) as session:
            due = await outbox.publish_due(session, BATCH)
        # The transaction has ended: no row is locked while the queue is asked.
        new = 0
        for kind, job_id, starts in due:
            job = await redis.enqueue_job(
                kind,
                job_id,
                starts,
                _job_id=queue_id(kind, job_id, starts),
                _queue_name=queue_of(kind, lanes),
                _defer_until=place_in_queue(job_id),
                _expires=FORGOTTEN_AFTER,
            )
            new += job is not None
        added += new
        if len(due) < BATCH or new == 0:
            return added


async def relay(
    maker: SessionMaker, redis: ArqRedis, hint: asyncio.Event, lanes: Sequence[Lane] = LANES
) -> None:
    """Hand over due rows each second, and at once where a commit hints at new work."""
    while True:
        hint.clear()
        await _survive("relay_failed", lambda: hand_over(maker, redis, lanes))
        with suppress(TimeoutError):
            async with asyncio.timeout(EVERY_SECONDS):
                await hint.wait()


async def listen(settings: DatabaseSettings, hint: asyncio.Event) -> None:
    """Wake the relay when work commits; without a connection it still looks each second."""
    while True:
        await _survive("listening_failed", lambda: outbox.listen(settings, hint.set))
        await asyncio.sleep(EVERY_SECONDS)


async def keep_sweeping(maker: SessionMaker) -> None:
    """See to it that every sweep has its row; the sweeps then follow themselves."""
    while True:
        await _survive("sweeps_failed", lambda: _ensure_sweeps(maker))
        await asyncio.sleep(SWEEPS_EVERY_SECONDS)


async def keep_forgetting(maker: SessionMaker) -> None:
    """Remove what was done long ago."""
    while True:
        await _survive("forgetting_failed", lambda: _forget_done(maker))
        await asyncio.sleep(FORGET_EVERY_SECONDS)


async def _ensure_sweeps(maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        await outbox.ensure_sweeps(session)


async def _forget_done(maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        await outbox.forget_done(session)


async def _survive(event: str, act: Callable[[], Awaitable[object]]) -> None:
    """An outage of a server is logged; the next round tries again."""
    try:
        await act()
    except Exception as error:  # noqa: BLE001 - a relay that ends would strand all work
        log.warning(event, error=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)
