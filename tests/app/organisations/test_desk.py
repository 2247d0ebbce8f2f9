"""J3: Fatou posts for a client, within her mandate, and nobody else sees the client."""

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, select, update

from app.accounts.actions import grant
from app.accounts.models import Person
from app.accounts.rules import Grant, Role, Visitor
from app.clock import now
from app.db import Session, SessionMaker, transaction
from app.organisations.models import Client, Consent, Mandate, Organisation
from app.outbox import Job, JobRow
from app.posts.models import Post
from tests.app.posts.browsing import Walker
from tests.conftest import SignIn, new_client
from tests.factories.accounts import a_person
from tests.factories.organisations import a_caseworker, a_client, a_mandate, an_organisation
from tests.factories.posts import a_need

Desk = tuple[Organisation, Person, Client]


async def a_desk(
    maker: SessionMaker, *, mandate: bool = True, hosting: bool = False
) -> tuple[Organisation, Person, Client]:
    async with transaction(maker) as session:
        organisation = await an_organisation(session)
        worker = await a_caseworker(session, organisation)
        client = await a_client(session, organisation)
        if mandate:
            await a_mandate(session, client, worker, hosting=hosting)
        return organisation, worker, client


async def fatou(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn, **facts: bool
) -> tuple[Walker, Organisation, Person, Client]:
    organisation, worker, card = await a_desk(maker, **facts)
    await sign_in(client, worker.id)
    return await Walker(client).open("/en/desk"), organisation, worker, card


