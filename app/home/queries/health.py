"""Whether the platform is well: its database, its schema, its background work."""

import asyncio
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.db import ReadSession, SessionMaker, reading
from app.outbox import JobRow
from app.posts.models import Post

MIGRATIONS = Path(__file__).parents[2] / "migrations" / "versions"
LATE_SECONDS = 60
_PATIENCE_SECONDS = 3


@dataclass(frozen=True)
class Health:
    """Each part in one word; `worker` is late where due work waits, which stops no visitor."""

    database: str
    schema: str
    worker: str

    @property
    def is_ready(self) -> bool:
        return (self.database, self.schema) == ("ok", "ok")


@dataclass(frozen=True)
class Gauges:
    """What the platform measures of itself; nothing about anybody."""

    open_needs: int
    open_offers: int
    jobs_waiting: int
    jobs_dead: int
    oldest_due_seconds: float


@cache
def newest_schema() -> str:
    """The newest migration that this code brings along: its file begins with its number.

    Alembic would say the same, but a page server has no other use for it.
    """
    return max(file.name.partition("_")[0] for file in MIGRATIONS.glob("[0-9]*.py"))


async def health(maker: SessionMaker) -> Health:
    """Never raises: a part that does not answer is down."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS), reading(maker) as reader:
            schema = await current_schema(reader)
            if schema != newest_schema():
                return Health("ok", "behind" if schema else "missing", "unknown")
            late = await oldest_due_seconds(reader) > LATE_SECONDS
            return Health("ok", "ok", "late" if late else "ok")
    except (OSError, TimeoutError, SQLAlchemyError):
        return Health("down", "unknown", "unknown")


async def current_schema(reader: ReadSession) -> str:
    """The newest migration that the database has seen; empty for a bare database."""
    if await reader.scalar(select(func.to_regclass("alembic_version"))) is None:
        return ""
    return str(await reader.scalar(text("SELECT version_num FROM alembic_version")) or "")


async def oldest_due_seconds(reader: ReadSession) -> float:
    """How long the oldest due work has waited; work whose hour has not come does not count."""
    age = await reader.scalar(
        select(func.extract("epoch", func.now() - func.min(JobRow.run_after))).where(
            JobRow.done_at.is_(None), JobRow.dead_at.is_(None), JobRow.run_after <= func.now()
        )
    )
    return float(age or 0)


async def gauges(reader: ReadSession) -> Gauges:
    by_kind = select(Post.kind, func.count().label("posts")).where(Post.is_open).group_by(Post.kind)
    rows = (await reader.execute(by_kind)).all()
    kinds = {row.kind: row.posts for row in rows}
    waiting, dead = (
        await reader.execute(
            select(
                func.count().filter(JobRow.dead_at.is_(None)),
                func.count().filter(JobRow.dead_at.is_not(None), JobRow.discarded_at.is_(None)),
            ).where(JobRow.done_at.is_(None))
        )
    ).one()
    return Gauges(
        open_needs=kinds.get("need", 0),
        open_offers=kinds.get("offer", 0),
        jobs_waiting=waiting,
        jobs_dead=dead,
        oldest_due_seconds=await oldest_due_seconds(reader),
    )
