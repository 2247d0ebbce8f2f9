"""Plans drawn for people to look at; nothing is proposed by them."""

from collections.abc import Iterable

from sqlalchemy import func, select

from app import outbox
from app.db import Session
from app.outbox import Job
from app.proposals.models import Plan
from app.proposals.queries.plans import newest_plan
from app.proposals.rules import REGION
from app.proposals.rules.figures import CategoryFigures, written


async def ask_plan(session: Session, region: str = REGION) -> Plan:
    """Let a worker draw what a re-balance would change; one that is being drawn is enough."""
    waiting = await newest_plan(session, region)
    if waiting is not None and not waiting.drawn_at and not waiting.failed_at:
        await outbox.defer_once(session, Job.DRAW_PLAN, waiting.id)
        return waiting
    plan = Plan(region=region)
    session.add(plan)
    await session.flush()
    await outbox.defer(session, Job.DRAW_PLAN, plan.id)
    return plan


async def keep_figures(
    session: Session, plan_id: int, figures: Iterable[CategoryFigures] | None
) -> None:
    """The plan is drawn, or could not be."""
    plan = await session.get_one(Plan, plan_id)
    now = await session.scalar(select(func.now()))
    if figures is None:
        plan.failed_at = now
        return
    plan.figures, plan.drawn_at = written(figures), now
