"""Asking for work in the transaction of the act that needs it; nothing is asked any other way."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import asyncpg  # type: ignore[import-untyped] # ships no types
from sqlalchemy import delete, func, insert, make_url, select, text, update

from app.db import Session
from app.outbox.rows import KEEP_DONE, SWEEPS, Job, JobRow
from app.settings import DatabaseSettings

CHANNEL = "job"
ASK_EVERY_SECONDS = 15
ANSWER_SECONDS = 5


async def defer(session: Session, job: Job, ref: int = 0, after: timedelta | None = None) -> None:
    """Ask for work in the same transaction; `after` delays it by the database's clock."""
    session.add(JobRow(kind=job.value, ref=ref, run_after=func.now() + (after or timedelta())))
    await session.flush()
    # Only a hint: the relay looks every second anyway.
    await session.execute(text("NOTIFY job"))


async def defer_many(session: Session, job: Job, refs: Mapping[int, timedelta]) -> None:
    """Like `defer` for each row and its delay, in one statement."""
    if not refs:
        return
    now: datetime = (await session.execute(select(func.now()))).scalar_one()
    await session.execute(
        insert(JobRow),
        [{"kind": job.value, "ref": ref, "run_after": now + after} for ref, after in refs.items()],
    )
    await session.execute(text("NOTIFY job"))


async def defer_once(
    session: Session, job: Job, ref: int = 0, after: timedelta | None = None
) -> None:
    """Like `defer`, unless the same work already waits unbegun; if it waits for later, hurry it."""
    waiting = await session.scalar(
        select(JobRow)
        .where(
            JobRow.kind == job.value,
            JobRow.ref == ref,
            JobRow.starts == 0,
            JobRow.done_at.is_(None),
            JobRow.dead_at.is_(None),
        )
        .order_by(JobRow.run_after)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if waiting is None:
        await defer(session, job, ref, after)
        return
    await session.execute(
        update(JobRow)
        .where(JobRow.id == waiting.id, JobRow.run_after > func.now() + (after or timedelta()))
        .values(run_after=func.now() + (after or timedelta()), published_at=None)
    )
    await session.execute(text("NOTIFY job"))


async def defer_each_once(session: Session, job: Job, refs: Collection[int]) -> None:
    """As `defer_once` for each of them, at once, in a handful of statements."""
    if not refs:
        return
    rows = await session.execute(
        select(JobRow.id, JobRow.ref)
        .where(
            JobRow.kind == job.value,
            JobRow.ref.in_(refs),
            JobRow.starts == 0,
            JobRow.done_at.is_(None),
            JobRow.dead_at.is_(None),
        )
        .order_by(JobRow.id)
        .with_for_update(skip_locked=True)
    )
    waiting = {row.id: row.ref for row in rows}
    await session.execute(
        update(JobRow)
        .where(JobRow.id.in_(waiting), JobRow.run_after > func.now())
        .values(run_after=func.now(), published_at=None)
        .execution_options(synchronize_session=False)
    )
    new = sorted(set(refs) - set(waiting.values()))
    await defer_many(session, job, dict.fromkeys(new, timedelta()))
    await session.execute(text("NOTIFY job"))


async def ensure_sweeps(session: Session) -> None:
    """Ask for each sweep that nobody has asked for: the first time, or after one was given up."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('sweeps', 0))"))
    rows = await session.scalars(
        select(JobRow.kind).where(
            JobRow.kind.in_([job.value for job in SWEEPS]),
            JobRow.done_at.is_(None),
            JobRow.dead_at.is_(None),
        )
    )
    for job in sorted(SWEEPS - {Job(kind) for kind in rows}):
        await defer(session, job)


async def forget_done(session: Session) -> None:
    """Remove rows done for three days; dead ones stay until somebody has looked at them."""
    await session.execute(delete(JobRow).where(JobRow.done_at < func.now() - KEEP_DONE))


async def listen(settings: DatabaseSettings, on_work: Callable[[], None]) -> None:
    """Call back whenever a transaction with new work commits; return when the connection ends.

    A line cut in the middle would be silent for ever: now and then it has to answer.
    """
    url = make_url(settings.url.reveal()).set(drivername="postgresql")
    connection = await asyncpg.connect(
        url.render_as_string(hide_password=False), timeout=ANSWER_SECONDS
    )
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _: ended.set())
    try:
        await connection.add_listener(CHANNEL, lambda *_: on_work())
        while not ended.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), ASK_EVERY_SECONDS)
            await connection.execute("SELECT 1", timeout=ANSWER_SECONDS)
    finally:
        connection.terminate()
