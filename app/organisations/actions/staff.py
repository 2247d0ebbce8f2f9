"""An administrator asks colleagues in and takes their roles back; both are told."""

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.accounts import actions as accounts
from app.accounts.rules import Role
from app.db import Session
from app.errors import ConflictError
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.organisations import queries
from app.organisations.forms import ColleagueDraft
from app.organisations.models import Invitation, Organisation
from app.organisations.rules import INVITATION_LIFE


async def invite_colleague(
    session: Session, lead_id: int, organisation: Organisation, draft: ColleagueDraft
) -> None:
    """Ask whoever holds this contact to work here; they say yes after signing in.

    Nobody learns whether the contact was known before.
    """
    person = await accounts.find_or_register(
        session, draft.contact, draft.name, draft.language, organisation.languages
    )
    if await queries.is_colleague(session, organisation.id, person.id):
        raise ConflictError("This person works for your organisation already.")
    await _forget_stale(session, organisation.id, person.id)
    kept = await session.scalar(
        insert(Invitation)
        .values(
            organisation_id=organisation.id,
            person_id=person.id,
            name=draft.name,
            role=draft.role.value,
            ends_at=draft.ends_at,
            invited_by=lead_id,
        )
        .on_conflict_do_nothing()
        .returning(Invitation.id)
    )
    if kept is None:
        raise ConflictError("This person was asked already. Take that invitation back first.")
    await notifications.tell(
        session,
        person.id,
        NoticeKind.INVITED,
        facts={"code": organisation.code},
        link=(LinkPurpose.INVITATION, organisation.code),
    )


async def _forget_stale(session: Session, organisation_id: int, person_id: int) -> None:
    """An invitation without an answer in time makes room for a new one."""
    await session.execute(
        update(Invitation)
        .where(
            Invitation.organisation_id == organisation_id,
            Invitation.person_id == person_id,
            Invitation.answered_at.is_(None),
            Invitation.invited_at <= func.now() - INVITATION_LIFE,
        )
        .values(answered_at=func.now(), accepted=False)
    )


async def answer_invitation(
    session: Session, person_id: int, organisation: Organisation, *, accepted: bool
) -> None:
    """The colleague's own yes or no; the role begins with the yes."""
    invitation = await queries.invitation_for(session, organisation.id, person_id, lock=True)
    invitation.answered_at = await session.scalar(select(func.now()))
    invitation.accepted = accepted
    await session.flush()
    if accepted:
        await accounts.grant(
            session,
            person_id,
            Role(invitation.role),
            organisation.id,
            granted_by=invitation.invited_by,
            ends_at=invitation.ends_at,
        )


async def withdraw_invitation(session: Session, organisation_id: int, invitation_id: int) -> None:
    await session.execute(
        update(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.organisation_id == organisation_id,
            Invitation.answered_at.is_(None),
        )
        .values(answered_at=func.now(), accepted=False)
    )


async def end_work(session: Session, organisation: Organisation, person_id: int) -> None:
    """End somebody's work here, from this moment on; one administrator must stay."""
    leads = await queries.leads_of(session, organisation.id)
    if list(leads) == [person_id]:
        raise ConflictError("Make somebody else an administrator first: this is the last one.")
    if not await accounts.end_grants(session, person_id, organisation.id):
        raise ConflictError("This person does not work for your organisation any more.")
    await notifications.tell(
        session,
        person_id,
        NoticeKind.LEFT_DESK,
        facts={"code": organisation.code},
        link=(LinkPurpose.ACCOUNT, ""),
    )
