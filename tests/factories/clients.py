"""A desk with one client, what stands for them, and the code on their paper."""

from dataclasses import dataclass

from app.accounts.models import Person
from app.accounts.rules import Grant, Role, Visitor
from app.db import Session
from app.exchanges import actions as exchanges
from app.exchanges.models import Exchange
from app.organisations.actions import issue_code
from app.organisations.models import Client, ClientNote, Organisation
from app.posts.models import Post
from tests.factories.accounts import make_person
from tests.factories.exchanges import a_proposal, visitor_of
from tests.factories.organisations import a_caseworker, a_client, a_mandate, an_organisation
from tests.factories.posts import AID, a_need, an_offer

NOTE = "Madame Ndiaye, rue Secrète 7, 0470 98 76 54"


@dataclass
class Desk:
    organisation: Organisation
    worker: Person
    client: Client
    visitor: Visitor


async def a_desk(session: Session) -> Desk:
    organisation = await an_organisation(session)
    worker = await a_caseworker(session, organisation)
    client = await a_client(session, organisation)
    await a_mandate(session, client, worker)
    session.add(ClientNote(client_id=client.id, worker_id=worker.id, body=NOTE))
    await session.flush()
    visitor = visitor_of(worker, Grant(Role.CASEWORKER, organisation.id))
    return Desk(organisation, worker, client, visitor)


async def client_need(session: Session, desk: Desk, **changes: object) -> Post:
    ours = {"organisation_id": desk.organisation.id, "client_id": desk.client.id}
    return await a_need(session, desk.visitor, **{**ours, **changes})


async def agreed(session: Session, desk: Desk) -> Exchange:
    """Jan helps the client: both sides said yes."""
    jan = visitor_of(await make_person(session, name="Jan", phone="+32470222222"))
    need, offer = await client_need(session, desk), await an_offer(session, jan)
    proposal = await a_proposal(session, need, offer)
    await exchanges.accept(session, jan, proposal.code)
    accepted = await exchanges.accept(session, desk.visitor, proposal.code)
    assert accepted.exchange is not None
    return accepted.exchange


@dataclass
class ClientTown:
    """One agreement, a sensitive need, a proposal that waits."""

    desk: Desk
    exchange: str
    need: str
    digits: str


async def a_client_town(session: Session) -> ClientTown:
    desk = await a_desk(session)
    exchange = await agreed(session, desk)
    aid = await client_need(session, desk, category=AID)
    jan = visitor_of(await make_person(session, name="Piet"))
    await a_proposal(session, await client_need(session, desk), await an_offer(session, jan))
    digits = await issue_code(session, desk.client.id, desk.worker.id)
    return ClientTown(desk, exchange.code, aid.code, digits)
