"""Hosts whose files are complete, and visitors whom somebody knows."""

from collections.abc import Sequence
from datetime import date
from random import Random

from app.accounts.rules import Visitor
from app.clock import local
from app.db import Session
from app.posts import actions
from app.posts.actions import attest as attesting
from app.posts.actions import hosts
from app.posts.actions.changes import database_now
from app.posts.forms.hosts import AdultDraft, HouseholdDraft, ReferenceDraft, VisitDraft
from app.posts.models import Post
from app.posts.rules.attested import (
    REFERENCES_FOR_CHILDREN,
    VISITS,
    WITH_CHILDREN,
    Standing,
)
from app.posts.rules.household import Guests, Household
from app.posts.rules.taxonomy import by_number

REFEREES = ("Marie, 0470 00 00 08", "Paul, 0470 00 00 09")
HOMES = (
    Household.FAMILY,
    Household.COUPLE,
    Household.FAMILY,
    Household.SINGLE_WOMAN,
    Household.WOMEN,
    Household.SINGLE_MAN,
)
ADULTS = {Household.SINGLE_WOMAN: ("N.",), Household.SINGLE_MAN: ("N.",)}


async def verify_host(
    session: Session, workers: Sequence[Visitor], offer: Post, organisation_id: int, random: Random
) -> None:
    """Two workers fill in a file of today and sign it."""
    first, today = workers[0], await _today(session)
    household = random.choice(HOMES)
    await actions.open_host_file(session, first, offer, organisation_id)
    await hosts.see_identity(session, first, offer, today)
    for name in ADULTS.get(household, ("N.", "P.")):
        await hosts.add_adult(session, first, offer, AdultDraft(name, record_seen_on=today))
    await hosts.name_all_adults(session, first, offer)
    visit = VisitDraft(today, "Nadia", "Une chambre calme, une clé, une famille ouverte.")
    await hosts.record_visit(session, first, offer, visit)
    for how in ("written", "spoken"):
        reference = ReferenceDraft("M.", how, is_family=False, day=today, words="Fiable.")
        await hosts.add_reference(session, first, offer, reference)
    willing = random.choice((Guests.WOMEN, Guests.WOMEN | Guests.MEN)) | Guests.CHILDREN
    await hosts.describe_household(session, first, offer, HouseholdDraft(household, willing))
    for worker in workers:
        await actions.vouch(session, worker, offer, organisation_id)


async def _today(session: Session) -> date:
    return local(await database_now(session)).date()


async def become_known(
    session: Session, worker: Visitor, organisation_id: int, person_id: int, category: int
) -> None:
    """Somebody stands up for whoever offers visits of this kind."""
    if category not in VISITS or person_id == worker.person_id:
        return
    asked: list[tuple[Standing, str | None]] = [(Standing.IDENTITY, None)]
    if by_number(category).code in WITH_CHILDREN:
        asked = [(Standing.REFERENCE, one) for one in REFEREES[:REFERENCES_FOR_CHILDREN]]
    for kind, referee in asked:
        one = await attesting.ask_attestation(session, person_id, kind, referee)
        if one.confirmed_at is None:
            await attesting.attest(session, worker, one.code, organisation_id)
