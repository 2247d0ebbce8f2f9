"""Doing work: published when due, begun and counted, taken under lock, finished or buried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import case, func, select, update

from app.db import ReadSession, Session
from app.outbox.rows import EXTERNAL, EXTERNAL_TIME_LIMIT, LONG, LONG_TIME_LIMIT, Job, JobRow

log = structlog.get_logger()

# A code first: somebody waits at the door. Matching last: it is long, and it piles up.
FIRST, LAST = Job.SEND_CODE, Job.FIND_PAIRINGS


async def publish_due(session: Session, limit: int = 200) -> list[tuple[str, int, int]]:
    """Stamp due rows as published: (kind, id, starts). Running rows are locked, so skipped.

    What the queue has never had comes before what it is only reminded of, however much that is.
    """
    rank = case((JobRow.kind == FIRST.value, 0), (JobRow.kind == LAST.value, 2), else_=1)
    due = (
        select(JobRow.id)
        .where(
            JobRow.done_at.is_(None),
            JobRow.dead_at.is_(None),
            JobRow.run_after <= func.now(),
            (JobRow.published_at.is_(None))
            | (JobRow.published_at < func.now() - timedelta(seconds=2)),
        )
        .order_by(JobRow.published_at.asc().nulls_first(), rank, JobRow.run_after)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    rows = await session.execute(
        update(JobRow)
        .where(JobRow.id.in_(select(due.c.id)))
        .values(published_at=func.now())
        .returning(JobRow.kind, JobRow.id, JobRow.starts)
    )
    return [(row.kind, row.id, row.starts) for row in rows]


async def waiting(reader: ReadSession, job: Job, refs: Sequence[int]) -> list[tuple[int, int]]:
    """Id and starts of the rows of one kind about these that are not done, the oldest first."""
    rows = await reader.execute(
        select(JobRow.id, JobRow.starts)
        .where(JobRow.kind == job.value, JobRow.ref.in_(refs))
        .where(JobRow.done_at.is_(None), JobRow.dead_at.is_(None))
        .order_by(JobRow.id)
    )
    return [(job_id, starts) for job_id, starts in rows]


def most_starts(job: Job) -> int:
    return 20 if job in EXTERNAL else 8


def time_limit(job: Job) -> timedelta:
    """How long one start may take, for work that lasts longer than the first pauses."""
    if job in LONG:
        return LONG_TIME_LIMIT
    return EXTERNAL_TIME_LIMIT if job in EXTERNAL else timedelta()


def backoff(starts: int) -> timedelta:
    """One second three times, then doubling up to fifteen minutes."""
    return timedelta(seconds=min(900, 2 ** max(0, starts - 3)))


@dataclass(frozen=True)
class Begun:
    """Work that starts now, or that was given up at that moment."""

    job: Job
    ref: int
    dead_at: datetime | None = None


async def begin(session: Session, job_id: int, starts: int) -> Begun | None:
    """Count a start, or bury the row after too many; None where the work is no longer waiting.

    Commit it alone, before the work: a row that kills its worker then ends dead, not undead.
    """
    row = await session.scalar(
        select(JobRow)
        .where(JobRow.id == job_id, JobRow.starts == starts)
        .where(JobRow.done_at.is_(None), JobRow.dead_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    job = Job(row.kind)
    if row.starts >= most_starts(job):
        row.dead_at = await session.scalar(select(func.now()))
        log.error("job_dead", job=row.kind, job_id=row.id, starts=row.starts)
        return Begun(job, row.ref, row.dead_at)
    row.starts += 1
    pause = backoff(row.starts) + time_limit(job)
    row.run_after = await session.scalar(select(func.now() + pause)) or row.run_after
    row.published_at = None
    return Begun(job, row.ref)


async def take(session: Session, job_id: int, starts: int) -> JobRow | None:
    """Lock the row for the transaction of its effect; None where another worker has it."""
    row: JobRow | None = await session.scalar(
        select(JobRow)
        .where(JobRow.id == job_id, JobRow.starts == starts)
        .where(JobRow.done_at.is_(None), JobRow.dead_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    return row


async def finish(session: Session, row: JobRow) -> None:
    row.done_at = await session.scalar(select(func.now()))


async def record_failure(session: Session, job_id: int, error_code: str) -> None:
    """Remember what kind of failure it was, never its data; the row stays due.

    Long work has ended with its failure: it need not wait for the end of its time.
    """
    soon = func.least(JobRow.run_after, func.now() + backoff(0))
    is_long = JobRow.kind.in_([job.value for job in LONG])
    await session.execute(
        update(JobRow)
        .where(JobRow.id == job_id)
        .values(
            error_code=error_code[:80],
            run_after=case((is_long, soon), else_=JobRow.run_after),
        )
    )
