"""What was decided: numbers for everybody, single decisions without names for staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.db import ReadSession
from app.moderation.models import Appeal, Decision, Report
from app.paging import PAGE_SIZE, Page, offset

# Fewer could be recognised.
LARGE_ENOUGH = 10
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Totals:
    """Counts of the twelve months before this one, by reason, choice and outcome."""

    reports: Mapping[str, int]
    choices: Mapping[str, int]
    outcomes: Mapping[str, int]
    median: timedelta | None


@dataclass(frozen=True)
class LogLine:
    """One decision as all staff may read it."""

    decided_at: datetime
    code: str
    reason: str
    choice: str
    rule: str
    is_review: bool
    outcome: str | None


async def totals(reader: ReadSession) -> Totals:
    """Delayed until the month is over, so that nobody sees one report arrive."""
    until = func.date_trunc("month", func.now())
    past = [Report.created_at < until, Report.created_at >= until - YEAR]
    reports = await reader.execute(
        select(Report.reason, func.count()).where(*past).group_by(Report.reason)
    )
    choices = await reader.execute(
        select(Decision.choice, func.count())
        .where(Decision.created_at < until, Decision.created_at >= until - YEAR)
        .group_by(Decision.choice)
    )
    outcomes = await reader.execute(
        select(Appeal.outcome, func.count())
        .where(Appeal.reviewed_at < until, Appeal.reviewed_at >= until - YEAR)
        .group_by(Appeal.outcome)
    )
    counted = [
        {str(name): int(count) for name, count in rows} for rows in (reports, choices, outcomes)
    ]
    return Totals(counted[0], counted[1], counted[2], await _median(reader))


async def _median(reader: ReadSession) -> timedelta | None:
    """How long half of the reports waited for their first decision, where enough were decided."""
    until = func.date_trunc("month", func.now())
    first = (
        select(func.min(Decision.created_at - Report.created_at).label("waited"))
        .join(Report, Report.id == Decision.report_id)
        .where(Report.created_at < until, Report.created_at >= until - YEAR)
        .group_by(Report.id)
        .subquery()
    )
    middle = func.percentile_cont(0.5).within_group(first.c.waited)
    row = (await reader.execute(select(func.count(), middle).select_from(first))).one()
    return row[1] if row[0] >= LARGE_ENOUGH else None


async def log(reader: ReadSession, number: int) -> Page[LogLine]:
    """Every decision, newest first, without a name."""
    rows = await reader.execute(
        select(Decision, Appeal.outcome)
        .outerjoin(Appeal, Appeal.answer_id == Decision.id)
        .options(joinedload(Decision.report))
        .order_by(Decision.id.desc())
        .limit(PAGE_SIZE)
        .offset(offset(number))
    )
    total = await reader.scalar(select(func.count()).select_from(Decision))
    lines = [
        LogLine(
            one.created_at,
            one.report.code,
            one.report.reason,
            one.choice,
            one.rule,
            one.is_review,
            outcome,
        )
        for one, outcome in rows
    ]
    return Page(lines, number, total or 0)
