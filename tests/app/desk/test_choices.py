"""Whom to ask is a person's choice; what protects people is not."""

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, select, update

from app.accounts.actions import grant
from app.accounts.models import Contact, Person
from app.accounts.rules import Grant, Role, Visitor
from app.db import Session, SessionMaker, transaction
from app.errors import ConflictError, NotAllowedError
from app.notifications.models import Notice
from app.organisations.models import Organisation, Registration
from app.posts.models import Post
from app.posts.rules import Feature
from app.posts.rules.taxonomy import category
from app.proposals.actions import decline, propose_by_hand
from app.proposals.models import Proposal
from tests.app.posts.browsing import Walker
from tests.conftest import SignIn
from tests.factories.accounts import a_person
from tests.factories.desk import a_desk
from tests.factories.posts import BED, MEAL, a_need, an_author, an_offer

PARCEL = category("food.parcel").number


async def test_fatou_asks_three_of_those_who_fit(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        desk = await a_desk(session, required=Feature.STEP_FREE)
        offers = [
            await an_offer(session, category=MEAL, features=Feature.STEP_FREE) for _ in range(4)
        ]
        unfit = await an_offer(session, category=MEAL)
    await sign_in(client, desk.worker.id)
    walk = await Walker(client).open("/en/desk")
    await walk.follow("Choose helpers")
    assert all(one.code in walk.html for one in offers)
    assert unfit.code not in walk.html
    assert "Less than 2 km away" in walk.html
    await walk.press("Ask these helpers")
    assert "Choose at least one" in walk.html
    await walk.fill(offers=[one.code for one in offers]).press("Ask these helpers")
    assert "Choose at most 3" in walk.html
    walk.fill(offers=[*(one.code for one in offers[:2]), unfit.code])
    await walk.press("Ask these helpers")
    assert "2 helpers are asked" in walk.html
    assert "Not everybody can be asked now" in walk.html
    assert walk.html.count("Asked already") == 2
    async with transaction(maker) as session:
        made = (await session.scalars(select(Proposal))).all()
        told = await session.scalars(select(Notice.person_id).where(Notice.kind == "proposal"))
        assert {one.proposed_by for one in made} == {desk.worker.id}
        assert all(one.need_accepted_at and not one.offer_accepted_at for one in made)
        assert set(told) == {one.author_id for one in offers[:2]}  # the client's side has said yes


async def test_no_hand_moves_what_protects_people(session: Session) -> None:
    desk = await a_desk(session, required=Feature.STEP_FREE)
    need, elsewhere = desk.needs[0], await a_desk(session, name="Elsewhere")
    good = await an_offer(session, category=MEAL, features=Feature.STEP_FREE)
    hilde = coordinator(await an_author(session, "Hilde"))
    with pytest.raises(NotAllowedError):
        await propose_by_hand(session, elsewhere.visitor, need, good)
    with pytest.raises(NotAllowedError):
        await propose_by_hand(session, await an_author(session), need, good)
    bad = {
        "not step-free": await an_offer(session, category=MEAL),
        "too small": await an_offer(session, category=MEAL, features=Feature.STEP_FREE, places=1),
    }
    refused = await an_offer(session, category=MEAL, features=Feature.STEP_FREE)
    await decline(session, await propose_by_hand(session, desk.visitor, need, refused), "offer")
    bad["said no before"] = refused
    stopped = await a_desk(session, name="Stopped")
    bad["of a stopped organisation"] = await an_offer(
        session, stopped.visitor, category=MEAL, organisation_id=stopped.organisation.id,
        features=Feature.STEP_FREE,
    )  # fmt: skip
    await session.execute(
        update(Organisation)
        .where(Organisation.id == stopped.organisation.id)
        .values(suspended_at=func.now())
    )
    for why, offer in bad.items():
        for visitor in (desk.visitor, hilde):
            with pytest.raises(ConflictError) as told:
                await propose_by_hand(session, visitor, need, offer)
            assert "cannot meet now" in str(told.value), why
    for own in (need, good):
        with pytest.raises(ConflictError):
            await propose_by_hand(session, hilde, own, own)
    proposal = await propose_by_hand(session, hilde, need, good)  # the control
    assert (proposal.proposer, proposal.need_accepted_at) == ("coordinator", None)


async def test_kinds_cross_by_a_coordinator_alone_and_never_for_a_roof(session: Session) -> None:
    need = await a_need(session, category=PARCEL)
    meal, bed = await an_offer(session, category=MEAL), await an_offer(session, category=BED)
    hilde = coordinator(await an_author(session, "Hilde"))
    desk = await a_desk(session, category=PARCEL)
    with pytest.raises(ConflictError, match="Only a coordinator"):
        await propose_by_hand(session, desk.visitor, desk.needs[0], meal, other_kind=True)
    with pytest.raises(ConflictError, match="Only a coordinator"):
        await propose_by_hand(session, hilde, need, meal)
    with pytest.raises(ConflictError, match="never paired"):
        await propose_by_hand(session, hilde, need, bed, other_kind=True)
    assert await propose_by_hand(session, hilde, need, meal, other_kind=True)


def coordinator(visitor: Visitor) -> Visitor:
    return Visitor(
        visitor.person_id, visitor.name, "en", frozenset({Grant(Role.COORDINATOR, None)})
    )


async def test_two_codes_make_a_pair(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker, name="Hilde")
    async with transaction(maker) as session:
        await grant(session, person.id, Role.COORDINATOR)
        need, offer = await a_need(session, category=PARCEL), await an_offer(session, category=MEAL)
    await sign_in(client, person.id)
    walk = await Walker(client).open("/en/desk/pairs")
    await walk.fill(need="").press("Ask both")
    assert "Type the code" in walk.html
    await walk.fill(need="nothing", offer=offer.code).press("Ask both")
    assert "There is no such post" in walk.html
    assert offer.code in walk.html  # what was typed comes back
    await walk.open("/en/desk/pairs")
    # A whole address is as good as its code.
    walk.fill(need=f"http://x/needs/{need.code}", offer=offer.code, other_kind="y")
    await walk.press("Ask both")
    assert "Proposed" in walk.html
    async with transaction(maker) as session:
        assert await session.scalar(select(func.count()).select_from(Proposal)) == 1


async def test_who_vouches_for_a_guest_chooses_for_them_and_nobody_else(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        desk, other = await a_desk(session), await a_desk(session, name="Elsewhere")
        guest = await a_need(session)
        guest.adopted_by = desk.organisation.id
    for worker, answer in ((desk.worker, 200), (other.worker, 404)):
        await sign_in(client, worker.id)
        assert (await client.get(f"/en/desk/needs/{guest.code}")).status_code == answer


HELPER: dict[str, str | list[str]] = {
    "name": "Maria",
    "phone": "0470 00 99 01",
    "languages": ["pt", "fr"],
    "category": "food.meal",
    "place": "1060",
    "places": "2",
    "adult": "y",
    "agrees": "y",
}


async def test_a_helper_without_internet_is_written_down_once(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        desk = await a_desk(session)
        other = await a_desk(session, name="Elsewhere")
    await sign_in(client, desk.worker.id)
    walk = await Walker(client).open("/en/desk")
    await walk.follow("Register a helper")
    form = walk.path
    wrong = {"agrees": "", "adult": "", "phone": "jan@example.org", "places": "0", "place": "Oz"}
    for name, value in wrong.items():
        left = {key: typed for key, typed in HELPER.items() if value or key != name}
        await walk.open(form)
        await walk.fill(**{**left, **({name: value} if value else {})}).press("Publish their offer")
        assert walk.answer is not None
        assert walk.answer.status_code == 422, name
        assert 'value="Maria"' in walk.html
    await walk.open(form)
    await walk.fill(**HELPER).press("Publish their offer")
    assert "Slip for Maria" in walk.html
    async with transaction(maker) as session:
        offer = (await session.scalars(select(Post).where(Post.kind == "offer"))).one()
        maria = await session.get_one(Person, offer.author_id)
        assert (maria.name, maria.language, offer.organisation_id) == ("Maria", "pt", None)
        contact = (
            await session.scalars(select(Contact).where(Contact.person_id == maria.id))
        ).one()
        assert contact.value == "+32470009901"
        noted = await session.get_one(Registration, maria.id)
        assert (noted.worker_id, noted.organisation_id) == (desk.worker.id, desk.organisation.id)
    await walk.open(form)
    await walk.fill(**HELPER).press("Publish their offer")
    assert walk.answer is not None
    assert walk.answer.status_code == 409
    assert "takes part with this number already" in walk.html
    slip = f"/en/desk/helpers/{offer.code}"
    assert (await client.get(slip)).status_code == 200
    await sign_in(client, other.worker.id)
    assert (await client.get(slip)).status_code == 404
