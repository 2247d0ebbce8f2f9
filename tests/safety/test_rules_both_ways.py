"""The six rules of hosting, attacked by the doors that people and programs have: pages and API."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import func, select, update

from app.accounts.actions import grant
from app.accounts.rules import Role
from app.clock import now
from app.db import SessionMaker, reading, transaction
from app.exchanges import actions as exchanges
from app.exchanges.models import CheckIn, Exchange
from app.exchanges.rules import Doing
from app.posts import actions as posts
from app.posts.models import Post
from app.posts.rules.household import Household
from app.posts.rules.party import Party
from app.proposals.models import Proposal
from app.proposals.queries import market_around
from tests.app.exchanges.test_api import bearer
from tests.conftest import SignIn
from tests.factories.accounts import csrf_token, make_person
from tests.factories.hosting import a_guest, a_host, a_hosting, a_house, a_plan, a_stay
from tests.factories.posts import BED, an_offer

REFUSED = {403, 404, 409, 410, 422}
BED_NEED: Mapping[str, Any] = {
    "type": "need",
    "category": "roof.bed",
    "place": "1060",
    "places": 1,
    "languages": ["fr"],
}


async def press(client: httpx.AsyncClient, path: str, **fields: str | list[str]) -> httpx.Response:
    """A form of one's own making, sent where a page would send it."""
    token = csrf_token((await client.get("/en/report")).text)
    return await client.post(path, data={"_csrf_token": token, **fields})


