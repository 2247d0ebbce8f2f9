"""Colleagues come by their own yes and leave at once; files, hand-overs and stops leave a trace."""

from datetime import timedelta

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, select

from app.accounts.actions import grant, issue_token
from app.accounts.models import Person
from app.accounts.rules import Role
from app.clock import now
from app.db import Session, SessionMaker, transaction
from app.errors import ConflictError
from app.notifications.models import Notice
from app.organisations.actions import decide, log_view, tidy_organisations
from app.organisations.models import AccessAlarm, AccessEntry, Client, HandOver, Organisation
from app.organisations.rules import ACCESS_KEPT, MOST_FILES, Verdict, Viewed
from app.posts.models import Post
from app.proposals.actions import close_proposals
from app.proposals.models import Proposal
from tests.app.posts.browsing import Walker
from tests.conftest import SignIn, new_client
from tests.factories.accounts import a_person
from tests.factories.desk import Desk, a_desk
from tests.factories.exchanges import Pair, agree, visitor_of
from tests.factories.organisations import a_caseworker
from tests.factories.posts import MEAL, an_author, an_offer
from tests.factories.proposals import find_pairings


async def committed(maker: SessionMaker, clients: int = 1, name: str = "Le Relais") -> Desk:
    async with transaction(maker) as session:
        return await a_desk(session, clients, name=name)


async def notices(maker: SessionMaker, person: Person) -> list[str]:
    async with transaction(maker) as session:
        found = select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)
        return list(await session.scalars(found))


