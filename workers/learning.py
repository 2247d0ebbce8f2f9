"""The weights learn from answers: a version is made each week, and adopted if it is no worse."""

import asyncio
from datetime import UTC, datetime

import structlog

from app.db import reading
from app.proposals import queries
from app.proposals.actions import Lesson
from app.proposals.queries import Answers, parameters_of
from matching.fit import Outcomes, Renewal, Score, renew
from matching.score import PRIOR
from workers.protocol import Tools

log = structlog.get_logger()

# Fewer answers than this teach nothing that the hand's weights do not know.
FEWEST = 300


async def learn(tools: Tools) -> Lesson | None:
    """A new version and how it did on the newest answers; None while there are too few."""
    async with reading(tools.maker) as reader:
        answers, current = await queries.read_answers(reader), await queries.current_weights(reader)
    if len(answers) < FEWEST:
        log.info("too_few_answers", answers=len(answers))
        return None
    version = f"fit-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    renewal = await asyncio.to_thread(renew, _outcomes(answers), current, PRIOR, version=version)
    return _lesson(renewal, len(answers), current.version)


def _outcomes(answers: Answers) -> Outcomes:
    return Outcomes(
        answers.terms, answers.category, answers.offset, answers.accepted, answers.moment
    )


def _lesson(renewal: Renewal, answers: int, before: str) -> Lesson:
    after = renewal.after.overall
    return Lesson(
        version=renewal.weights.version,
        parameters=parameters_of(renewal.weights),
        log_loss=after.log_loss,
        ece=after.ece,
        auc=after.auc,
        fit_to_adopt=renewal.decision.adopt,
        counts={
            "answers": answers,
            "judged": after.n,
            "worse": list(renewal.decision.worse),
            "before": {"version": before, **_figures(renewal.before.overall)},
        },
    )


def _figures(score: Score) -> dict[str, object]:
    return {"log_loss": score.log_loss, "ece": score.ece, "auc": score.auc}
