"""Deciding with a reason: one moderator at a time, nobody about what concerns them."""

from sqlalchemy import func, or_, update

from app import outbox
from app.accounts.rules import Visitor
from app.db import Session
from app.errors import ConflictError, NotAllowedError
from app.i18n import sentence
from app.moderation import queries
from app.moderation.actions.stop import database_now, hold, lift, release, suspend
from app.moderation.models import ContactLook, Decision, Report
from app.moderation.queries import Evidence
from app.moderation.rules import CLAIM_FOR, STOPS, Choice, DecisionDraft, Party, may_decide
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.outbox import Job

HELD_BY_COLLEAGUE = sentence("A colleague works on this report. Try again in half an hour.")
CONCERNS_YOU = sentence("This report concerns you. Another moderator decides.")
APPEAL_FIRST = sentence("Somebody objects to the decision. Decide about that.")


async def claim(session: Session, visitor: Visitor, evidence: Evidence) -> None:
    """Hold the report for half an hour; a colleague who holds it keeps it."""
    refuse_concerned(visitor, evidence)
    held = await session.scalar(
        update(Report)
        .where(
            Report.id == evidence.report.id,
            or_(
                Report.claimed_by.is_(None),
                Report.claimed_by == visitor.person_id,
                Report.claimed_at < func.now() - CLAIM_FOR,
            ),
        )
        .values(claimed_by=visitor.person_id, claimed_at=func.now())
        .returning(Report.id)
        .execution_options(synchronize_session=False)
    )
    if held is None:
        raise ConflictError(HELD_BY_COLLEAGUE)


async def let_go(session: Session, visitor: Visitor, evidence: Evidence) -> None:
    """Give the report back to the queue."""
    await session.execute(
        update(Report)
        .where(Report.id == evidence.report.id, Report.claimed_by == visitor.person_id)
        .values(claimed_by=None, claimed_at=None)
    )


def refuse_concerned(visitor: Visitor, evidence: Evidence) -> None:
    if not may_decide(visitor.person_id, visitor.organisation_ids, evidence.concerned):
        raise NotAllowedError(CONCERNS_YOU)


async def decide(
    session: Session, visitor: Visitor, evidence: Evidence, draft: DecisionDraft
) -> Decision:
    """Write the decision down and carry it out."""
    # The claim locks the report: of two who decide at once, one is second.
    await claim(session, visitor, evidence)
    if evidence.appeal is not None:
        raise ConflictError(APPEAL_FIRST)
    decision = await write_down(session, visitor, evidence, draft)
    await tell_concerned(session, evidence, draft.choice)
    return decision


async def write_down(
    session: Session,
    visitor: Visitor,
    evidence: Evidence,
    draft: DecisionDraft,
    *,
    is_review: bool = False,
) -> Decision:
    """Carry it out, and keep it beside those before: nothing is ever overwritten."""
    report = evidence.report
    await _carry_out(session, evidence, draft.choice)
    decision = Decision(
        report_id=report.id,
        moderator_id=visitor.person_id,
        choice=draft.choice.value,
        reason=draft.reason,
        language=draft.language,
        rule=draft.rule.value,
        until=draft.until if draft.choice in STOPS else None,
        is_review=is_review,
    )
    session.add(decision)
    await session.execute(
        update(Report)
        .where(Report.id == report.id)
        .values(decided_at=await database_now(session), claimed_by=None, claimed_at=None)
    )
    await session.flush()
    await session.refresh(decision)
    return decision


async def _carry_out(session: Session, evidence: Evidence, choice: Choice) -> None:
    """People first, then posts, as everywhere in the house."""
    report, before = evidence.report, [Choice(one.choice) for one in evidence.decisions]
    sides = [queries.side_of(post) for post in evidence.posts]
    if choice is Choice.SUSPEND:
        await suspend(session, evidence.reported_ids)
    elif Choice.SUSPEND in before:
        await lift(session, evidence.reported_ids, report.id)
    if choice in STOPS:
        await hold(session, sides)
    # What only the report itself stopped does not stay stopped when a person finds nothing.
    elif choice is Choice.RELEASE or report.froze or STOPS & set(before):
        await release(session, sides, report.id)


async def tell_concerned(session: Session, evidence: Evidence, choice: Choice) -> None:
    """Whoever reported, and whoever is affected, read the same reason.

    Where nothing was stopped nobody is affected, and the other side never learns of the report.
    """
    report = evidence.report
    is_affecting = choice is not Choice.NONE or report.froze or bool(evidence.decisions)
    affected = evidence.reported_ids if is_affecting else frozenset()
    for person_id in sorted(affected | ({report.reporter_id} if report.reporter_id else set())):
        await notifications.tell(
            session,
            person_id,
            NoticeKind.DECIDED,
            facts={"code": report.code},
            link=(LinkPurpose.REPORT, report.code),
        )
    if report.reporter_id is None and report.reporter_contact:
        await outbox.defer(session, Job.ANSWER_REPORTER, report.id)


async def pass_on(session: Session, visitor: Visitor, evidence: Evidence, words: str) -> None:
    """Note which authority was told; a later note is added to the earlier one."""
    refuse_concerned(visitor, evidence)
    report = await session.get_one(Report, evidence.report.id, with_for_update=True)
    moment = await database_now(session)
    report.passed_at = moment
    report.passed_to = "\n\n".join(filter(None, (report.passed_to, words)))


async def look_at_contacts(
    session: Session, visitor: Visitor, evidence: Evidence, party: Party, reason: str
) -> frozenset[int]:
    """Note who looks at whose contacts and for what; the ids of the people whose they are."""
    refuse_concerned(visitor, evidence)
    session.add(
        ContactLook(
            report_id=evidence.report.id,
            moderator_id=visitor.person_id,
            party=party.value,
            reason=reason,
        )
    )
    await session.flush()
    if party is Party.AFFECTED:
        return evidence.reported_ids
    reporter_id = evidence.report.reporter_id
    return frozenset({reporter_id} if reporter_id else ())
