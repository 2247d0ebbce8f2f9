"""The table of contents of background work, and the row in which one piece of it waits."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, DateTime, Identity, Index, Integer, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Job(StrEnum):
    """The table of contents of all background work; each has one coroutine in workers/jobs."""

    FIND_PAIRINGS = "find_pairings"
    CLOSE_PROPOSALS = "close_proposals"
    SEND_LETTER = "send_letter"
    SEND_CODE = "send_code"
    SEND_WARNING = "send_warning"
    TIDY_POSTS = "tidy_posts"
    TIDY_PROPOSALS = "tidy_proposals"
    TIDY_EXCHANGES = "tidy_exchanges"
    TELL_NEW_DEVICE = "tell_new_device"
    OPEN_DISPUTE = "open_dispute"
    REPORT_STAY = "report_stay"
    WATCH_NEWCOMER = "watch_newcomer"
    ANSWER_REPORTER = "answer_reporter"
    TIDY_REPORTS = "tidy_reports"
    COLLECT_REPLIES = "collect_replies"
    ANSWER_REPLY = "answer_reply"
    PUSH_NEWS = "push_news"
    TIDY_ACCOUNTS = "tidy_accounts"
    BALANCE = "balance"
    BALANCE_SHARD = "balance_shard"
    DRAW_PLAN = "draw_plan"
    FIT_WEIGHTS = "fit_weights"
    SEAL_LEDGER = "seal_ledger"
    CHECK_LEDGER = "check_ledger"
    ERASE_PERSON = "erase_person"
    ERASE_CLIENT = "erase_client"
    KEEP_TERMS = "keep_terms"


# Mail and SMS leave the house: give the other side about two hours of retries.
EXTERNAL = frozenset(
    {
        Job.SEND_LETTER,
        Job.SEND_CODE,
        Job.SEND_WARNING,
        Job.ANSWER_REPORTER,
        Job.COLLECT_REPLIES,
        Job.ANSWER_REPLY,
        Job.PUSH_NEWS,
    }
)
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
        Job.COLLECT_REPLIES,
        Job.BALANCE,
        Job.FIT_WEIGHTS,
        Job.SEAL_LEDGER,
        Job.CHECK_LEDGER,
        Job.KEEP_TERMS,
    }
)
SWEEP_EVERY = timedelta(minutes=1)
BALANCE_EVERY = timedelta(minutes=15)
FIT_EVERY = timedelta(days=7)
TERMS_EVERY = timedelta(hours=1)
KEEP_DONE = timedelta(days=3)


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
    discarded_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="When somebody let go of it after it was given up."
    )
    discard_reason: Mapped[str | None] = mapped_column(String(200), comment="Why.")
    handled_by: Mapped[int | None] = mapped_column(
        BigInteger, comment="Person who retried or discarded it."
    )
