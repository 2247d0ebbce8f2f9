"""Hosts with complete files, and guests somebody vouches for."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.accounts.rules import Grant, Role, Visitor
from app.clock import now
from app.db import Session
from app.exchanges import actions as exchanges
from app.exchanges.forms import PlanDraft
from app.exchanges.models import Exchange
from app.organisations.models import Organisation
from app.posts import actions
from app.posts.actions import hosts
from app.posts.forms.hosts import AdultDraft, HouseholdDraft, ReferenceDraft, VisitDraft
from app.posts.models import Post
from app.posts.rules.household import Guests, Household
from app.posts.rules.party import Party
from app.proposals.models import Proposal
from tests.factories.accounts import make_person
from tests.factories.exchanges import a_proposal, visitor_of
from tests.factories.organisations import a_caseworker, an_organisation
from tests.factories.posts import BED, a_need, an_offer, in_days

EVERYBODY = Guests.WOMEN | Guests.MEN | Guests.CHILDREN
ONE_WOMAN = Party(women=1)


@dataclass(frozen=True)
class House:
    """An organisation with two workers who may sign."""

    organisation: Organisation
    fatou: Visitor
    nadia: Visitor


async def a_house(session: Session, name: str = "Le Relais") -> House:
    organisation = await an_organisation(session, name)
    grant = Grant(Role.CASEWORKER, organisation.id)
    workers = [await a_caseworker(session, organisation, one) for one in ("Fatou", "Nadia")]
    return House(organisation, *(visitor_of(one, grant) for one in workers))


async def fill_file(
    session: Session,
    house: House,
    offer: Post,
    household: Household = Household.FAMILY,
    willing: Guests = EVERYBODY,
) -> None:
    """Everything but the signatures."""
    fatou, today = house.fatou, now().date()
    await actions.open_host_file(session, fatou, offer, house.organisation.id)
    await hosts.see_identity(session, fatou, offer, today)
    alone = household in (Household.SINGLE_MAN, Household.SINGLE_WOMAN)
    for name in ("J.",) if alone else ("J.", "K."):
        await hosts.add_adult(session, fatou, offer, AdultDraft(name, record_seen_on=today))
    await hosts.name_all_adults(session, fatou, offer)
    await hosts.record_visit(session, fatou, offer, VisitDraft(today, "Nadia", "A quiet room."))
    for how in ("written", "spoken"):
        draft = ReferenceDraft("M.", how, is_family=False, day=today, words="Reliable.")
        await hosts.add_reference(session, fatou, offer, draft)
    await hosts.describe_household(session, fatou, offer, HouseholdDraft(household, willing))


async def verify(
    session: Session,
    house: House,
    offer: Post,
    household: Household = Household.FAMILY,
    willing: Guests = EVERYBODY,
) -> None:
    """A complete file and two signatures."""
    await fill_file(session, house, offer, household, willing)
    for worker in (house.fatou, house.nadia):
        await actions.vouch(session, worker, offer, house.organisation.id)
    await session.refresh(offer)


async def a_host(
    session: Session, house: House, household: Household = Household.FAMILY, **changes: object
) -> Post:
    """A verified bed."""
    jan = visitor_of(await make_person(session, name="Jan"))
    offer = await an_offer(session, jan, **{"category": BED, "places": 3, **changes})
    await verify(session, house, offer, household)
    return offer


async def a_guest(
    session: Session, house: House, party: Party = ONE_WOMAN, **changes: object
) -> Post:
    """A request that a worker vouches for."""
    amal = visitor_of(await make_person(session, name="Amal"))
    plain = {"category": BED, "places": party.size, "party": party}
    need = await a_need(session, amal, **{**plain, **changes})
    await actions.adopt_need(session, house.fatou, need, house.organisation.id, party)
    return need


@dataclass(frozen=True)
class Hosting:
    """A guest, a host and the organisation between them."""

    house: House
    need: Post
    offer: Post
    proposal: Proposal

    @property
    def guest(self) -> Visitor:
        return Visitor(self.need.author_id, "Amal", "en")

    @property
    def host(self) -> Visitor:
        return Visitor(self.offer.author_id, "Jan", "en")


async def a_hosting(session: Session) -> Hosting:
    """Proposed, and nobody has answered."""
    house = await a_house(session)
    offer = await a_host(session, house)
    guest = await a_guest(session, house, windows=(in_days(-0.01, 24 * 40),))
    return Hosting(house, guest, offer, await a_proposal(session, guest, offer))


def a_plan(days: int = 40) -> PlanDraft:
    ends_on: date = now().date() + timedelta(days=days)
    return PlanDraft(ends_on, "A talk with the housing agency.")


async def a_stay(session: Session, hosting: Hosting) -> Exchange:
    """All three said yes."""
    code = hosting.proposal.code
    await exchanges.accept(session, hosting.host, code)
    await exchanges.accept(session, hosting.guest, code)
    await exchanges.write_plan(session, hosting.house.fatou, code, a_plan())
    accepted = await exchanges.accept(session, hosting.house.fatou, code)
    assert accepted.exchange is not None
    return accepted.exchange
