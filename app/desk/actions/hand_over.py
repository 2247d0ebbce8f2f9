"""Clients and what is posted for them go from one colleague to another; every step is kept."""

from collections.abc import Collection

from sqlalchemy import select

from app.accounts.rules import Visitor, may_lead
from app.db import Session
from app.errors import ConflictError, NotAllowedError
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.organisations import actions as organisations
from app.organisations import queries
from app.organisations.models import Client, HandOver, Organisation
from app.posts import actions as posts


async def hand_over(
    session: Session,
    visitor: Visitor,
    organisation: Organisation,
    aliases: Collection[str],
    to_id: int,
) -> int:
    """Give these clients to a colleague, who gets the messages from now on; how many they were.

    A caseworker hands over their own clients and takes on nobody's; an administrator anybody's.
    """
    if not await queries.is_colleague(session, organisation.id, to_id):
        raise ConflictError("This person does not work for your organisation any more.")
    clients = await _locked(session, organisation.id, aliases)
    leads = may_lead(visitor, organisation.id)
    if not leads and any(one.worker_id not in (None, visitor.person_id) for one in clients):
        raise NotAllowedError("Only an administrator hands over the clients of a colleague.")
    for client in clients:
        await _give(session, visitor.person_id, client, to_id)
    if clients:
        await _tell(session, organisation, to_id)
    return len(clients)


async def remove_colleague(
    session: Session, lead: Visitor, organisation: Organisation, person_id: int
) -> None:
    """End somebody's work from this moment on; what they had in hand goes to the administrator."""
    rows = await session.scalars(
        select(Client.alias).where(
            Client.organisation_id == organisation.id, Client.worker_id == person_id
        )
    )
    await hand_over(session, lead, organisation, rows.all(), lead.person_id)
    moved = await posts.change_author_of_own(session, organisation.id, person_id, lead.person_id)
    if moved:
        session.add(
            HandOver(
                organisation_id=organisation.id,
                from_id=person_id,
                to_id=lead.person_id,
                by_id=lead.person_id,
                posts=moved,
            )
        )
    await organisations.end_work(session, organisation, person_id)


async def _locked(session: Session, organisation_id: int, aliases: Collection[str]) -> list[Client]:
    """Clients of this organisation alone; aliases of others mean nothing."""
    rows = await session.scalars(
        select(Client)
        .where(Client.organisation_id == organisation_id, Client.alias.in_(aliases))
        .order_by(Client.id)
        .with_for_update()
    )
    return list(rows.all())


async def _give(session: Session, by_id: int, client: Client, to_id: int) -> None:
    moved = await posts.change_caseworker(session, client.organisation_id, client.id, to_id)
    if client.worker_id == to_id and not moved:
        return
    session.add(
        HandOver(
            organisation_id=client.organisation_id,
            client_id=client.id,
            from_id=client.worker_id,
            to_id=to_id,
            by_id=by_id,
            posts=moved,
        )
    )
    client.worker_id = to_id
    await session.flush()


async def _tell(session: Session, organisation: Organisation, to_id: int) -> None:
    await notifications.tell(
        session,
        to_id,
        NoticeKind.HANDED_OVER,
        facts={"code": organisation.code},
        link=(LinkPurpose.DESK, ""),
    )
