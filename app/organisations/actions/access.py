"""Every look at a client's file is written down; many within an hour are told to the lead."""

from sqlalchemy import delete, func, insert, literal, select

from app.db import Session
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.organisations import queries
from app.organisations.models import AccessAlarm, AccessEntry, Client, Organisation
from app.organisations.rules import ACCESS_KEPT, MOST_FILES, SAME_ALARM, WATCHED, Viewed


async def log_view(session: Session, worker_id: int, client_id: int, what: str) -> None:
    """Write down that a worker sees `what` (a member of `rules.Viewed`) of a client now."""
    kept = select(
        Client.organisation_id, Client.id, literal(worker_id), literal(Viewed(what).value)
    ).where(Client.id == client_id)
    organisation_id = await session.scalar(
        insert(AccessEntry)
        .from_select(["organisation_id", "client_id", "worker_id", "what"], kept)
        .returning(AccessEntry.organisation_id)
    )
    if organisation_id is not None:
        await _watch(session, worker_id, organisation_id)


async def _watch(session: Session, worker_id: int, organisation_id: int) -> None:
    """Raise one alarm where a worker opens more files than a day at the desk asks for."""
    files = await session.scalar(
        select(func.count(AccessEntry.client_id.distinct())).where(
            AccessEntry.worker_id == worker_id,
            AccessEntry.organisation_id == organisation_id,
            AccessEntry.seen_at > func.now() - WATCHED,
        )
    )
    if (files or 0) <= MOST_FILES or await _is_raised(session, worker_id, organisation_id):
        return
    session.add(AccessAlarm(organisation_id=organisation_id, worker_id=worker_id))
    organisation = await session.get_one(Organisation, organisation_id)
    for lead in await queries.leads_of(session, organisation_id):
        await notifications.tell(
            session,
            lead,
            NoticeKind.ACCESS_ALARM,
            facts={"code": organisation.code},
            link=(LinkPurpose.ACCESS_LOG, organisation.code),
            urgent=True,
        )


async def _is_raised(session: Session, worker_id: int, organisation_id: int) -> bool:
    found = await session.scalar(
        select(AccessAlarm.id)
        .where(
            AccessAlarm.worker_id == worker_id,
            AccessAlarm.organisation_id == organisation_id,
            AccessAlarm.raised_at > func.now() - SAME_ALARM,
        )
        .limit(1)
    )
    return found is not None


async def forget_old_views(session: Session) -> None:
    """The log is kept for a year."""
    await session.execute(delete(AccessEntry).where(AccessEntry.seen_at < func.now() - ACCESS_KEPT))
    await session.execute(
        delete(AccessAlarm).where(AccessAlarm.raised_at < func.now() - ACCESS_KEPT)
    )
