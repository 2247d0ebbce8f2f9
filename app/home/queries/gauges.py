"""What the platform measures of itself; counts and ages, nothing about anybody."""

from dataclasses import dataclass

from sqlalchemy import func, select

from app.clock import now
from app.db import ReadSession
from app.home.queries.health import oldest_due_seconds
from app.ledger import queries as ledger
from app.outbox import JobRow
from app.posts.models import Post


@dataclass(frozen=True)
class Gauges:
    """`checkpoint_age` is in seconds, and 0 while nothing was ever signed."""

    open_needs: int
    open_offers: int
    jobs_waiting: int
    jobs_due: int
    jobs_dead: int
    oldest_due_seconds: float
    ledger_leaves: int
    ledger_unsealed: int
    checkpoint_age: float


async def gauges(reader: ReadSession) -> Gauges:
    by_kind = select(Post.kind, func.count().label("posts")).where(Post.is_open).group_by(Post.kind)
    rows = (await reader.execute(by_kind)).all()
    kinds = {row.kind: row.posts for row in rows}
    waiting, due, dead = await _jobs(reader)
    log = await ledger.current_log(reader)
    signed = await ledger.latest_checkpoint(reader)
    return Gauges(
        open_needs=kinds.get("need", 0),
        open_offers=kinds.get("offer", 0),
        jobs_waiting=waiting,
        jobs_due=due,
        jobs_dead=dead,
        oldest_due_seconds=await oldest_due_seconds(reader),
        ledger_leaves=await ledger.size_of(reader, log.id) if log else 0,
        ledger_unsealed=await ledger.pending(reader),
        checkpoint_age=(now() - signed.signed_at).total_seconds() if signed else 0,
    )


async def _jobs(reader: ReadSession) -> tuple[int, int, int]:
    """Waiting, of these due, and given up with nobody having looked."""
    alive = JobRow.dead_at.is_(None)
    found = await reader.execute(
        select(
            func.count().filter(alive),
            func.count().filter(alive, JobRow.run_after <= func.now()),
            func.count().filter(JobRow.dead_at.is_not(None), JobRow.discarded_at.is_(None)),
        ).where(JobRow.done_at.is_(None))
    )
    waiting, due, dead = found.one()
    return waiting, due, dead
