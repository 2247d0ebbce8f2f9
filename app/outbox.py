"""Background work: a job is a row in the business transaction: it exists if the act does."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import asyncpg  # type: ignore[import-untyped] # ships no types
import structlog
from sqlalchemy import (
    BigInteger,
    DateTime,
    Identity,
    Index,
    Integer,
    String,
    case,
    delete,
    func,
    insert,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Session
from app.settings import DatabaseSettings

log = structlog.get_logger()


class Job(StrEnum):
    """The table of contents of all background work; each has one coroutine in workers/jobs."""

    FIND_PAIRINGS = "find_pairings"
    CLOSE_PROPOSALS = "close_proposals"
    SEND_LETTER = "send_letter"
    SEND_CODE = "send_code"
    TIDY_POSTS = "tidy_posts"
    TIDY_PROPOSALS = "tidy_proposals"
    TIDY_EXCHANGES = "tidy_exchanges"
    TELL_NEW_DEVICE = "tell_new_device"
    OPEN_DISPUTE = "open_dispute"
    REPORT_STAY = "report_stay"
    WATCH_NEWCOMER = "watch_newcomer"
    ANSWER_REPORTER = "answer_reporter"
    TIDY_REPORTS = "tidy_reports"
    TIDY_ACCOUNTS = "tidy_accounts"
    BALANCE = "balance"
    BALANCE_SHARD = "balance_shard"
    DRAW_PLAN = "draw_plan"
    FIT_WEIGHTS = "fit_weights"
    SEAL_LEDGER = "seal_ledger"
    CHECK_LEDGER = "check_ledger"


# Mail and SMS leave the house: give the other side about two hours of retries.
EXTERNAL = frozenset({Job.SEND_LETTER, Job.SEND_CODE, Job.ANSWER_REPORTER})
EXTERNAL_TIME_LIMIT = timedelta(seconds=25)
# These compute for long with no row locked: nobody brings the row again before its time is up.
LONG = frozenset({Job.BALANCE_SHARD, Job.DRAW_PLAN, Job.FIT_WEIGHTS, Job.CHECK_LEDGER})
LONG_TIME_LIMIT = timedelta(minutes=5)
# Sweeps follow themselves: each asks for the next one in the transaction of its own effect.
SWEEPS = frozenset(
    {
        Job.TIDY_POSTS,
        Job.TIDY_PROPOSALS,
        Job.TIDY_EXCHANGES,
        Job.TIDY_ACCOUNTS,
        Job.TIDY_REPORTS,
        Job.BALANCE,
        Job.FIT_WEIGHTS,
        Job.SEAL_LEDGER,
        Job.CHECK_LEDGER,
    }
)
SWEEP_EVERY = timedelta(minutes=1)
BALANCE_EVERY = timedelta(minutes=15)
FIT_EVERY = timedelta(days=7)
KEEP_DONE = timedelta(days=3)
# A code first: somebody waits at the door. Matching last: it is long, and it piles up.
FIRST, LAST = Job.SEND_CODE, Job.FIND_PAIRINGS
CHANNEL = "job"


class JobRow(Base):
    __tablename__ = "job"
    __table_args__ = (
        Index(
            "ix_job_due",
            "run_after",
            postgresql_where=text("done_at IS NULL AND dead_at IS NULL"),
        ),
        Index(
            "ix_job_kind_ref",
            "kind",
            "ref",
            postgresql_where=text("done_at IS NULL AND dead_at IS NULL"),
        ),
        {"comment": "Background work, inserted in the transaction of the act that needs it."},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), comment="A member of app.outbox.Job.")
    ref: Mapped[int] = mapped_column(
        BigInteger, comment="Id of the row the work is about; 0 for none."
    )
    run_after: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), comment="Not before this moment."
    )
    starts: Mapped[int] = mapped_column(
        Integer, server_default="0", comment="How often a worker has started it."
    )
    published_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="When the relay last handed it to the queue."
    )
    error_code: Mapped[str | None] = mapped_column(
        String(80), comment="Class name of the last failure, never its data."
    )
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), comment="When the act happened."
    )
    done_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="When its effect was committed."
    )
    dead_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="When it was given up after too many starts."
    )


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
    await session.execute(
        insert(JobRow).values(
            [
                {"kind": job.value, "ref": ref, "run_after": func.now() + after}
                for ref, after in refs.items()
            ]
        )
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
    """Call back whenever a transaction with new work commits; return when the connection ends."""
    url = make_url(settings.url.reveal()).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False), timeout=5)
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _: ended.set())
    try:
        await connection.add_listener(CHANNEL, lambda *_: on_work())
        await ended.wait()
    finally:
        connection.terminate()


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
    """Remember what kind of failure it was, never its data; the row stays due."""
    await session.execute(
        update(JobRow).where(JobRow.id == job_id).values(error_code=error_code[:80])
    )
