"""Each rule of hosting, attacked where somebody would attack it: rows, pages and programs."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from app.accounts.rules import Visitor
from app.clock import now
from app.db import Session, SessionMaker, transaction
from app.errors import ConflictError, GoneError, NotAllowedError, NotFoundError
from app.exchanges import actions as exchanges
from app.notifications.models import Notice
from app.outbox import Job, JobRow
from app.posts import actions as posts
from app.posts.actions import hosts
from app.posts.forms.hosts import AdultDraft, HouseholdDraft, ReferenceDraft
from app.posts.models import GuestCall, HostAdult, HostFile, HostFileView, HostReference, Post
from app.posts.queries.hosts import host_file
from app.posts.rules import PostKind
from app.posts.rules.child_protection import CHECKED_EVERY, CONTACTS, child_contact
from app.posts.rules.household import Guests, Household
from app.posts.rules.party import Party
from app.proposals.actions import close_proposals, propose
from app.proposals.queries import market_around
from app.proposals.queries.meeting import may_host, sides
from matching.geo import Bucket
from matching.pair import Pairing
from tests.app.posts.browsing import Walker
from tests.conftest import SignIn
from tests.factories.accounts import make_person
from tests.factories.exchanges import visitor_of
from tests.factories.hosting import (
    EVERYBODY,
    House,
    a_guest,
    a_host,
    a_hosting,
    a_house,
    fill_file,
    verify,
)
from tests.factories.posts import BED, a_draft, a_need, an_offer

Spoil = Callable[[Session, Visitor, Post], Awaitable[object]]


async def no_identity(session: Session, _worker: Visitor, offer: Post) -> None:
    await session.execute(
        update(HostFile)
        .where(HostFile.post_id == offer.id)
        .values(identity_seen_on=None, identity_seen_by=None)
    )


async def no_visit(session: Session, _worker: Visitor, offer: Post) -> None:
    await session.execute(
        update(HostFile).where(HostFile.post_id == offer.id).values(visited_on=None)
    )


async def unnamed_adult(session: Session, worker: Visitor, offer: Post) -> None:
    adult = await session.scalar(select(func.min(HostAdult.id)))
    await hosts.remove_adult(session, worker, offer, adult or 0)


async def refusing_adult(session: Session, worker: Visitor, offer: Post) -> None:
    await hosts.add_adult(session, worker, offer, AdultDraft("L.", refused_on=now().date()))
    await hosts.name_all_adults(session, worker, offer)


async def unchecked_adult(session: Session, worker: Visitor, offer: Post) -> None:
    await hosts.add_adult(session, worker, offer, AdultDraft("L."))


async def one_reference(session: Session, worker: Visitor, offer: Post) -> None:
    first = await session.scalar(select(func.min(HostReference.id)))
    await hosts.remove_reference(session, worker, offer, first or 0)


async def family_only(session: Session, worker: Visitor, offer: Post) -> None:
    await one_reference(session, worker, offer)
    draft = ReferenceDraft("A.", "written", is_family=True, day=now().date(), words="My son.")
    await hosts.add_reference(session, worker, offer, draft)


async def couple_of_one(session: Session, worker: Visitor, offer: Post) -> None:
    draft = HouseholdDraft(Household.SINGLE_WOMAN, EVERYBODY)
    await hosts.describe_household(session, worker, offer, draft)


@pytest.mark.parametrize(
    "spoil",
    [
        no_identity,
        no_visit,
        unnamed_adult,
        refusing_adult,
        unchecked_adult,
        one_reference,
        family_only,
        couple_of_one,
    ],
)
async def test_nobody_signs_an_incomplete_file(session: Session, spoil: Spoil) -> None:
    house = await a_house(session)
    offer = await an_offer(session, category=BED)
    await fill_file(session, house, offer)
    await spoil(session, house.fatou, offer)
    with pytest.raises(ConflictError):
        await posts.vouch(session, house.fatou, offer, house.organisation.id)
    with pytest.raises(ConflictError):
        await posts.adopt(session, house.fatou, offer, house.organisation.id)
    assert await market_around(session, offer.id) is None


async def test_two_different_people_of_one_organisation_sign(session: Session) -> None:
    house, other = await a_house(session), await a_house(session, "Another")
    offer = await an_offer(session, category=BED)
    await fill_file(session, house, offer)
    ours = house.organisation.id
    assert not await posts.vouch(session, house.fatou, offer, ours)
    with pytest.raises(ConflictError, match="second person"):
        await posts.vouch(session, house.fatou, offer, ours)
    with pytest.raises(NotFoundError):
        await posts.vouch(session, other.fatou, offer, other.organisation.id)
    with pytest.raises(NotAllowedError):
        await posts.vouch(session, other.fatou, offer, ours)
    offer.author_id = house.nadia.person_id  # the host works there too
    await session.flush()
    with pytest.raises(NotAllowedError):
        await posts.vouch(session, house.nadia, offer, ours)
    offer.author_id = other.fatou.person_id
    await session.flush()
    assert await posts.vouch(session, house.nadia, offer, ours)  # the control
    assert await market_around(session, offer.id) is not None


async def joins(session: Session, house: House, offer: Post) -> None:
    seen = AdultDraft("Z.", record_seen_on=now().date())
    await hosts.add_adult(session, house.fatou, offer, seen)


async def leaves(session: Session, house: House, offer: Post) -> None:
    await unnamed_adult(session, house.fatou, offer)


async def says_so(session: Session, _house: House, offer: Post) -> None:
    await posts.change_household(session, offer)


async def rewrites(session: Session, _house: House, offer: Post) -> None:
    draft = a_draft(PostKind.OFFER, category=BED, places=2)
    await posts.edit(session, Visitor(offer.author_id, "Jan", "en"), offer, draft)


async def is_stopped(session: Session, house: House, offer: Post) -> None:
    await posts.suspend_host(session, house.nadia, offer, "A neighbour called us.")


async def runs_out(session: Session, _house: House, offer: Post) -> None:
    offer.checked_until = now() - timedelta(hours=1)
    await session.flush()


@pytest.mark.parametrize("change", [joins, leaves, says_so, rewrites, is_stopped, runs_out])
async def test_any_change_ends_the_check_and_its_proposals_at_once(
    session: Session, change: Callable[[Session, House, Post], Awaitable[None]]
) -> None:
    hosting = await a_hosting(session)
    await change(session, hosting.house, hosting.offer)
    assert await market_around(session, hosting.offer.id) is None
    with pytest.raises(GoneError):
        await exchanges.accept(session, hosting.host, hosting.proposal.code)
    if change is runs_out:
        await posts.tidy_posts(session)  # the sweep only tidies
        told = select(Notice.id).where(Notice.kind == "host_check_ends")
        assert await session.scalar(told) is not None
    await session.refresh(hosting.offer)
    assert (hosting.offer.adopted_at, hosting.offer.accepts) == (None, 0)
    closes = select(JobRow.id).where(
        JobRow.kind == Job.CLOSE_PROPOSALS.value, JobRow.ref == hosting.offer.id
    )
    assert await session.scalar(closes) is not None
    assert await close_proposals(session, hosting.offer.id) == 1
    file = await host_file(session, hosting.offer.id)
    assert file is not None
    assert not file.signatures


async def test_a_host_cannot_claim_a_household(session: Session) -> None:
    """Neither in words nor in rows: PostgreSQL itself refuses."""
    every = a_draft().features | 127
    offer = await an_offer(session, category=BED, features=every)
    assert (offer.features, offer.accepts) == (7, 0)
    for claim in ("features = 8", "features = 64", "accepts = 1"):
        with pytest.raises(IntegrityError, match="claims"):
            async with session.begin_nested():
                await session.execute(text(f"UPDATE post SET {claim}"))  # noqa: S608 - our own words
    house = await a_house(session)
    await verify(session, house, offer)
    assert offer.features == 7 + 8 + 32 + 64
    with pytest.raises(IntegrityError, match="accepts"):
        async with session.begin_nested():
            await session.execute(text("UPDATE post SET accepts = 16"))


PARTIES = (
    Party(women=1),
    Party(women=1, children=2),
    Party(women=1, men=1, children=1),
    Party(men=1),
    Party(men=1, children=1),
)
SAFE = {Household.FAMILY, Household.COUPLE, Household.WOMEN, Household.SINGLE_WOMAN}


def fits(household: Household, willing: Guests, party: Party) -> bool:
    """The rule once more, from people and homes alone, without masks."""
    if party.women and not party.men and household not in SAFE:
        return False
    comes = {
        Guests.WOMEN: party.women,
        Guests.MEN: party.men,
        Guests.CHILDREN: party.children,
    }
    return all(kind in willing for kind, count in comes.items() if count)


async def breaches(session: Session, found: dict[int, Household], willing: Guests) -> list[str]:
    """Pairs that PostgreSQL would let meet and the rule forbids, or the other way round."""
    need, offer = sides()
    rows = await session.execute(
        select(
            need.party_women,
            need.party_men,
            need.party_children,
            offer.id,
            may_host(need, offer).label("may"),
        ).where(need.kind == "need", offer.kind == "offer", need.id != offer.id)
    )
    wrong = []
    for women, men, children, offer_id, may in rows:
        party = Party(women or 0, men or 0, children or 0)
        if may != fits(found[offer_id], willing, party):
            wrong.append(f"{party} at {found[offer_id]}")
    return wrong


async def test_women_alone_never_meet_a_lone_man_whoever_proposes(session: Session) -> None:
    house = await a_house(session)
    found = {}
    for household in Household:
        found[(await a_host(session, house, household, places=4)).id] = household
    needs = [await a_guest(session, house, party) for party in PARTIES]
    assert await breaches(session, found, EVERYBODY) == []
    lone = next(key for key, household in found.items() if household is Household.SINGLE_MAN)
    pair = Pairing(needs[0].id, lone, 0, 1, 0.9, 9, (), Bucket.UNDER_2, far=False, reasons=())
    assert await propose(session, [pair]) == []
    # The naive control: a careless verifier who lets everybody go everywhere is found out.
    await session.execute(text("UPDATE post SET accepts = 15 WHERE kind = 'offer'"))
    assert len(await breaches(session, found, EVERYBODY)) == 4


@pytest.mark.parametrize("asked", [8, 16, 32, 64])
async def test_what_a_guest_asks_of_a_household_is_kept(session: Session, asked: int) -> None:
    """Family, only women, family or couple, no lone man: also where somebody proposes by hand."""
    house = await a_house(session)
    found = {}
    for household in (Household.FAMILY, Household.COUPLE, Household.WOMEN, Household.SINGLE_MAN):
        found[(await a_host(session, house, household)).id] = household
    await a_guest(session, house, Party(men=1), required=a_draft().features | asked)
    need, offer = sides()
    allowed = await session.scalars(
        select(offer.id).where(
            need.kind == "need", offer.kind == "offer", need.id != offer.id, may_host(need, offer)
        )
    )
    family, couple, women = Household.FAMILY, Household.COUPLE, Household.WOMEN
    expected = {8: {family}, 16: {women}, 32: {family, couple}, 64: {family, couple, women}}
    assert {found[one] for one in allowed} == expected[asked]


async def test_children_without_a_parent_are_routed_not_matched(session: Session) -> None:
    house = await a_house(session)
    child = Party(children=1)
    amal = visitor_of(await make_person(session, name="Amal"))
    need = await a_need(session, amal, category=BED, places=1, party=child)
    ours = await a_need(
        session,
        house.fatou,
        category=BED,
        places=1,
        party=child,
        organisation_id=house.organisation.id,
    )
    for one in (need, ours):
        assert Guests(one.profile) == Guests.CHILD_ALONE
        for vouching in (
            posts.adopt(session, house.fatou, one, house.organisation.id),
            posts.adopt_need(session, house.fatou, one, house.organisation.id, child),
        ):
            with pytest.raises(ConflictError, match="Children without a parent"):
                await vouching
        assert await market_around(session, one.id) is None
    told = await session.scalars(select(Notice.person_id).where(Notice.kind == "child_alone"))
    assert set(told) == {house.fatou.person_id, house.nadia.person_id}
    host = await a_host(session, house)
    await session.execute(
        update(Post).where(Post.id == need.id).values(adopted_at=func.now())  # by whatever mistake
    )
    side, offer = sides()
    allowed = select(offer.id).where(side.id == need.id, offer.id == host.id, may_host(side, offer))
    assert await session.scalar(allowed) is None


def test_every_region_has_a_contact_checked_lately() -> None:
    assert all(one.checked + CHECKED_EVERY > now().date() for one in CONTACTS.values())
    assert [child_contact(nis).name for nis in ("21004", "11002", "62063")] == [
        CONTACTS[region].name for region in ("brussels", "flanders", "wallonia")
    ]


async def test_a_child_alone_reads_whom_to_call(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        person = await make_person(session, name="Amal", email="amal@example.org")
    await sign_in(client, person.id)
    walk = await Walker(client).open("/en/need-help")
    await walk.press("Bed")
    await walk.fill(text="1060").press("Continue")
    await walk.fill(children="1", from_day=f"{now():%d/%m/%Y}", stay="2").press("Continue")
    await walk.press("Continue")
    await walk.press("Send my request")
    assert "tel:078154324" in walk.html.replace(" ", "") or "078 15 43 24" in walk.html
    assert "not matched" in walk.html


async def test_the_file_is_the_organisations_alone_and_every_look_is_written(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        house, other = await a_house(session), await a_house(session, "Another")
        offer = await an_offer(session, category=BED)
        await fill_file(session, house, offer)
        await session.execute(
            update(HostFile).values(findings="canary-finding")  # sealed as any other value
        )
        raw = await session.scalar(text("SELECT encode(findings, 'escape') FROM host_file"))
    assert "canary" not in str(raw)
    page = f"/en/desk/hosts/{offer.code}"
    for stranger in (offer.author_id, other.fatou.person_id):
        await sign_in(client, stranger)
        for path in ("", "/adults", "/visit"):
            assert (await client.get(page + path)).status_code in (403, 404)
    await sign_in(client, offer.author_id)
    own = await client.get(f"/en/posts/{offer.code}/verification")
    assert own.status_code == 200
    assert "canary" not in own.text
    await sign_in(client, house.fatou.person_id)
    assert "canary-finding" in (await client.get(page)).text
    assert (await client.get(f"{page}/adults")).status_code == 200
    async with transaction(maker) as session:
        looks = await session.scalars(select(HostFileView.section).order_by(HostFileView.id))
        assert list(looks) == ["", "adults"]


async def test_who_asks_is_called_by_a_worker_who_leaves_a_trace(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        house = await a_house(session)
        amal = visitor_of(await make_person(session, name="Amal", phone="+32470998877"))
        need = await a_need(session, amal, category=BED, places=1, party=Party(women=1))
    await sign_in(client, house.fatou.person_id)
    walk = await Walker(client).open(f"/en/desk/needs/{need.code}/adopt")
    assert "998877" not in walk.html.replace(" ", "")
    await walk.press("Show how to call")
    assert "tel:+32470998877" in walk.html
    async with transaction(maker) as session:
        looked = list(await session.scalars(select(GuestCall.worker_id)))
    assert looked == [house.fatou.person_id]
    await sign_in(client, house.nadia.person_id)
    assert "998877" not in (await client.get(walk.path)).text.replace("\u00a0", "")
