"""One's own account: what it shows, devices and tokens, and the end of each."""

from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, select, text, update

from app import crypto
from app.accounts import actions, queries
from app.accounts.models import ApiToken, Person, PersonSession, SignInCode
from app.accounts.rules import Role
from app.db import SessionMaker, transaction
from tests.conftest import SignIn, new_client
from tests.factories.accounts import a_person, ask_for_code, csrf_token, make_person, submit


async def test_changes_are_saved_and_the_page_speaks_the_new_language(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker, email="amina@example.org")
    await sign_in(client, person.id)
    page = await client.get("/en/account")
    assert "amina@example.org" in page.text
    assert page.headers["cache-control"] == "private, no-store"
    fields: dict[str, Any] = {"name": "Amina B.", "language": "nl", "languages": ["ar", "nl"]}
    answer = await submit(client, "/en/account", **fields)
    assert answer.headers["location"] == "/nl/account"
    async with transaction(maker) as session:
        kept = await session.get_one(Person, person.id)
        assert (kept.name, kept.language, kept.languages) == ("Amina B.", "nl", ["ar", "nl"])


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"language": "xx"}, {"languages": ["klingon"]}, {"languages": []}],
)
async def test_wrong_changes_are_shown_and_not_kept(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn, wrong: dict[str, Any]
) -> None:
    person = await a_person(maker)
    await sign_in(client, person.id)
    right: dict[str, Any] = {"name": "Other", "language": "fr", "languages": ["fr"]}
    answer = await submit(client, "/en/account", **{**right, **wrong})
    assert answer.status_code == 422
    async with transaction(maker) as session:
        assert (await session.get_one(Person, person.id)).name == "Amina"