async def test_fatou_posts_for_a_client_within_the_budget(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    walk, organisation, worker, card = await fatou(client, maker, sign_in, hosting=True)
    await walk.press("New need")
    await walk.fill(category="roof.bed").press("Continue")
    await walk.fill(women="1", children="2", stay="4").press("Continue")
    await walk.fill(required=["8"]).press("Continue")
    await walk.fill(how="interpreter").press("Continue")
    assert walk.path.endswith("/check"), walk.html
    assert "through an interpreter" in walk.html
    await walk.press("Publish for the client")
    assert walk.path.endswith("/done"), walk.html
    assert (walk.clicks, walk.fields, walk.pages) == (6, 6, 6)
    async with transaction(maker) as session:
        need = (await session.scalars(select(Post))).one()
        consent = (await session.scalars(select(Consent))).one()
    assert (need.client_id, need.organisation_id) == (card.id, organisation.id)
    assert (need.places, need.required, need.languages) == (3, 8, ["ar"])
    assert (consent.ref, consent.how, consent.worker_id) == (need.id, "interpreter", worker.id)
    assert "1060" in (consent.text_read or "")
    assert card.alias not in (await client.get(f"/en/needs/{need.code}")).text.split("<main")[0]
    assert card.alias in (await client.get("/en/desk")).text


async def test_without_consent_nothing_is_published(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    walk, *_ = await fatou(client, maker, sign_in)
    await walk.press("New need")
    await walk.fill(category="food.parcel").press("Continue")
    await walk.press("Continue")
    await walk.press("Continue")
    await walk.press("Continue")
    assert walk.answer is not None
    assert walk.answer.status_code == 422
    assert "Without consent nothing is published" in walk.html
    link = walk.path.rsplit("/", 1)[0]
    token = walk.html.split('name="_csrf_token" value="')[1].split('"')[0]
    sent = await client.post(f"{link}/publish", data={"_csrf_token": token})
    assert sent.headers["location"] == f"{link}/consent?then=check"
    async with transaction(maker) as session:
        assert await session.scalar(select(func.count()).select_from(Post)) == 0


async def test_without_a_mandate_nothing_begins(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    walk, _org, _worker, card = await fatou(client, maker, sign_in, mandate=False)
    await walk.press("New need")
    assert walk.answer is not None
    assert walk.answer.status_code == 409
    assert "has no mandate" in walk.html
    await walk.open(f"/en/desk/clients/{card.alias}")
    await walk.press("Record the mandate")
    assert "Choose one of these" in walk.html
    await walk.fill(how="oral").press("Record the mandate")
    assert "New need" in walk.html
    await walk.press("End the mandate")
    assert "Without a mandate nothing is posted" in walk.html


async def test_a_mandate_without_hosting_or_out_of_time_stops_a_bed(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    walk, *_ = await fatou(client, maker, sign_in)
    await walk.press("New need")
    await walk.fill(category="roof.bed").press("Continue")
    await walk.fill(women="1").press("Continue")
    await walk.press("Continue")
    await walk.fill(how="oral").press("Continue")
    check = walk.path
    await walk.press("Publish for the client")
    assert walk.answer is not None
    assert walk.answer.status_code == 403
    assert "Record the consent first" in walk.html
    await walk.open(check.replace("/check", "/kind"))
    await walk.fill(category="food.meal").press("Continue")
    async with transaction(maker) as session:
        await session.execute(update(Mandate).values(expires_at=now()))
    await walk.open(check)
    assert walk.path.endswith("/people")  # how soon a meal is needed was not asked yet
    await walk.fill(people="1", urgency="1").press("Continue")
    await walk.press("Publish for the client")
    assert walk.answer.status_code == 403


async def test_another_organisation_sees_nothing_of_the_client(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    walk, _org, _worker, card = await fatou(client, maker, sign_in)
    await walk.press("New need")
    async with transaction(maker) as session:
        other = await a_caseworker(session, await an_organisation(session, "Elsewhere"))
    async with new_client(app) as browser:
        await sign_in(browser, other.id)
        assert card.alias not in (await browser.get("/en/desk")).text
        assert (await browser.get(f"/en/desk/clients/{card.alias}")).status_code == 404
        assert (await browser.get(walk.path)).status_code == 404
        desk = (await browser.get("/en/desk/clients/new")).text
        token = desk.split('name="_csrf_token" value="')[1].split('"')[0]
        for verb in ("need", "mandate", "revoke"):
            answer = await browser.post(
                f"/en/desk/clients/{card.alias}/{verb}",
                data={"_csrf_token": token, "how": "oral", "language": "fr"},
            )
            assert answer.status_code == 404
    async with transaction(maker) as session:
        assert await session.scalar(select(func.count()).where(Mandate.revoked_at.is_(None))) == 1


async def test_a_stopped_organisation_has_no_desk(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    walk, _org, _worker, card = await fatou(client, maker, sign_in)
    async with transaction(maker) as session:
        await session.execute(update(Organisation).values(suspended_at=now()))
    assert "is not verified yet, or it is stopped" in (await walk.open("/en/desk")).html
    assert (await client.get(f"/en/desk/clients/{card.alias}")).status_code == 404


async def test_a_client_gets_an_alias_and_a_place(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    walk, organisation, *_ = await fatou(client, maker, sign_in)
    await walk.follow("New client")
    await walk.fill(place="Nowhereville").press("Continue")
    assert walk.answer is not None
    assert walk.answer.status_code == 422
    assert 'value="Nowhereville"' in walk.html
    await walk.fill(place="Molenbeek", languages=["ti"], note="met in May").press("Continue")
    assert walk.path.startswith("/en/desk/clients/")
    assert "met in May" in walk.html
    async with transaction(maker) as session:
        newest = (await session.scalars(select(Client).order_by(Client.id.desc()))).first()
    assert newest is not None
    assert (newest.organisation_id, newest.languages) == (organisation.id, ["ti"])


async def test_strangers_and_people_without_a_role_stay_out(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    assert (await client.get("/en/desk")).status_code == 303
    await sign_in(client, (await a_person(maker)).id)
    assert (await client.get("/en/desk")).status_code == 403
    assert (await client.get("/en/organisations/waiting")).status_code == 403


async def a_client_need(session: Session, desk: Desk, **changes: object) -> Post:
    organisation, worker, card = desk
    grants = frozenset({Grant(Role.CASEWORKER, organisation.id)})
    visitor = Visitor(worker.id, worker.name, "en", grants)
    ours = {"organisation_id": organisation.id, "client_id": card.id}
    return await a_need(session, visitor, **{**ours, **changes})


async def withdrawn(maker: SessionMaker) -> list[bool]:
    """Of each post in order, whether it is withdrawn."""
    async with transaction(maker) as session:
        rows = await session.scalars(select(Post).order_by(Post.id))
        return [post.withdrawn_at is not None for post in rows]


async def test_the_end_of_a_mandate_withdraws_what_was_posted_for_the_client(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    walk, organisation, worker, card = await fatou(client, maker, sign_in)
    async with transaction(maker) as session:
        other = await a_client(session, organisation)
        await a_mandate(session, other, worker)
        for client_id in (card.id, card.id, card.id, other.id):
            await a_client_need(session, (organisation, worker, card), client_id=client_id)
        second, third = 2, 3
        await session.execute(update(Post).where(Post.id == second).values(paused_at=now()))
        await session.execute(update(Post).where(Post.id == third).values(expired_at=now()))
    await walk.open(f"/en/desk/clients/{card.alias}")
    await walk.fill(how="oral").press("Record the mandate")
    assert await withdrawn(maker) == [False] * 4  # control: a renewed mandate takes nothing back
    await walk.press("End the mandate")
    assert "3 posts are withdrawn" in walk.html
    assert await withdrawn(maker) == [True, True, True, False]
    async with transaction(maker) as session:
        jobs = await session.scalars(
            select(JobRow.ref).where(JobRow.kind == Job.CLOSE_PROPOSALS.value).order_by(JobRow.ref)
        )
        assert list(jobs) == [1, 2, 3]


async def test_a_worker_of_two_organisations_chooses_for_which(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    walk, organisation, worker, card = await fatou(client, maker, sign_in)
    async with transaction(maker) as session:
        second = await an_organisation(session, "Zonnehuis")
        foreign = await an_organisation(session, "Elsewhere")
        await grant(session, worker.id, Role.CASEWORKER, second.id)
    await sign_in(client, worker.id)
    assert card.alias in (await walk.open("/en/desk")).html
    await walk.follow("Zonnehuis")
    assert card.alias not in walk.html
    assert "Zonnehuis" in walk.html.split('class="lead"')[1].split("</p>")[0]
    await walk.follow("New client")
    await walk.fill(place="1060", languages=["ar"]).press("Continue")
    async with transaction(maker) as session:
        newest = (await session.scalars(select(Client).order_by(Client.id.desc()))).first()
    assert newest is not None
    assert newest.organisation_id == second.id != organisation.id
    assert newest.worker_id == worker.id
    for path in ("/en/desk", "/en/desk/clients/new"):
        assert (await client.get(f"{path}?organisation={foreign.code}")).status_code == 403


APPLY: dict[str, str | list[str]] = {
    "name": "Le Relais asbl",
    "kind": "association",
    "enterprise_number": "BE 0403.019.261",
    "phone": "02 512 34 56",
    "desk": "Rue du Relais 1, Mon-Fri 9-12",
    "languages": ["fr", "ar"],
    "insured_until": "31/12/2030",
}


async def test_an_organisation_applies_and_is_checked(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker)
    await sign_in(client, person.id)
    walk = await Walker(client).open("/en/organisations/apply")
    await walk.fill(**APPLY).press("Ask to join")
    assert "A moderator calls your public phone" in walk.html
    moderator = await a_person(maker, name="Mo")
    async with transaction(maker) as session:
        await grant(session, moderator.id, Role.MODERATOR)
    async with new_client(app) as browser:
        await sign_in(browser, moderator.id)
        other = await Walker(browser).open("/en/organisations/waiting")
        await other.follow("Check and decide")
        assert "0403019261" in other.html
        await other.press("Checked: let it work")
        assert "Write why" in other.html  # a decision without a reason is none
        await other.fill(reason="Called the public phone.").press("Checked: let it work")
        assert "Nobody waits" in other.html
    await sign_in(client, person.id)
    assert "Le Relais asbl" in (await client.get("/en/desk")).text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Enter the name"),
        ("kind", "gang", "Choose one of these"),
        ("enterprise_number", "0403.019.262", "not a Belgian enterprise number"),
        ("phone", "jan@example.org", "Enter a phone number"),
        ("desk", "x" * 201, "at most 200"),
        ("insured_until", "31/02/2030", "Type a date"),
    ],
)
async def test_a_wrong_application_is_shown_again(
    *,
    client: httpx.AsyncClient,
    maker: SessionMaker,
    sign_in: SignIn,
    field: str,
    value: str,
    words: str,
) -> None:
    await sign_in(client, (await a_person(maker)).id)
    walk = await Walker(client).open("/en/organisations/apply")
    await walk.fill(**{**APPLY, field: value}).press("Ask to join")
    assert walk.answer is not None
    assert walk.answer.status_code == 422
    assert words in walk.html
    if field != "name":
        assert "Le Relais asbl" in walk.html
