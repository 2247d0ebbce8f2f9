"""A guest who is not safe, or has left: people look at it, while the host rests."""

from sqlalchemy import select

from app import crypto
from app.db import Session
from app.exchanges.models import Exchange
from app.moderation.actions.report import tell_moderators
from app.moderation.actions.snapshot import posts_seen
from app.moderation.models import Report
from app.moderation.rules import About, Reason
from app.moderation.rules.snapshot import Snapshot


async def report_stay(session: Session, exchange_id: int) -> None:
    """Put a stay into the queue against its host; what waits there already is not asked twice."""
    exchange = await session.get(Exchange, exchange_id)
    if exchange is None or await _waits(session, exchange):
        return
    report = Report(
        code=crypto.new_code(10),
        about=About.EXCHANGE.value,
        about_code=exchange.code,
        about_id=exchange.id,
        post_ids=[exchange.offer_id],
        reason=Reason.UNSAFE.value,
        words="",
        # No browser sent it, so it counts against none.
        device=b"",
        network=b"",
        evidence=Snapshot(posts=await posts_seen(session, [exchange.offer_id])).text(),
    )
    report.is_related, report.froze = True, True
    session.add(report)
    await session.flush()
    await tell_moderators(session, report)


async def _waits(session: Session, exchange: Exchange) -> bool:
    found = await session.scalar(
        select(Report.id)
        .where(
            Report.about == About.EXCHANGE.value,
            Report.about_id == exchange.id,
            Report.reason == Reason.UNSAFE.value,
            Report.decided_at.is_(None),
        )
        .limit(1)
    )
    return found is not None
