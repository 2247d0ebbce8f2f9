"""Objecting to a decision, and a second reviewer who looks again."""

from sqlalchemy import update

from app.accounts.rules import Visitor
from app.db import Session
from app.errors import ConflictError, GoneError, NotAllowedError
from app.i18n import sentence
from app.moderation import queries
from app.moderation.actions.decide import claim, tell_concerned, write_down
from app.moderation.actions.report import tell_moderators
from app.moderation.actions.stop import database_now
from app.moderation.models import Appeal, Decision
from app.moderation.queries import Evidence, Reading
from app.moderation.rules import Choice, DecisionDraft, may_review, outcome_of

TOO_LATE = sentence("Against this decision nobody can object here any more. Call us.")
SECOND_REVIEWER = sentence("You decided first. Another moderator looks again.")
NO_APPEAL = sentence("Nobody objects to this decision any more.")


async def appeal(session: Session, reading: Reading, words: str) -> Appeal:
    """Object to the latest decision, once."""
    latest = reading.latest
    if latest is None or not reading.may_appeal:
        raise GoneError(TOO_LATE)
    row = Appeal(
        decision_id=latest.id,
        party=reading.party.value,
        person_id=reading.person_id,
        words=words,
        first_moderator_id=latest.moderator_id,
    )
    session.add(row)
    await session.flush()
    await tell_moderators(session, await queries.report_by_code(session, reading.code))
    return row


async def review(
    session: Session, visitor: Visitor, evidence: Evidence, draft: DecisionDraft
) -> Decision:
    """Decide about an objection; whoever decided first is refused."""
    row, first = evidence.appeal, evidence.first_decision
    if row is None or first is None:
        raise ConflictError(NO_APPEAL)
    if not may_review(visitor.person_id, row.first_moderator_id):
        raise NotAllowedError(SECOND_REVIEWER)
    await claim(session, visitor, evidence)
    decision = await write_down(session, visitor, evidence, draft, is_review=True)
    await _answer(session, visitor, row, first, decision)
    await tell_concerned(session, evidence, draft.choice)
    return decision


async def _answer(
    session: Session, visitor: Visitor, row: Appeal, first: Decision, then: Decision
) -> None:
    """One answer for all who objected to the same decision."""
    outcome = outcome_of(
        Choice(first.choice),
        Choice(then.choice),
        first_until=first.until,
        then_until=then.until,
    )
    await session.execute(
        update(Appeal)
        .where(Appeal.decision_id == row.decision_id, Appeal.reviewed_at.is_(None))
        .values(
            reviewer_id=visitor.person_id,
            answer_id=then.id,
            outcome=outcome.value,
            reviewed_at=await database_now(session),
        )
    )
