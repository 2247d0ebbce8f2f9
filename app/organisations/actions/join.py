"""An organisation asks to join, and says where, when and for whom its desk is there."""

from dataclasses import asdict

from sqlalchemy import func, select

from app.accounts.models import Person
from app.crypto import new_code
from app.db import Session
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.organisations.forms import DeskDraft, OrganisationDraft
from app.organisations.models import Organisation
from app.organisations.queries import at_work, leads_of
from app.organisations.rules import INSURANCE_WARNING

MOST_AT_ONCE = 100


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
        phone=draft.desk.phone,
        desk=draft.desk.desk,
        hours=draft.desk.hours,
        languages=list(draft.desk.languages),
        area=list(draft.desk.area),
        insured_until=draft.desk.insured_until,
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
            Organisation.refused_at.is_(None),
            Organisation.closed_at.is_(None),
        )
    )
    return found


async def change_desk(session: Session, organisation: Organisation, draft: DeskDraft) -> None:
    """What everybody may see of the desk; a new end of the insurance is warned of anew."""
    for name, value in asdict(draft).items():
        setattr(organisation, name, list(value) if isinstance(value, tuple) else value)
    await session.flush()


async def warn_of_insurance(session: Session) -> None:
    """Tell the leads once that the insurance ends within a month, or has ended."""
    today = func.date(func.timezone("Europe/Brussels", func.now()))
    rows = await session.scalars(
        select(Organisation)
        .where(
            at_work(),
            Organisation.insured_until < today + INSURANCE_WARNING.days,
            Organisation.insurance_warned.is_distinct_from(Organisation.insured_until),
        )
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for organisation in rows:
        organisation.insurance_warned = organisation.insured_until
        for lead in await leads_of(session, organisation.id):
            await notifications.tell(
                session,
                lead,
                NoticeKind.INSURANCE_ENDS,
                facts={"code": organisation.code},
                link=(LinkPurpose.ORGANISATION, organisation.code),
            )
    await session.flush()
