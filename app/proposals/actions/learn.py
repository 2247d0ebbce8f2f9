"""Versions of the weights: kept, adopted if no worse, taken back."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, text

from app.db import Session
from app.errors import ConflictError, NotFoundError
from app.i18n import sentence
from app.proposals.models import WeightsVersion
from app.proposals.queries.weights import current_version

UNKNOWN = sentence("There is no such version of the weights.")
WORSE = sentence("This version does worse than the one in use, so it cannot be adopted.")
BY_HAND = sentence("The weights set by hand are in use already.")


@dataclass(frozen=True)
class Lesson:
    """A version learnt from answers, and how it did on the newest ones, which it had not seen."""

    version: str
    parameters: Mapping[str, object]
    log_loss: float
    ece: float
    auc: float | None
    counts: Mapping[str, object]
    fit_to_adopt: bool


async def keep_lesson(session: Session, lesson: Lesson) -> WeightsVersion:
    """Keep the version, and use it from now on if it is no worse than the one in use."""
    row = WeightsVersion(
        version=lesson.version,
        parameters=dict(lesson.parameters),
        log_loss=lesson.log_loss,
        ece=lesson.ece,
        auc=lesson.auc,
        counts=dict(lesson.counts),
        fit_to_adopt=lesson.fit_to_adopt,
    )
    session.add(row)
    await session.flush()
    if lesson.fit_to_adopt:
        await _use(session, row)
    return row


async def adopt_weights(session: Session, version: str) -> WeightsVersion:
    """Use a version that is kept; one that does worse is refused."""
    row = await session.scalar(select(WeightsVersion).where(WeightsVersion.version == version))
    if row is None:
        raise NotFoundError(UNKNOWN)
    if not row.fit_to_adopt:
        raise ConflictError(WORSE)
    await _use(session, row)
    return row


async def revert_weights(session: Session) -> WeightsVersion | None:
    """Go back to the version used before this one; None means the weights set by hand."""
    await _one_at_a_time(session)
    current = await current_version(session)
    if current is None or current.adopted_at is None:
        raise ConflictError(BY_HAND)
    before = await session.scalar(
        select(WeightsVersion)
        .where(WeightsVersion.adopted_at < current.adopted_at)
        .order_by(WeightsVersion.adopted_at.desc())
        .limit(1)
    )
    current.retired_at = await session.scalar(select(func.now()))
    await session.flush()
    if before is not None:
        # It keeps the moment of its first adoption, so that going back again goes further back.
        before.retired_at = None
        await session.flush()
    return before


async def _use(session: Session, row: WeightsVersion) -> None:
    await _one_at_a_time(session)
    now = await session.scalar(select(func.now()))
    current = await current_version(session)
    if current is not None:
        current.retired_at = now
        await session.flush()
    row.adopted_at, row.retired_at = now, None
    await session.flush()


async def _one_at_a_time(session: Session) -> None:
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('weights', 0))"))
