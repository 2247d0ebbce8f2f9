"""What a moderator decides about an organisation, with the reason that it reads."""

from sqlalchemy import func, select

from app.accounts import actions as accounts
from app.accounts.rules import Role
from app.db import Session
from app.errors import ConflictError
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.organisations import queries
from app.organisations.models import Decision, Organisation
from app.organisations.rules import MAY_DECIDE, Verdict, standing


async def decide(
    session: Session, moderator_id: int, organisation: Organisation, verdict: Verdict, reason: str
) -> None:
    """Let it work, refuse, stop or close it; `ConflictError` where it no longer stands so.

    A verified one gets whoever asked to join as its first administrator; of a stopped one
    nobody works any more until it resumes.
    """
    await session.refresh(organisation, with_for_update=True)
    if verdict not in MAY_DECIDE[standing(organisation)]:
        raise ConflictError("This organisation is checked already.")
    now = await session.scalar(select(func.now()))
    match verdict:
        case Verdict.VERIFIED:
            organisation.verified_at, organisation.refused_at = now, None
        case Verdict.REFUSED:
            organisation.refused_at = now
        case Verdict.SUSPENDED:
            organisation.suspended_at = now
        case Verdict.RESUMED:
            organisation.suspended_at = None
        case Verdict.CLOSED:
            organisation.closed_at = now
    session.add(
        Decision(
            organisation_id=organisation.id,
            kind=verdict.value,
            reason=reason,
            decided_by=moderator_id,
        )
    )
    await session.flush()
    await _let_work(session, moderator_id, organisation, verdict)
    await _tell(session, organisation)


async def _let_work(
    session: Session, moderator_id: int, organisation: Organisation, verdict: Verdict
) -> None:
    if verdict in (Verdict.SUSPENDED, Verdict.CLOSED):
        await accounts.rest_grants(session, organisation.id)
    if verdict is Verdict.RESUMED:
        await accounts.wake_grants(session, organisation.id)
    if verdict is Verdict.VERIFIED and organisation.applied_by is not None:
        await accounts.grant(
            session,
            organisation.applied_by,
            Role.ORGANISATION_ADMIN,
            organisation.id,
            granted_by=moderator_id,
        )


async def _tell(session: Session, organisation: Organisation) -> None:
    leads = set(await queries.leads_of(session, organisation.id))
    if organisation.applied_by is not None and not leads:
        leads = {organisation.applied_by}
    for person_id in sorted(leads):
        await notifications.tell(
            session,
            person_id,
            NoticeKind.ORGANISATION_DECIDED,
            facts={"code": organisation.code},
            link=(LinkPurpose.ORGANISATION, organisation.code),
        )
