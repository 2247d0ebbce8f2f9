"""A code leaves at once, however much matching waits."""

from collections.abc import Awaitable, Callable

import pytest
from arq import ArqRedis
from sqlalchemy import text

from app import outbox
from app.db import SessionMaker, transaction
from app.outbox import Job
from tests.conftest import until
from tests.workers.conftest import StartWorker
from workers import relay
from workers.lanes import LANES, queue_of

Applied = Callable[[], Awaitable[list[int]]]
BACKLOG = 300
SECONDS = 60.0


async def a_backlog(maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        await session.execute(
            text(
                "INSERT INTO job (kind, ref) "
                "SELECT 'find_pairings', n FROM generate_series(1, :backlog) n"
            ),
            {"backlog": BACKLOG},
        )


async def a_code(maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        await outbox.defer(session, Job.SEND_CODE, 1)


async def still_to_publish(maker: SessionMaker) -> int:
    """Rows that the queue has never had."""
    async with transaction(maker) as session:
        rows = "SELECT id FROM job WHERE published_at IS NULL AND starts = 0"
        return len((await session.scalars(text(rows))).all())


async def before_the_code(
    maker: SessionMaker, start_worker: StartWorker, applied: Applied, **environment: str
) -> int:
    """How many pairings a lone worker finished before a code that was asked for in between."""
    await a_backlog(maker)
    start_worker(SLOWNESS="0.05", **environment)

    async def queued() -> bool:
        return await still_to_publish(maker) == 0 and len(await applied()) > 0

    await until(queued, SECONDS)
    await a_code(maker)

    async def sent() -> bool:
        return any(row < 0 for row in await applied())

    await until(sent, SECONDS)
    return -min(await applied())


async def test_a_code_leaves_before_the_backlog(
    maker: SessionMaker, start_worker: StartWorker, applied: Applied
) -> None:
    assert await before_the_code(maker, start_worker, applied) < BACKLOG / 4


async def test_in_one_queue_a_code_waits_for_all_of_it(
    maker: SessionMaker, start_worker: StartWorker, applied: Applied
) -> None:
    """The control: the same backlog where no kind has a lane."""
    before = await before_the_code(maker, start_worker, applied, NO_LANES="1")
    assert before > BACKLOG * 9 / 10


async def test_what_the_queue_never_had_comes_first_codes_before_all(
    maker: SessionMaker, redis: ArqRedis
) -> None:
    await a_backlog(maker)
    assert await relay.hand_over(maker, redis) == BACKLOG
    async with transaction(maker) as session:
        await session.execute(text("UPDATE job SET published_at = now() - interval '3 s'"))
        await outbox.defer(session, Job.FIND_PAIRINGS, 0)
        await outbox.defer(session, Job.CLOSE_PROPOSALS, 0)
        await outbox.defer(session, Job.SEND_CODE, 0)
    async with transaction(maker) as session:
        first = await outbox.publish_due(session, 3)
    assert {kind for kind, _, _ in first} == {"find_pairings", "close_proposals", "send_code"}
    async with transaction(maker) as session:
        await session.execute(text("UPDATE job SET published_at = NULL"))
    async with transaction(maker) as session:
        (only,) = await outbox.publish_due(session, 1)
    assert only[0] == "send_code"


@pytest.mark.parametrize("job", Job)
def test_each_kind_of_work_has_one_queue(job: Job) -> None:
    assert sum(job in lane.jobs for lane in LANES) <= 1
    assert (queue_of(job.value) is None) == all(job not in lane.jobs for lane in LANES)
