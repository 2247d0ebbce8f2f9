"""Who works for an organisation, who was asked to, and who looked at its clients' files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.accounts.models import Person, RoleGrant
from app.accounts.queries import is_held, works_for
from app.accounts.rules import ORGANISATION_ROLES, Role
from app.db import ReadSession
from app.errors import NotFoundError
from app.organisations.models import Client, HandOver, Invitation
from app.organisations.rules import INVITATION_LIFE

RECENT = 20


@dataclass(frozen=True)
class Colleague:
    """Somebody who works there, with the widest role, and since and until when."""

    person_id: int
    name: str
    role: Role
    since: datetime
    ends_at: datetime | None
    clients: int


@dataclass(frozen=True)
class ClientHandOver:
    """One line of the log: which client went from whom to whom, decided by whom."""

    alias: str | None
    giver: str | None
    taker: str
    decider: str
    posts: int
    created_at: datetime


async def leads_of(reader: ReadSession, organisation_id: int) -> Sequence[int]:
    """Its administrators, who answer for it."""
    rows = await reader.scalars(
        select(RoleGrant.person_id)
        .where(
            RoleGrant.organisation_id == organisation_id,
            RoleGrant.role == Role.ORGANISATION_ADMIN.value,
            is_held(),
        )
        .order_by(RoleGrant.id)
    )
    return rows.all()


async def colleagues(reader: ReadSession, organisation_id: int) -> Sequence[Colleague]:
    """Who works there now, by name; also while the organisation itself is stopped."""
    clients = (
        select(func.count())
        .where(Client.worker_id == Person.id, Client.organisation_id == organisation_id)
        .correlate(Person)
        .scalar_subquery()
    )
    rows = await reader.execute(
        select(Person.id, Person.name, RoleGrant, clients.label("clients"))
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.organisation_id == organisation_id,
            RoleGrant.role.in_([role.value for role in ORGANISATION_ROLES]),
            is_held(),
        )
        # An administrator stands first of their own roles, whichever came first.
        .order_by(func.lower(Person.name), Person.id, RoleGrant.role.desc())
    )
    found: dict[int, Colleague] = {}
    for row in rows:
        held = row.RoleGrant
        one = Colleague(
            row.id, row.name, Role(held.role), held.created_at, held.ends_at, row.clients
        )
        found.setdefault(row.id, one)
    return list(found.values())


async def is_colleague(reader: ReadSession, organisation_id: int, person_id: int) -> bool:
    found = await reader.scalar(
        select(RoleGrant.id)
        .where(RoleGrant.person_id == person_id, works_for(organisation_id))
        .limit(1)
    )
    return found is not None


async def open_invitations(reader: ReadSession, organisation_id: int) -> Sequence[Invitation]:
    rows = await reader.scalars(
        select(Invitation)
        .where(
            Invitation.organisation_id == organisation_id,
            Invitation.answered_at.is_(None),
            Invitation.invited_at > func.now() - INVITATION_LIFE,
        )
        .order_by(Invitation.id)
    )
    return rows.all()


async def invitation_for(
    reader: ReadSession, organisation_id: int, person_id: int, *, lock: bool = False
) -> Invitation:
    """The open invitation of this person; `NotFoundError` where there is none any more."""
    query = select(Invitation).where(
        Invitation.organisation_id == organisation_id,
        Invitation.person_id == person_id,
        Invitation.answered_at.is_(None),
        Invitation.invited_at > func.now() - INVITATION_LIFE,
    )
    found: Invitation | None = await reader.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFoundError("This invitation has ended. Ask your organisation for a new one.")
    return found


async def hand_overs(reader: ReadSession, organisation_id: int) -> Sequence[ClientHandOver]:
    """The latest, newest first."""
    giver, taker, decider = aliased(Person), aliased(Person), aliased(Person)
    rows = await reader.execute(
        select(
            Client.alias,
            giver.name.label("giver"),
            taker.name.label("taker"),
            decider.name.label("decider"),
            HandOver.posts,
            HandOver.created_at,
        )
        .select_from(HandOver)
        .outerjoin(Client, Client.id == HandOver.client_id)
        .outerjoin(giver, giver.id == HandOver.from_id)
        .join(taker, taker.id == HandOver.to_id)
        .join(decider, decider.id == HandOver.by_id)
        .where(HandOver.organisation_id == organisation_id)
        .order_by(HandOver.id.desc())
        .limit(RECENT)
    )
    return [ClientHandOver(*row) for row in rows]
