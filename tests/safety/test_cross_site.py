"""A second origin in a real browser tries to act for somebody who is signed in; it cannot.

One attacker is another site, which gets no cookie along; the other shares the host and so even the
cookies. Each attack is also made from our own origin, where it must succeed.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from litestar import Litestar
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from sqlalchemy import select, update

from app import crypto
from app.accounts.models import Factor, Person, PersonSession, SignInCode
from app.db import SessionMaker, transaction
from app.main import create_app
from app.settings import Settings
from app.web.asgi import Receive, Scope, Send
from tests.conftest import QUIET, SignIn, new_client
from tests.factories.accounts import a_person, csrf_token, last_code, submit

VICTIM, MALLORY = "amina@example.org", "mallory@example.org"
SUBMIT = """([to, fields]) => {
  const form = document.createElement("form");
  form.method = "post"; form.action = to;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    input.name = name; input.value = value; form.append(input);
  }
  document.body.append(form); form.submit();
}"""
FETCH = """async ([to, fields]) => {
  const body = new URLSearchParams(fields);
  try { await fetch(to, {method: "POST", body, credentials: "include", mode: "no-cors"}); }
  catch { return; }
}"""


async def an_empty_page(scope: Scope, receive: Receive, send: Send) -> None:
    """The attacker's page; `/plant` also sets the cookies that a browser sends to this host."""
    headers = [(b"content-type", b"text/html")]
    if scope["path"] == "/plant":
        cookies = (b"sid=planted-by-mallory; Path=/", b"device=planted-by-mallory; Path=/")
        headers += [(b"set-cookie", cookie) for cookie in cookies]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"<!DOCTYPE html><p>Win a bicycle</p>"})


def a_port() -> socket.socket:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    return listening


def port_of(listening: socket.socket) -> int:
    return int(listening.getsockname()[1])


@asynccontextmanager
async def served(app: object, listening: socket.socket) -> AsyncIterator[int]:
    """The port on which it answers, for the length of the block."""
    config = uvicorn.Config(app, lifespan="off", log_level="error")  # type: ignore[arg-type] # ASGI
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn raises no event
        await asyncio.sleep(0.01)
    yield port_of(listening)
    server.should_exit = True
    await task


@dataclass
class Scene:
    """Three origins and the victim's browser."""

    own: str
    same_site: str
    other_site: str
    context: BrowserContext
    page: Page


