"""Work that was given up: seen by a human, then begun again or let go with a reason."""

from collections.abc import Sequence

from sqlalchemy import func, select, update

from app.db import ReadSession, Session
from app.errors import NotFoundError
from app.outbox.rows import JobRow

MOST_SHOWN = 200


async def dead_jobs(reader: ReadSession) -> Sequence[JobRow]:
    """What was given up and nobody has dealt with, the oldest first."""
    rows = await reader.scalars(
        select(JobRow)
        .where(JobRow.dead_at.is_not(None), JobRow.discarded_at.is_(None))
        .order_by(JobRow.dead_at)
        .limit(MOST_SHOWN)
    )
    return rows.all()


async def retry(session: Session, job_id: int, person_id: int | None) -> None:
    """Begin a dead row again, as if it were new; `NotFoundError` where it is not dead."""
    await _deal_with(
        session,
        job_id,
        person_id,
        dead_at=None,
        starts=0,
        published_at=None,
        run_after=func.now(),
    )


async def discard(session: Session, job_id: int, person_id: int | None, reason: str) -> None:
    """Let go of a dead row and keep the reason; `NotFoundError` where it is not dead."""
    await _deal_with(
        session, job_id, person_id, discarded_at=func.now(), discard_reason=reason[:200]
    )


async def _deal_with(
    session: Session, job_id: int, person_id: int | None, **values: object
) -> None:
    changed = await session.scalar(
        update(JobRow)
        .where(JobRow.id == job_id, JobRow.dead_at.is_not(None), JobRow.discarded_at.is_(None))
        .values(handled_by=person_id, **values)
        .returning(JobRow.id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        raise NotFoundError("Nobody waits for this work any more.")
