"""Begin, take, finish: each delivery counts, only one takes effect, failures leave a name."""

import asyncio
from datetime import timedelta

import pytest
from arq import ArqRedis
from sqlalchemy import select, text

from app import outbox
from app.db import SessionMaker, transaction
from app.notifications.actions import tell
from app.notifications.models import Letter
from app.notifications.rules import LinkPurpose, NoticeKind
from app.outbox import Job, JobRow
from app.settings import Settings
from tests.conftest import until
from tests.factories.accounts import a_person
from tests.factories.proposals import a_pair
from tests.workers.conftest import REAL, StartWorker
from workers import relay
from workers.jobs import JOBS
from workers.protocol import Task, Tools, Work, run


async def a_row(maker: SessionMaker, **fields: object) -> int:
    async with transaction(maker) as session:
        row = JobRow(kind=Job.CLOSE_PROPOSALS.value, ref=5, **fields)
        session.add(row)
        await session.flush()
        return row.id


async def read(maker: SessionMaker, job_id: int) -> JobRow:
    async with transaction(maker) as session:
        return await session.get_one(JobRow, job_id)


@pytest.fixture
def tools(settings: Settings, maker: SessionMaker) -> Tools:
    return Tools(settings, maker)


def counting(seen: list[int]) -> Work:
    async def work(task: Task) -> None:
        async with task.effect():
            seen.append(task.ref)

    return work


async def test_two_deliveries_of_one_start_take_effect_once(
    maker: SessionMaker, tools: Tools
) -> None:
    job_id, seen = await a_row(maker), list[int]()
    await asyncio.gather(*(run(counting(seen), {"tools": tools}, job_id, 0) for _ in range(8)))
    row = await read(maker, job_id)
    assert (seen, row.starts) == ([5], 1)
    assert row.done_at is not None


async def test_a_worker_overtaken_by_another_leaves_no_effect(
    maker: SessionMaker, tools: Tools
) -> None:
    """A slow first start meets a second one: whoever was begun last writes."""
    job_id, seen = await a_row(maker), list[int]()
    inner = counting(seen)

    async def slow(task: Task) -> None:
        await run(inner, {"tools": tools}, job_id, 1)
        await inner(task)

    await run(slow, {"tools": tools}, job_id, 0)
    assert (seen, (await read(maker, job_id)).starts) == ([5], 2)


async def test_a_failure_leaves_its_name_and_the_row_waits(
    maker: SessionMaker, tools: Tools
) -> None:
    job_id = await a_row(maker)

    async def fail(task: Task) -> None:
        async with task.effect() as session:
            await session.execute(text("INSERT INTO job (kind, ref) VALUES ('undone', 1)"))
            raise LookupError("jan@example.org")

    await run(fail, {"tools": tools}, job_id, 0)
    row = await read(maker, job_id)
    assert (row.error_code, row.done_at, row.dead_at) == ("LookupError", None, None)
    async with transaction(maker) as session:
        assert await session.scalar(select(JobRow.id).where(JobRow.kind == "undone")) is None


async def test_too_many_starts_end_dead(maker: SessionMaker, tools: Tools) -> None:
    job_id, seen = await a_row(maker, starts=8), list[int]()
    await run(counting(seen), {"tools": tools}, job_id, 8)
    row = await read(maker, job_id)
    assert seen == []
    assert row.dead_at is not None
    await run(counting(seen), {"tools": tools}, job_id, 8)
    assert seen == []


