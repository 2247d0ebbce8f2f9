"""A session has a new id at every rise, belongs to who proved it, and ends when it should."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, insert, select, text, update

from app import crypto
from app.accounts import actions, queries
from app.accounts.models import Person, PersonSession, SignInCode
from app.accounts.rules import (
    CODES_PER_NETWORK_HOUR,
    SMS_PER_HOUR,
    TRIES_PER_NETWORK_HOUR,
    Role,
)
from app.accounts.rules.network import network_mark
from app.clock import now
from app.db import SessionMaker, transaction
from app.main import create_app
from app.notifications.rules import LINK_LIFE, LinkPurpose, SignedLink, write_link
from app.settings import Settings
from tests.app.accounts.test_second_step import SECRET, app_says
from tests.conftest import SignIn, new_client
from tests.factories.accounts import a_person, ask_for_code, come_in, csrf_token, last_code, submit
from tests.factories.exchanges import an_exchange

AMINA, NEW = "amina@example.org", "+32470123456"
Act = Callable[[httpx.AsyncClient, SessionMaker], Awaitable[object]]


async def opens(app: Litestar, sid: str) -> bool:
    async with new_client(app) as thief:
        thief.cookies.set("sid", sid, domain="localhost.local")
        return (await thief.get("/en/account")).status_code == 200


async def sign_in_again(client: httpx.AsyncClient, maker: SessionMaker) -> object:
    token = csrf_token((await client.get("/en/account")).text)
    await client.post("/en/sign-in", data={"_csrf_token": token, "contact": AMINA})
    code = {"_csrf_token": token, "code": await last_code(maker, AMINA)}
    return await client.post("/en/sign-in/code", data=code)


async def prove(client: httpx.AsyncClient, maker: SessionMaker) -> object:
    await submit(client, "/en/account/proof", to="/en/account/proof/send")
    return await submit(client, "/en/account/proof", code=await last_code(maker, AMINA))


async def add_contact(client: httpx.AsyncClient, maker: SessionMaker) -> object:
    await submit(client, "/en/account/contacts", contact=NEW)
    code = await last_code(maker, NEW)
    return await submit(client, "/en/account/contacts/code", code=code)


async def add_app(client: httpx.AsyncClient, maker: SessionMaker) -> object:
    begin = "/en/account/factors/app"
    shown = await submit(client, "/en/account/factors", to=begin)
    secret = re.findall(r'translate="no">([A-Z2-7 ]{32,})<', shown.text)[0].replace(" ", "")
    fields = {"_csrf_token": csrf_token(shown.text), "code": app_says(secret)}
    return await client.post(f"{begin}/confirm", data=fields)


async def raise_in_place(client: httpx.AsyncClient, maker: SessionMaker) -> object:
    """What a careless sign-in does: more rights under the id that was there."""
    async with transaction(maker) as session:
        return await session.execute(update(PersonSession).values(level=2, proven_at=func.now()))


@pytest.mark.parametrize(
    ("act", "renews"),
    [
        (sign_in_again, True),
        (prove, True),
        (add_contact, True),
        (add_app, True),
        (raise_in_place, False),
    ],
)
async def test_every_rise_gives_a_new_id(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker, act: Act, *, renews: bool
) -> None:
    await a_person(maker, email=AMINA)
    await come_in(client, maker, AMINA)
    before = client.cookies["sid"]
    await act(client, maker)
    assert (client.cookies["sid"] != before) is renews
    assert await opens(app, client.cookies["sid"])
    assert await opens(app, before) is not renews, "control: an id that stays is found out"
    async with transaction(maker) as session:
        rows = (await session.scalars(select(PersonSession.token_hash))).all()
    assert rows == [crypto.token_hash(client.cookies["sid"])]


async def test_the_second_step_gives_an_id_of_its_own(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    person = await a_person(maker, email=AMINA)
    await come_in(client, maker, AMINA)
    before = client.cookies["sid"]
    async with transaction(maker) as session:
        await actions.set_app(session, person.id, SECRET)
    await sign_in_again(client, maker)
    answer = await submit(client, "/en/sign-in/factor", code=app_says())
    assert answer.status_code == 303
    assert client.cookies["sid"] != before
    assert not await opens(app, before)


async def test_roles_begin_and_end_with_new_sessions_and_tokens(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker, email=AMINA)
    await sign_in(client, person.id)
    before = client.cookies["sid"]
    async with transaction(maker) as session:
        early = await actions.issue_token(session, person.id, "before")
        await actions.grant(session, person.id, Role.CASEWORKER, 7)
    assert not await opens(app, before)
    await sign_in(client, person.id)
    during = client.cookies["sid"]
    async with transaction(maker) as session:
        late = await actions.issue_token(session, person.id, "with the role")
        assert await queries.find_visitor(session, "api", early) is None
        held = await queries.find_visitor(session, "api", late)
        assert held is not None
        assert held.organisation_ids == {7}
        await actions.end_grants(session, person.id, 7)
        after = await queries.find_visitor(session, "api", late)
        assert after is not None
        assert after.organisation_ids == frozenset(), "looked up at each call"
    assert not await opens(app, during)


async def test_whoever_is_stopped_is_out_at_once(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    person_id = pair.receiver.person_id
    await sign_in(client, person_id)
    link = f"/en/x/{write_link(SignedLink(LinkPurpose.EXCHANGE, code, person_id))}"
    async with transaction(maker) as session:
        token = await actions.issue_token(session, person_id, "script")
    bearer = {"authorization": f"Bearer {token}"}

    async def doors() -> list[int]:
        async with new_client(app) as other:
            return [
                (await client.get("/en/account")).status_code,
                (await other.get(link)).status_code,
                (await other.get("/api/v1/me", headers=bearer)).status_code,
            ]

    assert await doors() == [200, 200, 200]
    async with transaction(maker) as session:
        await session.execute(update(Person).values(suspended_at=func.now()))
    assert await doors() == [303, 404, 401]


async def test_links_in_messages_end(app: Litestar, maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    person_id = pair.receiver.person_id
    link = SignedLink(LinkPurpose.EXCHANGE, code, person_id)

    async def opened(age: timedelta) -> int:
        async with new_client(app) as reader:
            dated = write_link(replace(link, written=now() - age))
            return (await reader.get(f"/en/x/{dated}")).status_code

    day = timedelta(days=1)
    assert [await opened(LINK_LIFE - day), await opened(LINK_LIFE + day)] == [200, 410]
    token = write_link(replace(link, written=now() - LINK_LIFE - day))
    parts = token.split(".")
    parts[2] = f"{round(now().timestamp() * 1000):x}"
    async with new_client(app) as reader:
        assert (await reader.get(f"/en/x/{'.'.join(parts)}")).status_code == 404, "a forged date"
    async with transaction(maker) as session:
        await actions.end_links(session, person_id)
    assert await opened(timedelta(seconds=1)) == 410
    assert await opened(-timedelta(seconds=1)) == 200, "later messages have good links"


async def test_in_production_the_cookie_is_bound_to_the_host(
    settings: Settings, maker: SessionMaker
) -> None:
    person = await a_person(maker, email=AMINA)
    strict = create_app(replace(settings, public_url="https://solidare.example"))
    transport = httpx.ASGITransport(app=strict)  # type: ignore[arg-type] # Litestar's own scope types
    headers = {"sec-fetch-site": "same-origin", "accept-language": "en"}
    async with httpx.AsyncClient(
        transport=transport, base_url="https://solidare.example", headers=headers
    ) as browser:
        await ask_for_code(browser, AMINA)
        came = await submit(browser, "/en/sign-in/code", code=await last_code(maker, AMINA))
        cookie = next(c for c in came.headers.get_list("set-cookie") if "sid=" in c)
        parts = {part.strip() for part in cookie.split(";")}
        assert cookie.startswith("__Host-sid=")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts
        assert not any(part.startswith("Domain") for part in parts)
        assert "max-age=" in came.headers["strict-transport-security"]
        page = await browser.get("/en/account")
        token = {"_csrf_token": csrf_token(page.text)}
        out = await browser.post("/en/sign-out", data=token)
        assert out.headers["clear-site-data"] == '"cache", "storage"'
        async with transaction(maker) as session:
            plain = await actions.open_session(session, person.id, "Test")
        # A neighbouring site may plant a cookie without the prefix: nobody reads it.
        browser.cookies.set("sid", plain, domain="solidare.example")
        assert (await browser.get("/en/account")).status_code == 303
        browser.cookies.set("__Host-sid", plain, domain="solidare.example")
        assert (await browser.get("/en/account")).status_code == 200, "the control"
    await strict.state.maker.kw["bind"].dispose()


HERE, THERE = "127.0.0.1", "192.0.2.1"


async def others_asked(
    maker: SessionMaker, count: int, address: str, *, kind: str = "email", tries: int = 0
) -> None:
    """Codes that many others asked for within the hour."""
    row = {
        "kind": kind,
        "value": "x",
        "device": b"elsewhere",
        "code_hash": "-",
        "language": "fr",
        "network": network_mark(address),
        "tries": tries,
    }
    rows = [{**row, "lookup": number.to_bytes(4, "big")} for number in range(count)]
    async with transaction(maker) as session:
        await session.execute(insert(SignInCode), rows)


@pytest.mark.parametrize(
    ("count", "address", "kind", "contact", "status"),
    [
        (CODES_PER_NETWORK_HOUR, HERE, "email", "new@example.org", 429),
        (CODES_PER_NETWORK_HOUR - 2, HERE, "email", "new@example.org", 303),
        (CODES_PER_NETWORK_HOUR, THERE, "email", "new@example.org", 303),
        (SMS_PER_HOUR, THERE, "phone", NEW, 429),
        (SMS_PER_HOUR, THERE, "phone", "new@example.org", 303),
    ],
    ids=["network", "below", "other network", "messages", "mail goes on"],
)
async def test_budgets_over_many_people_delay_strangers_only(
    *,
    client: httpx.AsyncClient,
    maker: SessionMaker,
    count: int,
    address: str,
    kind: str,
    contact: str,
    status: int,
) -> None:
    await a_person(maker, email=AMINA)
    await come_in(client, maker, AMINA)
    client.cookies.delete("sid")
    await others_asked(maker, count, address, kind=kind)
    answer = await ask_for_code(client, contact)
    assert answer.status_code == status
    assert ("Too many people ask" in answer.text) is (status == 429)
    assert (await come_in(client, maker, AMINA)).status_code == 303, "a known browser always may"


async def test_guessing_many_peoples_codes_from_one_network_waits(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    await a_person(maker, email=AMINA)
    await ask_for_code(client, AMINA)
    code = await last_code(maker, AMINA)
    await others_asked(maker, TRIES_PER_NETWORK_HOUR // 10, HERE, tries=10)
    stopped = await submit(client, "/en/sign-in/code", code=code)
    assert "Too many people ask" in stopped.text
    async with transaction(maker) as session:
        past = func.now() - text("interval '61 minutes'")
        await session.execute(
            update(SignInCode).where(SignInCode.device == b"elsewhere").values(created_at=past)
        )
    assert (await submit(client, "/en/sign-in/code", code=code)).status_code == 303
