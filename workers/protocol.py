"""How work is done at least once and takes effect exactly once.

1. A start is counted and committed alone: a row that kills its worker ends dead, not undead.
2. What takes long (matching, mail) happens with no transaction open.
3. One transaction locks the row, looks again, writes the effect and the row's end.
Failures leave the class of their error on the row and nothing else; the relay brings it again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog

from app import outbox
from app.db import ReadSession, Session, SessionMaker, reading, transaction
from app.outbox import LONG, LONG_TIME_LIMIT, Job
from app.settings import Settings
from workers import letters
from workers.engine import CurrentWeights

log = structlog.get_logger()

# Below the time a letter may take, a slow server would be told twice.
JOB_SECONDS = 24
# Just before the row would be brought again.
LONG_SECONDS = LONG_TIME_LIMIT.total_seconds() - 1
# Between looks at a row that somebody else has locked.
PATIENCE = (0.02, 0.1, 0)


class TakenError(Exception):
    """Another worker has the row or has done it: nothing is left to do here."""


@dataclass(frozen=True)
class Tools:
    """What every job of this process works with."""

    settings: Settings
    maker: SessionMaker
    weights: CurrentWeights = field(default_factory=CurrentWeights)


@dataclass(frozen=True)
class Task:
    """One start of one job row; `ref` is the id of what the work is about."""

    tools: Tools
    id: int
    starts: int
    ref: int

    @asynccontextmanager
    async def effect(self) -> AsyncIterator[Session]:
        """The transaction of the effect: all of it together with the row's end, or nothing."""
        async with transaction(self.tools.maker) as session:
            row = await self._take(session)
            yield session
            await outbox.finish(session, row)

    async def _take(self, session: Session) -> outbox.JobRow:
        """The row, locked; whoever came with an older start may hold it for a moment."""
        for pause in PATIENCE:
            row = await outbox.take(session, self.id, self.starts)
            if row is not None:
                return row
            await asyncio.sleep(pause)
        raise TakenError

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[ReadSession]:
        """A look at the database before the effect."""
        async with reading(self.tools.maker) as reader:
            yield reader

    @asynccontextmanager
    async def before(self) -> AsyncIterator[Session]:
        """A step of its own before the effect; it must bear being done twice."""
        async with transaction(self.tools.maker) as session:
            yield session


Work = Callable[[Task], Awaitable[None]]


def seconds_for(job: Job) -> float:
    """How long one start may last."""
    return LONG_SECONDS if job in LONG else JOB_SECONDS


async def run(work: Work, context: Mapping[Any, Any], job_id: int, starts: int) -> None:
    """Do one delivered job and never raise: whether it comes again is for its row to say."""
    tools: Tools = context["tools"]
    try:
        async with transaction(tools.maker) as session:
            begun = await outbox.begin(session, job_id, starts)
            if begun and begun.dead_at and begun.job is Job.SEND_LETTER:
                await letters.give_up(session, begun.ref, begun.dead_at)
        if begun is None or begun.dead_at:
            return
        async with asyncio.timeout(seconds_for(begun.job)):
            await work(Task(tools, job_id, starts + 1, begun.ref))
    except TakenError:
        log.info("job_taken", job_id=job_id, starts=starts + 1)
    except Exception as error:  # noqa: BLE001 - the row keeps every failure, arq must not
        await _remember(tools, job_id, starts + 1, error)


async def _remember(tools: Tools, job_id: int, starts: int, error: Exception) -> None:
    name = type(error).__name__
    log.warning("job_failed", job_id=job_id, starts=starts, error=name, exc_info=error)
    try:
        async with transaction(tools.maker) as session:
            await outbox.record_failure(session, job_id, name)
    except Exception as lost:  # noqa: BLE001 - without a database there is nowhere to write
        log.warning("job_failure_not_kept", job_id=job_id, error=type(lost).__name__)
