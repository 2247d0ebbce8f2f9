"""What ends by itself: holds with a last day, and evidence that nobody needs any more."""

from datetime import timedelta

from sqlalchemy import func, select, update

from app.db import Session
from app.moderation import queries
from app.moderation.actions.stop import database_now, lift, release
from app.moderation.models import Decision, Report
from app.moderation.rules import APPEAL_FOR, Choice

# Longer than anybody may object, and than a review may take.
KEEP_EVIDENCE = APPEAL_FOR + timedelta(days=180)
AT_ONCE = 100


async def tidy_reports(session: Session) -> None:
    """End holds whose time is over; forget words and evidence of reports long decided."""
    await _end_holds(session)
    await session.execute(
        update(Report)
        .where(
            Report.decided_at < func.now() - KEEP_EVIDENCE,
            Report.evidence.is_not(None),
        )
        .values(evidence=None, words="", reporter_contact=None, reporter_name=None, browser=None)
    )


async def _end_holds(session: Session) -> None:
    rows = await session.scalars(
        select(Decision)
        .where(Decision.until <= func.now(), Decision.ended_at.is_(None))
        .order_by(Decision.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for decision in rows.all():
        decision.ended_at = await database_now(session)
        await session.flush()
        if await _is_latest(session, decision):
            await _free(session, decision)


async def _is_latest(session: Session, decision: Decision) -> bool:
    latest = await session.scalar(
        select(func.max(Decision.id)).where(Decision.report_id == decision.report_id)
    )
    return latest == decision.id


async def _free(session: Session, decision: Decision) -> None:
    report = await session.get_one(Report, decision.report_id)
    posts = await queries.posts_of(session, report)
    if decision.choice == Choice.SUSPEND.value:
        await lift(session, {post.author_id for post in posts}, report.id)
    await release(session, [queries.side_of(post) for post in posts], report.id)