@pytest.fixture(scope="module")
async def chromium(browser_path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
async def scene(settings: Settings, maker: SessionMaker, chromium: Browser) -> AsyncIterator[Scene]:
    """Our own origin is also the one that passkeys are made for."""
    assert maker
    listening = a_port()
    own = f"http://localhost:{port_of(listening)}"
    app = create_app(replace(settings, public_url=own))
    async with served(app, listening), served(an_empty_page, a_port()) as other:
        context = await chromium.new_context(locale="en")
        page = await context.new_page()
        page.set_default_timeout(20_000)
        yield Scene(own, f"http://localhost:{other}", f"http://127.0.0.1:{other}", context, page)
        await context.close()
    await app.state.maker.kw["bind"].dispose()


async def enter(scene: Scene, client: httpx.AsyncClient) -> None:
    """The victim's session, in the victim's browser."""
    cookie = {"name": "sid", "value": client.cookies["sid"], "url": scene.own}
    await scene.context.add_cookies([cookie])  # type: ignore[list-item] # a cookie


async def name_of(maker: SessionMaker) -> str:
    async with transaction(maker) as session:
        return (await session.scalars(select(Person.name))).one()


async def attack(scene: Scene, start: str, way: str, path: str, fields: dict[str, str]) -> None:
    await scene.page.goto(start)
    to = f"{scene.own}{path}"
    if way == "fetch":
        await scene.page.evaluate(FETCH, [to, fields])
        return
    async with scene.page.expect_navigation():
        await scene.page.evaluate(SUBMIT, [to, fields])


@pytest.mark.parametrize("way", ["form", "fetch"])
async def test_no_other_origin_changes_an_account(
    scene: Scene, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn, way: str
) -> None:
    """Even with the victim's own token, which no attacker has."""
    person = await a_person(maker, email=VICTIM)
    await sign_in(client, person.id)
    await enter(scene, client)
    token = csrf_token((await client.get("/en/account")).text)
    fields = {"_csrf_token": token, "name": "Taken", "language": "en", "languages": "en"}
    for start in (scene.other_site, scene.same_site):
        await attack(scene, start, way, "/en/account", fields)
        assert await name_of(maker) == "Amina", start
    await attack(scene, f"{scene.own}/en/ledger", way, "/en/account", {**fields, "_csrf_token": ""})
    assert await name_of(maker) == "Amina", "from our own origin, without the token"
    await attack(scene, f"{scene.own}/en/ledger", way, "/en/account", fields)
    assert await name_of(maker) == "Taken", "the control: the attack itself works"


async def test_nobody_is_signed_in_as_somebody_else(
    scene: Scene, app: Litestar, maker: SessionMaker
) -> None:
    """Login CSRF: the victim would write their needs into the attacker's account."""
    await a_person(maker, name="Mallory", email=MALLORY)
    async with new_client(app) as mallory:
        await submit(mallory, "/en/sign-in", contact=MALLORY)
        token = csrf_token((await mallory.get("/en/sign-in/code")).text)
        device = mallory.cookies["device"]
    fields = {"_csrf_token": token, "code": await last_code(maker, MALLORY)}
    planted = {"name": "device", "value": device, "url": scene.own}

    async def signed_in() -> bool:
        return any(one["name"] == "sid" for one in await scene.context.cookies(scene.own))

    for start in (scene.other_site, scene.same_site):
        await scene.context.add_cookies([planted])  # type: ignore[list-item] # a cookie
        await attack(scene, start, "form", "/en/sign-in/code", fields)
        assert not await signed_in(), start
    await attack(scene, f"{scene.own}/en/ledger", "form", "/en/sign-in/code", fields)
    assert await signed_in(), "the control: with everything planted and from our origin it works"


async def test_a_planted_cookie_becomes_no_session(scene: Scene, maker: SessionMaker) -> None:
    """Session fixation: a neighbour on the same host has chosen both cookies beforehand."""
    await a_person(maker, email=VICTIM)
    await scene.page.goto(f"{scene.same_site}/plant")
    planted = {one["name"]: one["value"] for one in await scene.context.cookies(scene.own)}
    assert planted["sid"] == "planted-by-mallory", "the control: this host's cookies are shared"
    await scene.page.goto(f"{scene.own}/en/sign-in")
    await scene.page.fill("input[name=contact]", VICTIM)
    await scene.page.click("main form button")
    await scene.page.fill("input[name=code]", await last_code(maker, VICTIM))
    await scene.page.click("main form button >> nth=0")
    await scene.page.wait_for_url("**/proposals")
    cookies = {one["name"]: one for one in await scene.context.cookies(scene.own)}
    assert cookies["sid"]["value"] != "planted-by-mallory"
    assert (cookies["sid"]["httpOnly"], cookies["sid"]["sameSite"]) == (True, "Lax")
    async with transaction(maker) as session:
        hashes = (await session.scalars(select(PersonSession.token_hash))).all()
        assert hashes == [crypto.token_hash(cookies["sid"]["value"])]
        assert (await session.scalars(select(SignInCode.used_at))).one() is not None


async def test_nobody_frames_us_or_reads_us(
    scene: Scene, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker, email=VICTIM)
    await sign_in(client, person.id)
    await enter(scene, client)

    async def framed(address: str) -> str:
        show = "(to) => { document.body.innerHTML = `<iframe src='${to}'></iframe>`; }"
        await scene.page.evaluate(show, address)
        shown = await scene.page.wait_for_selector("iframe")
        frame = await shown.content_frame() if shown else None
        assert frame is not None
        await frame.wait_for_load_state()
        return await frame.content() if not frame.url.startswith("chrome-error") else ""

    read = "async (to) => { try { return await (await fetch(to)).text() } catch { return '' } }"
    for start in (scene.other_site, scene.same_site):
        await scene.page.goto(start)
        assert "Amina" not in await framed(f"{scene.own}/en/account"), start
        assert await scene.page.evaluate(read, f"{scene.own}/en/account") == ""
        assert "bicycle" in await framed(start), "the control: this browser shows frames"
    await scene.page.goto(f"{scene.own}/en/ledger")
    assert "Amina" in await scene.page.evaluate(read, f"{scene.own}/en/account")


AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def test_a_passkey_opens_without_a_code_and_a_copy_of_it_does_not(
    scene: Scene, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker, email=VICTIM)
    await sign_in(client, person.id)
    await enter(scene, client)
    page = scene.page
    devtools = await scene.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    await page.goto(f"{scene.own}/en/account/factors/passkey")
    await page.click("[data-passkey] button")
    await page.wait_for_selector(".recovery")
    async with transaction(maker) as session:
        factor = (await session.scalars(select(Factor))).one()
        assert (factor.person_id, factor.kind) == (person.id, "passkey")

    async def come_by_passkey() -> str:
        await scene.context.clear_cookies(name="sid")
        await page.goto(f"{scene.own}/en/sign-in/passkey?next=/posts")
        async with page.expect_navigation(url=re.compile(r"/en/(posts|sign-in)(\?|$)")):
            await page.click("[data-passkey] button")
        return urlsplit(page.url).path

    assert await come_by_passkey() == "/en/posts"
    async with transaction(maker) as session:
        levels = (await session.scalars(select(PersonSession.level))).all()
        assert max(levels) == 2
        counter = (await session.scalars(select(Factor.counter))).one()
        assert counter > factor.counter
        await session.execute(update(Factor).values(counter=counter + 100))
    assert await come_by_passkey() == "/en/sign-in", "a copy counts behind the device itself"
    async with transaction(maker) as session:
        await session.execute(update(Factor).values(counter=counter))
    assert await come_by_passkey() == "/en/posts", "the control"