async def test_a_letter_whose_job_dies_has_failed(maker: SessionMaker, tools: Tools) -> None:
    """Later news then begins another letter instead of joining one that never leaves."""
    person = await a_person(maker)

    async def news() -> Letter:
        async with transaction(maker) as session:
            await tell(
                session, person.id, NoticeKind.MESSAGE, facts={}, link=(LinkPurpose.ACCOUNT, "")
            )
            letters = await session.scalars(select(Letter).order_by(Letter.id.desc()))
            return letters.all()[0]

    letter = await news()
    async with transaction(maker) as session:
        row = (await session.scalars(select(JobRow).where(JobRow.ref == letter.id))).one()
        row.starts = outbox.most_starts(Job.SEND_LETTER)
    assert (await news()).id == letter.id
    await run(JOBS[Job.SEND_LETTER], {"tools": tools}, row.id, row.starts)
    async with transaction(maker) as session:
        failed = await session.get_one(Letter, letter.id)
        dead = await session.get_one(JobRow, row.id)
    assert failed.failed_at is not None
    assert (failed.failed_at, failed.sent_at) == (dead.dead_at, None)
    assert (await news()).id != letter.id


def test_pauses_grow_up_to_a_quarter_of_an_hour() -> None:
    pauses = [int(outbox.backoff(starts).total_seconds()) for starts in range(1, 21)]
    assert pauses[:6] == [1, 1, 1, 2, 4, 8]
    assert pauses[-1] == 900
    assert sum(pauses) > timedelta(hours=1, minutes=45).total_seconds()


async def test_the_relay_hands_over_what_is_due_once(maker: SessionMaker, redis: ArqRedis) -> None:
    await a_row(maker)
    async with transaction(maker) as session:
        await outbox.defer(session, Job.CLOSE_PROPOSALS, 6, after=timedelta(hours=1))
    assert await relay.hand_over(maker, redis) == 1
    assert await relay.hand_over(maker, redis) == 0
    async with transaction(maker) as session:
        await session.execute(text("UPDATE job SET published_at = now() - interval '3 s'"))
    assert await relay.hand_over(maker, redis) == 0  # the queue still knows it
    await redis.flushall()
    async with transaction(maker) as session:
        await session.execute(text("UPDATE job SET published_at = now() - interval '3 s'"))
    assert await relay.hand_over(maker, redis) == 1


async def test_a_long_backlog_is_handed_over_in_one_go(
    maker: SessionMaker, redis: ArqRedis
) -> None:
    async with transaction(maker) as session:
        await session.execute(
            text("INSERT INTO job (kind, ref) SELECT 'close_proposals', n "
                 "FROM generate_series(1, 450) n")
        )  # fmt: skip
    assert await relay.hand_over(maker, redis) == 450


async def test_a_running_row_is_not_handed_over(maker: SessionMaker, redis: ArqRedis) -> None:
    job_id = await a_row(maker, starts=1)
    async with transaction(maker) as session:
        assert await outbox.take(session, job_id, 1) is not None
        assert await relay.hand_over(maker, redis) == 0


async def test_sweeps_exist_once_and_follow_themselves(maker: SessionMaker, tools: Tools) -> None:
    for _ in range(2):
        async with transaction(maker) as session:
            await outbox.ensure_sweeps(session)
    async with transaction(maker) as session:
        rows = {row.kind: row.id for row in await session.scalars(select(JobRow))}
    assert set(rows) == {job.value for job in outbox.SWEEPS}
    for kind, job_id in rows.items():
        await run(JOBS[Job(kind)], {"tools": tools}, job_id, 0)
    async with transaction(maker) as session:
        found = await session.scalars(select(JobRow).where(JobRow.kind.in_(rows)))
        ends = sorted((row.kind, row.done_at is not None) for row in found)
    assert ends == sorted((kind, done) for kind in rows for done in (False, True))


async def test_a_published_need_is_proposed_by_a_real_worker(
    maker: SessionMaker, start_worker: StartWorker
) -> None:
    start_worker(REAL)
    async with transaction(maker) as session:
        need, offer = await a_pair(session)
        ids = (need.id, offer.id)

    async def proposed() -> bool:
        async with transaction(maker) as session:
            rows = await session.execute(text("SELECT need_id, offer_id FROM proposal"))
            return [tuple(row) for row in rows] == [ids]

    await until(proposed, 60)