async def test_1_a_bed_that_nobody_verified_is_not_seen_and_not_asked(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        hosting = await a_hosting(session)
        fresh = await an_offer(session, category=BED, places=2)
        amal = await make_person(session, name="Amal")
        seen = await a_host(session, hosting.house)
    program = await bearer(maker, amal.id)
    await sign_in(client, amal.id)

    async def looks(code: str) -> set[int]:
        answers = [
            await client.get(f"/en/offers/{code}"),
            await client.get(f"/api/v1/posts/{code}", headers=program),
        ]
        lists = [
            await client.get("/en/offers?kind=roof.bed"),
            await client.get("/en/offers/map?kind=roof.bed"),
            await client.get("/api/v1/posts?kind=roof.bed", headers=program),
        ]
        assert {code in one.text for one in lists} <= {answers[0].status_code == 200}
        return {one.status_code for one in answers}

    assert await looks(seen.code) == {200}  # the control
    assert await looks(fresh.code) == {404}
    asked = await client.post(
        "/api/v1/posts",
        headers=program,
        json={**BED_NEED, "party": {"women": 1}, "asked_offer": fresh.code},
    )
    assert asked.status_code == 201, asked.text  # the request stands, and is put before nobody
    async with transaction(maker) as session:
        to_fresh = select(Proposal.id).where(Proposal.offer_id == fresh.id)
        assert await session.scalar(to_fresh) is None
        offer = await session.get_one(Post, hosting.offer.id)
        await posts.suspend_host(session, hosting.house.nadia, offer, "A neighbour called us.")
    assert await looks(hosting.offer.code) == {404}
    code = hosting.proposal.code
    await sign_in(client, hosting.host.person_id)
    theirs = await bearer(maker, hosting.host.person_id)
    by_page = await press(client, f"/en/proposals/{code}/accept")
    by_program = await client.post(f"/api/v1/proposals/{code}/accept", headers=theirs)
    assert {by_page.status_code, by_program.status_code} == {410}


async def test_2_a_child_alone_is_not_matched_whoever_writes_it_down(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        house = await a_house(session)
        await a_host(session, house)
        amal = await make_person(session, name="Amal")
    made = await client.post(
        "/api/v1/posts",
        headers=await bearer(maker, amal.id),
        json={**BED_NEED, "party": {"children": 1}},
    )
    assert made.status_code == 201, made.text
    code = made.json()["code"]
    await sign_in(client, house.fatou.person_id)
    answer = await press(client, f"/en/desk/needs/{code}/adopt", spoken="y", children="1")
    assert answer.status_code == 200
    assert "tel:" in answer.text  # of those who protect children
    async with reading(maker) as reader:
        need = (await reader.scalars(select(Post).where(Post.code == code))).one()
        assert need.adopted_at is None
        assert await market_around(reader, need.id) is None


async def test_3_no_door_leads_a_woman_alone_to_a_lone_man(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        house = await a_house(session)
        lone = await a_host(session, house, Household.SINGLE_MAN)
        need = await a_guest(session, house)
        version = lone.version
    await sign_in(client, await a_coordinator(maker))
    by_codes = await press(client, "/en/desk/pairs", need=need.code, offer=lone.code)
    assert by_codes.status_code == 409
    chosen = await press(client, f"/en/desk/needs/{need.code}/propose", offers=[lone.code])
    assert chosen.status_code in {303, *REFUSED}
    amal = await make_amal(maker)
    asked = await client.post(
        "/api/v1/posts",
        headers=await bearer(maker, amal),
        json={**BED_NEED, "party": {"women": 1}, "asked_offer": lone.code},
    )
    claims = ["womens_household", "family_household", "no_lone_man", "couple_household"]
    content = {**BED_NEED, "features": claims, "version": version}
    content.pop("type")
    claimed = await client.put(
        f"/api/v1/posts/{lone.code}",
        headers=await bearer(maker, lone.author_id),
        json=content,
    )
    assert not set(claimed.json().get("features", [])) & set(claims), claimed.text
    async with reading(maker) as reader:
        assert await reader.scalar(select(func.count()).select_from(Proposal)) == 0, asked.text


async def a_coordinator(maker: SessionMaker) -> int:
    """Who may put any two posts before each other."""
    async with transaction(maker) as session:
        hilde = await make_person(session, name="Hilde")
        await grant(session, hilde.id, Role.COORDINATOR)
        return hilde.id


async def make_amal(maker: SessionMaker) -> int:
    async with transaction(maker) as session:
        return (await make_person(session, name="Amal")).id


async def test_4_a_host_does_not_browse_guests_and_answers_one_at_a_time(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        hosting = await a_hosting(session)
        other = await a_guest(session, hosting.house, Party(men=1))
    host = await bearer(maker, hosting.host.person_id)
    await sign_in(client, hosting.host.person_id)
    for path in (f"/en/needs/{other.code}", f"/en/desk/needs/{other.code}"):
        assert (await client.get(path)).status_code in REFUSED, path
    one = await client.get(f"/api/v1/posts/{other.code}", headers=host)
    assert one.status_code == 404
    lists = [
        await client.get("/en/needs"),
        await client.get("/en/proposals"),
        await client.get("/api/v1/posts?type=need", headers=host),
        await client.get("/api/v1/proposals", headers=host),
    ]
    for answer in lists:
        assert answer.status_code == 200
        assert other.code not in answer.text
    await sign_in(client, await a_coordinator(maker))
    second = await press(client, "/en/desk/pairs", need=other.code, offer=hosting.offer.code)
    assert second.status_code == 409
    async with reading(maker) as reader:
        live = select(func.count()).select_from(Proposal).where(Proposal.is_live)
        assert await reader.scalar(live) == 1


async def test_5_nothing_is_said_or_shown_before_all_three_agree(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        hosting = await a_hosting(session)
        for voice in (hosting.host, hosting.guest):
            await exchanges.accept(session, voice, hosting.proposal.code)
        own = await make_person(session, name="Nobody", phone="+32470445566")
    code = hosting.proposal.code
    guest = await bearer(maker, hosting.guest.person_id)
    await sign_in(client, hosting.guest.person_id)
    words = {"body": "Pay 50 euros and bring your passport"}
    early = [
        await press(client, f"/en/exchanges/{code}/send-message", **words),
        await client.post(f"/api/v1/exchanges/{code}/messages", headers=guest, json=words),
    ]
    assert {one.status_code for one in early} == {404}
    async with transaction(maker) as session:
        fatou = hosting.house.fatou
        await exchanges.write_plan(session, fatou, code, a_plan(20))
        opened = (await exchanges.accept(session, fatou, code)).exchange
        assert opened is not None
    at = opened.code
    said = await client.post(f"/api/v1/exchanges/{at}/messages", headers=guest, json=words)
    assert said.json()["warnings"] == ["money", "work"]
    await press(client, f"/en/exchanges/{at}/send-message", **words)
    shown = (await client.get(f"/en/exchanges/{at}")).text
    assert "Never ask for or send money" in shown
    await sign_in(client, own.id)
    strangers = await bearer(maker, own.id)
    assert (await client.get(f"/en/exchanges/{at}")).status_code == 404
    answer = await client.get(f"/api/v1/exchanges/{at}", headers=strangers)
    assert answer.status_code == 404


async def test_6_programs_of_the_host_learn_nothing_of_check_ins(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    async with transaction(maker) as session:
        hosting = await a_hosting(session)
        stay = await a_stay(session, hosting)
    host = await bearer(maker, hosting.host.person_id)
    paths = [
        f"/api/v1/exchanges/{stay.code}",
        "/api/v1/exchanges",
        f"/api/v1/proposals/{hosting.proposal.code}",
        f"/api/v1/posts/{hosting.offer.code}",
        f"/api/v1/proposals/{hosting.proposal.code}/plan",
    ]

    async def read() -> list[tuple[int, str]]:
        answers = [await client.get(path, headers=host) for path in paths]
        return [(one.status_code, one.text) for one in answers]

    await read()  # what a first look marks as seen
    before = await read()
    async with transaction(maker) as session:
        await session.execute(update(CheckIn).values(due_at=now() - timedelta(days=1)))
        assert await exchanges.ask_check_ins(session) == 3
        exchange = (await session.scalars(select(Exchange))).one()
        due = (await session.scalars(select(CheckIn).order_by(CheckIn.day))).first()
        assert due is not None
        await exchanges.answer_check_in(session, exchange, due, Doing.FINE, None)
    assert await read() == before
