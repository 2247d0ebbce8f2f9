"""An organisation asks to join and is checked."""

from sqlalchemy import func, select, update

from app.accounts import actions as accounts
from app.accounts.models import Person
from app.accounts.rules import Role
from app.crypto import new_code
from app.db import Session
from app.errors import ConflictError
from app.organisations.forms import OrganisationDraft
from app.organisations.models import Organisation


async def apply_organisation(
    session: Session, person_id: int, draft: OrganisationDraft
) -> Organisation:
    """Ask to join; nothing may be done in its name before a moderator has checked it.

    The same name from the same person is one question, however often it is sent.
    """
    earlier = await _asked_already(session, person_id, draft.name)
    if earlier is not None:
        return earlier
    organisation = Organisation(
        code=new_code(),
        name=draft.name,
        kind=draft.kind,
        enterprise_number=draft.enterprise_number,
        phone=draft.phone,
        desk=draft.desk,
        languages=list(draft.languages),
        insured_until=draft.insured_until,
        applied_by=person_id,
    )
    session.add(organisation)
    await session.flush()
    return organisation


async def _asked_already(session: Session, person_id: int, name: str) -> Organisation | None:
    """A twin of the request waits at the person's row until the first has been kept."""
    await session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    found: Organisation | None = await session.scalar(
        select(Organisation).where(
            Organisation.applied_by == person_id,
            Organisation.name == name,
            Organisation.verified_at.is_(None),
            Organisation.closed_at.is_(None),
        )
    )
    return found


async def verify_organisation(
    session: Session, moderator_id: int, organisation: Organisation
) -> None:
    """Let it work; whoever asked to join becomes its first administrator."""
    verified = await session.scalar(
        update(Organisation)
        .where(Organisation.id == organisation.id, Organisation.verified_at.is_(None))
        .values(verified_at=func.now())
        .returning(Organisation.applied_by)
        .execution_options(synchronize_session=False)
    )
    if verified is None:
        raise ConflictError("This organisation is checked already.")
    await session.refresh(organisation)
    await accounts.grant(
        session, verified, Role.ORGANISATION_ADMIN, organisation.id, granted_by=moderator_id
    )