async def test_devices_are_seen_and_ended_by_their_owner_only(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    amina, jan = await a_person(maker), await a_person(maker, name="Jan")
    await sign_in(client, amina.id)
    async with new_client(app) as phone, new_client(app) as stranger:
        await sign_in(phone, amina.id)
        await sign_in(stranger, jan.id)
        async with transaction(maker) as session:
            devices = await queries.sessions_of(session, amina.id)
            phone_id = next(
                device.id
                for device in devices
                if device.token_hash == crypto.token_hash(phone.cookies["sid"])
            )
        end = f"/en/account/devices/{phone_id}/end"
        await submit(stranger, "/en/account", to=end)
        assert (await phone.get("/en/account")).status_code == 200
        await submit(client, "/en/account", to=end)
        assert (await phone.get("/en/account")).status_code == 303
        assert (await client.get("/en/account")).status_code == 200
        huge = await submit(client, "/en/account", to=f"/en/account/devices/{10**30}/end")
        assert huge.status_code in (400, 404)


async def test_all_other_devices_end_at_once(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker)
    await sign_in(client, person.id)
    async with new_client(app) as phone:
        await sign_in(phone, person.id)
        await submit(client, "/en/account", to="/en/account/devices/end-others")
        assert (await phone.get("/en/account")).status_code == 303
    assert (await client.get("/en/account")).status_code == 200


async def test_sign_out_forgets_here_and_there(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker)
    await sign_in(client, person.id)
    sid = client.cookies["sid"]
    answer = await submit(client, "/en/account", to="/en/sign-out")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    client.cookies.clear()
    client.cookies.set("sid", sid, domain="localhost.local")
    assert (await client.get("/en/account")).status_code == 303
    async with transaction(maker) as session:
        assert await session.scalar(select(func.count()).select_from(PersonSession)) == 0


@pytest.mark.parametrize(
    ("role", "idle", "inside"),
    [
        (None, "13 days", True),
        (None, "15 days", False),
        (Role.MODERATOR, "29 minutes", True),
        (Role.MODERATOR, "31 minutes", False),
    ],
)
async def test_idle_sessions_end_and_used_ones_live_on(
    client: httpx.AsyncClient,
    maker: SessionMaker,
    role: Role | None,
    idle: str,
    inside: bool,
) -> None:
    person = await a_person(maker)
    async with transaction(maker) as session:
        if role:
            await actions.grant(session, person.id, role)
        token = await actions.open_session(session, person.id, "Test")
        ago = text(f"interval '{idle}'")
        await session.execute(update(PersonSession).values(last_seen_at=func.now() - ago))
    client.cookies.set("sid", token, domain="localhost.local")
    assert (await client.get("/en/account")).status_code == (200 if inside else 303)
    async with transaction(maker) as session:
        await actions.tidy_accounts(session)
        row = await session.scalar(select(PersonSession))
        assert (row is None) is (idle == "15 days"), "only what nobody can use goes"
        fresh = await session.scalar(
            select(func.now() - PersonSession.last_seen_at < text("interval '1 minute'"))
        )
        assert bool(fresh) is inside


async def test_a_role_ends_sessions_begun_without_it(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker)
    await sign_in(client, person.id)
    async with transaction(maker) as session:
        await actions.grant(session, person.id, Role.CASEWORKER, 7)
        await actions.grant(session, person.id, Role.CASEWORKER, 7)
        assert len(await queries.grants_of(session, person.id)) == 1
    assert (await client.get("/en/account")).status_code == 303


async def test_a_token_is_shown_once_and_does_what_its_scope_says(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker)
    await sign_in(client, person.id)
    assert (await submit(client, "/en/account/tokens", label=" ", scope="read")).status_code == 422
    made = await submit(client, "/en/account/tokens", label="My script", scope="read")
    token = made.text.split('translate="no">')[-1].split("<")[0]
    assert token not in (await client.get("/en/account/tokens")).text
    bearer = {"authorization": f"Bearer {token}"}
    me = await client.get("/api/v1/me", headers=bearer)
    assert me.json() == {
        "name": "Amina", "language": "en", "languages": ["en", "fr"], "roles": [],
        "scopes": ["read"],
    }  # fmt: skip
    async with transaction(maker) as session:
        row = (await session.scalars(select(ApiToken))).one()
        assert row.token_hash == crypto.token_hash(token)
    await submit(client, "/en/account/tokens", to=f"/en/account/tokens/{row.id}/revoke")
    assert (await client.get("/api/v1/me", headers=bearer)).status_code == 401


async def test_a_cookie_is_nobody_for_the_api_and_a_token_for_the_pages(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker)
    async with transaction(maker) as session:
        token = await actions.issue_token(session, person.id, "script")
    bearer = {"authorization": f"Bearer {token}"}
    assert (await client.get("/en/account", headers=bearer)).status_code == 303
    await sign_in(client, person.id)
    assert (await client.get("/api/v1/me")).status_code == 401
    async with transaction(maker) as session:
        await session.execute(update(Person).values(suspended_at=func.now()))
    assert (await client.get("/api/v1/me", headers=bearer)).status_code == 401


async def test_others_tokens_cannot_be_taken_back(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    amina, jan = await a_person(maker), await a_person(maker, name="Jan")
    async with transaction(maker) as session:
        await actions.issue_token(session, jan.id, "script")
        row = (await session.scalars(select(ApiToken))).one()
    await sign_in(client, amina.id)
    answer = await submit(client, "/en/account", to=f"/en/account/tokens/{row.id}/revoke")
    assert answer.status_code == 404
    async with transaction(maker) as session:
        assert await session.scalar(select(ApiToken.revoked_at)) is None


async def test_forms_of_another_browser_or_site_are_refused(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    async with new_client(app) as attacker:
        token = csrf_token((await attacker.get("/en/sign-in")).text)
    fields = {"_csrf_token": token, "contact": "amina@example.org"}
    await client.get("/en/sign-in")
    assert (await client.post("/en/sign-in", data=fields)).status_code == 403
    own = csrf_token((await client.get("/en/sign-in")).text)
    for forged in (own.split(".")[0], own.split(".")[0] + ".", own.split(".")[0] + ".AA", ""):
        fields["_csrf_token"] = forged
        assert (await client.post("/en/sign-in", data=fields)).status_code == 403
    fields["_csrf_token"] = own
    cross = {"sec-fetch-site": "cross-site"}
    assert (await client.post("/en/sign-in", data=fields, headers=cross)).status_code == 403
    assert (await client.post("/en/sign-in", data=fields)).status_code == 303


async def test_tidying_keeps_what_still_counts(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    await ask_for_code(client, "amina@example.org")
    async with transaction(maker) as session:
        await make_person(session)
        await actions.tidy_accounts(session)
        assert await session.scalar(select(func.count()).select_from(SignInCode)) == 1
        await session.execute(
            update(SignInCode).values(created_at=func.now() - text("interval '25 hours'"))
        )
        await actions.tidy_accounts(session)
        assert await session.scalar(select(func.count()).select_from(SignInCode)) == 0


DESK, REPORTS = 'href="/en/desk"', 'href="/en/moderation"'


@pytest.mark.parametrize(
    ("role", "seen", "unseen"),
    [
        (None, [], [DESK, REPORTS]),
        (Role.CASEWORKER, [DESK], [REPORTS]),
        (Role.ORGANISATION_ADMIN, [DESK], [REPORTS]),
        (Role.COORDINATOR, [REPORTS, DESK], []),
        (Role.MODERATOR, [REPORTS, 'href="/en/organisations/waiting"'], [DESK]),
    ],
)
async def test_everybody_finds_their_own_pages(
    *,
    client: httpx.AsyncClient,
    maker: SessionMaker,
    sign_in: SignIn,
    role: Role | None,
    seen: list[str],
    unseen: list[str],
) -> None:
    person = await a_person(maker)
    async with transaction(maker) as session:
        if role is not None:
            await actions.grant(session, person.id, role)
    await sign_in(client, person.id)
    for path in ("/en/account", "/en/proposals"):
        page = (await client.get(path)).text
        own = ['href="/en/posts"', 'href="/en/exchanges"', 'href="/en/notices"']
        wanted = [*own, *(seen if path == "/en/account" else seen[:1])]
        assert [one for one in wanted if one not in page] == []
        assert [one for one in unseen if one in page] == []


async def test_strangers_see_no_pages_of_staff(client: httpx.AsyncClient) -> None:
    page = (await client.get("/en/")).text
    assert DESK not in page
    assert REPORTS not in page
