"""Whether the platform is well: its database, its schema, its queue, its background work."""

import asyncio
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.db import ReadSession, SessionMaker, reading
from app.erasures import missing
from app.outbox import JobRow
from app.outbox.reach import queue_lets_in
from app.settings import Secret

MIGRATIONS = Path(__file__).parents[2] / "migrations" / "versions"
LATE_SECONDS = 60
_PATIENCE_SECONDS = 3


@dataclass(frozen=True)
class Health:
    """Each part in one word; `worker` is late where due work waits, which stops no visitor."""

    database: str
    schema: str
    worker: str
    queue: str = "unknown"
    erasures: str = "unknown"

    @property
    def is_ready(self) -> bool:
        return {self.database, self.schema, self.queue, self.erasures} == {"ok"}


@cache
def newest_schema() -> str:
    """The newest migration that this code brings along: its file begins with its number.

    Alembic would say the same, but a page server has no other use for it.
    """
    return max(file.name.partition("_")[0] for file in MIGRATIONS.glob("[0-9]*.py"))


async def health(maker: SessionMaker, queue: Secret, erased: Path | None) -> Health:
    """Never raises: a part that does not answer is down.

    `erased` is the list of who was erased; a database that is older than it serves nobody.
    """
    found, answers = await asyncio.gather(_look_inside(maker, erased), _queue_state(queue))
    return replace(found, queue=answers)


async def _look_inside(maker: SessionMaker, erased: Path | None) -> Health:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS), reading(maker) as reader:
            schema = await current_schema(reader)
            # A newer one serves too: every migration leaves room for the code before it.
            if schema < newest_schema():
                return Health("ok", "behind" if schema else "missing", "unknown")
            late = await oldest_due_seconds(reader) > LATE_SECONDS
            gone = "behind" if await missing(reader, erased) else "ok"
            return Health("ok", "ok", "late" if late else "ok", erasures=gone)
    except (OSError, TimeoutError, SQLAlchemyError):
        return Health("down", "unknown", "unknown")


async def _queue_state(queue: Secret) -> str:
    try:
        lets_in = await asyncio.to_thread(queue_lets_in, queue.reveal(), _PATIENCE_SECONDS)
    except OSError:
        return "down"
    return "ok" if lets_in else "refuses us"


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