async def test_a_colleague_comes_by_their_own_yes_and_leaves_at_once(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    desk = await committed(maker)
    luc = await a_person(maker, name="Luc", email="luc@example.org")
    team = f"/en/organisations/{desk.organisation.code}/team"
    await sign_in(client, desk.lead.id)
    lead = await Walker(client).open(team)
    await lead.press("Ask this colleague")
    assert "Enter a name" in lead.html
    await lead.fill(name="Luc", contact="luc@example.org").press("Ask this colleague")
    assert "Asked, no answer yet" in lead.html
    async with new_client(app) as browser:
        await sign_in(browser, luc.id)
        assert (await browser.get("/en/desk")).status_code == 403  # asked is not yet in
        walk = await Walker(browser).open(f"/en/organisations/{desk.organisation.code}/join")
        await walk.press("Yes, I work there")
        await sign_in(browser, luc.id)
        card = f"/en/desk/clients/{desk.clients[0].alias}"
        assert desk.clients[0].alias in (await browser.get("/en/desk")).text
        assert (await browser.get(card)).status_code == 200
        async with transaction(maker) as session:
            token = await issue_token(session, luc.id, "test", ("read",))
        clients = f"/api/v1/organisations/{desk.organisation.code}/clients"
        bearer = {"authorization": f"Bearer {token}"}
        async with new_client(app) as program:
            assert (await program.get(clients, headers=bearer)).status_code == 200
            await lead.open(team)
            await lead.press("End their work here Luc")
            assert (await program.get(clients, headers=bearer)).status_code == 404
        assert (await browser.get(card)).status_code == 303, "signed out with the role"
        await sign_in(browser, luc.id)
        assert (await browser.get(card)).status_code == 403
        assert (await browser.get(team)).status_code == 403
    assert "left_desk" in await notices(maker, luc)


async def test_nobody_leaves_with_clients_and_an_administrator_stays(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    desk = await committed(maker, 2)
    other = await committed(maker, name="Elsewhere")
    await sign_in(client, desk.lead.id)
    team = f"/en/organisations/{desk.organisation.code}/team"
    walk = await Walker(client).open(team)
    assert "End their work here Nadia" not in walk.html.replace('<span class="hidden-text">', "")
    await walk.press("End their work here Fatou")
    assert "Their clients are with you now" in walk.html
    async with transaction(maker) as session:
        workers = await session.scalars(
            select(Client.worker_id).where(Client.organisation_id == desk.organisation.id)
        )
        authors = await session.scalars(
            select(Post.author_id).where(Post.organisation_id == desk.organisation.id)
        )
        assert {*workers, *authors} == {desk.lead.id}
        assert await session.scalar(select(func.count()).select_from(HandOver)) == 2
    token = walk.html.split('name="_csrf_token" value="')[1].split('"')[0]
    remove = f"/en/organisations/{desk.organisation.code}/remove"
    for person in (desk.lead.id, other.worker.id, "x"):
        sent = await client.post(remove, data={"_csrf_token": token, "person": str(person)})
        assert sent.status_code == 409
    foreign = f"/en/organisations/{other.organisation.code}"
    for path in ("team", "access", "settings", "hand-over"):
        assert (await client.get(f"{foreign}/{path}")).status_code == 404


async def test_a_client_is_handed_over_with_what_is_posted(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    desk = await committed(maker, 3)
    async with transaction(maker) as session:
        luc = await a_caseworker(session, desk.organisation, "Luc")
    await sign_in(client, desk.worker.id)
    chosen, kept = desk.clients[0], desk.clients[1]
    walk = await Walker(client).open(
        f"/en/organisations/{desk.organisation.code}/hand-over?client={chosen.alias}"
    )
    await walk.fill(to=str(luc.id)).press("Hand over")
    assert "1 client is handed over" in walk.html
    async with transaction(maker) as session:
        assert (await session.get_one(Client, chosen.id)).worker_id == luc.id
        assert (await session.get_one(Client, kept.id)).worker_id == desk.worker.id
        need = await session.get_one(Post, desk.needs[0].id)
        assert need.author_id == luc.id
        offer = await an_offer(session, category=MEAL)
        await find_pairings(session, need.id)
        assert offer.author_id != luc.id
    assert await notices(maker, luc) == ["handed_over", "proposal"]  # the new worker hears of it
    # Luc's client is not Fatou's to give any more.
    await walk.open(f"/en/organisations/{desk.organisation.code}/hand-over")
    assert chosen.alias not in walk.html
    await walk.fill(clients=[chosen.alias], to=str(desk.worker.id)).press("Hand over")
    assert walk.answer is not None
    assert walk.answer.status_code == 403
    async with transaction(maker) as session:
        assert (await session.get_one(Client, chosen.id)).worker_id == luc.id


async def test_each_look_is_written_down_and_many_call_the_lead(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    desk = await committed(maker, 2)
    log = f"/en/organisations/{desk.organisation.code}/access"
    await sign_in(client, desk.worker.id)
    assert (await client.get(log)).status_code == 403
    assert (await client.get(f"/en/desk/clients/{desk.clients[0].alias}")).status_code == 200
    async with transaction(maker) as session:
        await log_view(session, desk.worker.id, desk.clients[1].id, Viewed.NOTE)
        with pytest.raises(ValueError, match="passport"):
            await log_view(session, desk.worker.id, desk.clients[1].id, "passport")
        for number in range(MOST_FILES - 1):
            assert await session.scalar(select(func.count()).select_from(AccessAlarm)) == 0, number
            session.add(await _copy(session, desk, number))
            await session.flush()
            newest = await session.scalar(select(func.max(Client.id)))
            assert newest is not None
            await log_view(session, desk.worker.id, newest, Viewed.FILE)
        await log_view(session, desk.worker.id, desk.clients[0].id, Viewed.FILE)
        assert await session.scalar(select(func.count()).select_from(AccessAlarm)) == 1
    assert await notices(maker, desk.lead) == ["access_alarm"]
    async with new_client(app) as browser:
        await sign_in(browser, desk.lead.id)
        text = (await browser.get(log)).text
        assert "opened more than 40 files within an hour" in text
        one = desk.clients[1].alias
        filtered = (await browser.get(f"{log}?client={one}&worker={desk.worker.id}")).text
        body = filtered.split("<tbody>")[1]
        assert "Internal note" in body
        assert desk.clients[0].alias not in body
        none = (await browser.get(f"{log}?worker={desk.lead.id}")).text
        assert "Nothing is written down here" in none
    async with transaction(maker) as session:
        old = await session.get_one(AccessEntry, 1)
        old.seen_at = now() - ACCESS_KEPT - timedelta(minutes=1)
        await session.flush()
        await tidy_organisations(session)
        assert await session.scalar(select(func.min(AccessEntry.id))) == 2


async def _copy(session: Session, desk: Desk, number: int) -> Client:
    first = await session.get_one(Client, desk.clients[0].id)
    return Client(
        organisation_id=first.organisation_id,
        place_id=first.place_id,
        alias=f"C{number}",
        languages=["fr"],
        channel="none",
    )


async def test_a_stopped_organisation_leaves_the_market_and_sees_nothing(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        desk = await a_desk(session, 2)
        jan = await an_author(session, "Jan")
        await an_offer(session, jan, category=MEAL)
        proposals = await find_pairings(session, desk.needs[0].id)
        await find_pairings(session, desk.needs[1].id)
        exchange = await agree_on(session, desk, proposals[0], jan.person_id)
    moderator = await a_person(maker, name="Mo")
    async with transaction(maker) as session:
        await grant(session, moderator.id, Role.MODERATOR)
    code = desk.organisation.code
    await sign_in(client, desk.worker.id)
    assert (await client.get(f"/en/exchanges/{exchange}")).status_code == 200
    async with new_client(app) as browser:
        assert (await browser.get(f"/en/organisations/{code}")).status_code == 200
        await sign_in(browser, moderator.id)
        walk = await Walker(browser).open(f"/en/organisations/{code}/decide")
        await walk.fill(reason="Nobody answers the phone.").press("Stop it for now")
    async with transaction(maker) as session:
        for need in desk.needs:
            await close_proposals(session, need.id)
        paused = select(func.count()).where(Post.paused_at.is_not(None)).select_from(Post)
        assert await session.scalar(paused) == 2
        live = select(func.count()).where(Proposal.is_live).select_from(Proposal)
        assert await session.scalar(live) == 0
    assert (await client.get(f"/en/exchanges/{exchange}")).status_code == 404
    assert "or it is stopped" in (await client.get("/en/desk")).text
    assert "Nobody answers the phone." in (await client.get(f"/en/organisations/{code}")).text
    async with new_client(app) as browser:
        assert (await browser.get(f"/en/organisations/{code}")).status_code == 404
        assert "Le Relais" not in (await browser.get("/en/organisations")).text
        await sign_in(browser, moderator.id)
        walk = await Walker(browser).open(f"/en/organisations/{code}/decide")
        await walk.fill(reason="They answer again.").press("Let it work again")
    assert (await client.get(f"/en/exchanges/{exchange}")).status_code == 200
    assert "organisation_decided" in await notices(maker, desk.lead)


async def agree_on(session: Session, desk: Desk, proposal: Proposal, giver_id: int) -> str:
    giver = visitor_of(await session.get_one(Person, giver_id))
    two = Pair(giver, desk.visitor, proposal.need_id, proposal.offer_id, proposal.id, proposal.code)
    return (await agree(session, two)).code


async def test_the_public_page_names_no_colleague(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    desk = await committed(maker)
    page = f"/en/organisations/{desk.organisation.code}"
    await sign_in(client, desk.lead.id)
    walk = await Walker(client).open(f"{page}/settings")
    await walk.fill(area="Atlantis").press("Save")
    assert "We do not know “Atlantis”" in walk.html
    walk.fill(area="1060, Forest", hours="Mon 9-12", insured_until="31/12/2031")
    await walk.press("Save")
    text = (await client.get(page)).text
    for words in ("Saint-Gilles", "Forest", "Mon 9-12", "2031", "tel:+3225123456"):
        assert words in text, words
    assert "Fatou" not in text
    assert desk.clients[0].alias not in text


async def test_the_lead_is_warned_once_before_the_insurance_ends(session: Session) -> None:
    desk = await a_desk(session)
    organisation = await session.get_one(Organisation, desk.organisation.id)
    for insured_until, told in ((None, 0), (now().date().replace(year=2099), 0), (now().date(), 1)):
        organisation.insured_until = insured_until
        await session.flush()
        for _ in range(2):
            await tidy_organisations(session)
        kinds = list(await session.scalars(select(Notice.kind)))
        assert kinds.count("insurance_ends") == told


async def test_only_what_may_follow_is_decided(session: Session) -> None:
    desk = await a_desk(session)
    organisation = await session.get_one(Organisation, desk.organisation.id)
    for verdict in (Verdict.VERIFIED, Verdict.REFUSED, Verdict.RESUMED):
        with pytest.raises(ConflictError):
            await decide(session, desk.lead.id, organisation, verdict, "No.")
    await decide(session, desk.lead.id, organisation, Verdict.CLOSED, "The end.")
    with pytest.raises(ConflictError):
        await decide(session, desk.lead.id, organisation, Verdict.RESUMED, "Again.")
