"""A desk with as many clients as asked for, each with a need, written straight into the tables."""

from dataclasses import dataclass

from app.accounts.models import Person
from app.accounts.rules import Grant, Role, Visitor
from app.db import Session
from app.organisations.models import Client, Organisation
from app.posts.models import Post
from tests.factories.organisations import a_caseworker, a_client, a_mandate, an_organisation
from tests.factories.posts import a_need


@dataclass
class Desk:
    """An organisation with its lead Nadia and its caseworker Fatou, and her clients."""

    organisation: Organisation
    lead: Person
    worker: Person
    clients: list[Client]
    needs: list[Post]

    @property
    def visitor(self) -> Visitor:
        return self._visitor(self.worker, Role.CASEWORKER)

    @property
    def leading(self) -> Visitor:
        return self._visitor(self.lead, Role.ORGANISATION_ADMIN)

    def _visitor(self, person: Person, role: Role) -> Visitor:
        grants = frozenset({Grant(role, self.organisation.id)})
        return Visitor(person.id, person.name, "en", grants)


async def a_desk(
    session: Session, clients: int = 1, *, name: str = "Le Relais", **need: object
) -> Desk:
    organisation = await an_organisation(session, name)
    lead = await a_caseworker(session, organisation, "Nadia", Role.ORGANISATION_ADMIN)
    worker = await a_caseworker(session, organisation)
    desk = Desk(organisation, lead, worker, [], [])
    for _ in range(clients):
        await add_client(session, desk, **need)
    return desk


async def add_client(session: Session, desk: Desk, **need: object) -> Client:
    """One more client of Fatou's, with a mandate and a need that looks for help."""
    client = await a_client(session, desk.organisation)
    await a_mandate(session, client, desk.worker, hosting=True)
    ours = {"organisation_id": desk.organisation.id, "client_id": client.id}
    desk.needs.append(await a_need(session, desk.visitor, **{**ours, **need}))
    desk.clients.append(client)
    return client
