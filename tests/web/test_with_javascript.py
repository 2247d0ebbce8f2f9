"""What JavaScript adds, in a real browser over real HTTP; without it the same pages do the same."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from litestar import Litestar
from playwright.async_api import BrowserContext, Page, async_playwright, expect

from app.db import SessionMaker, transaction
from app.i18n import LANGUAGES
from app.web.static import FOLDER, static
from tests.conftest import QUIET, SignIn, until
from tests.factories.accounts import a_person, csrf_token
from tests.factories.posts import an_author, an_offer, somewhere

ASSETS = Path("app/web/assets")
KILOBYTE = 1_000
HX = {"hx-request": "true", "hx-target": "results", "accept-encoding": "gzip"}


def built(name: str, ending: str = "") -> bytes:
    return (FOLDER / (static(name).rpartition("/")[2] + ending)).read_bytes()


async def offers(maker: SessionMaker, number: int = 25) -> None:
    async with transaction(maker) as session:
        for _ in range(number):
            await an_offer(session, await an_author(session), place=somewhere("1060"))


@pytest.fixture
async def address(app: Litestar, maker: SessionMaker) -> AsyncIterator[str]:
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())

    async def is_up() -> bool:
        return server.started

    await until(is_up)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture
async def phone(browser_path: str) -> AsyncIterator[BrowserContext]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path, args=QUIET)
        yield await browser.new_context(viewport={"width": 360, "height": 740}, locale="fr")
        await browser.close()


def complaints(page: Page) -> list[str]:
    """What the browser refused or stumbled over, such as a breach of our own policy."""
    found: list[str] = []
    page.on("console", lambda line: found.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


async def test_filters_swap_and_lists_grow(
    maker: SessionMaker, address: str, phone: BrowserContext
) -> None:
    await offers(maker)
    page = await phone.new_page()
    wrong = complaints(page)
    await page.goto(f"{address}/fr/offers")
    await page.evaluate("window.same = true")
    await page.click("a[rel=next]")
    await expect(page.locator("#results .card")).to_have_count(25)
    focused = await page.evaluate("document.activeElement.closest('ul') === "
                                  "document.querySelectorAll('#results .cards')[1]")  # fmt: skip
    assert focused, "whoever asked for more reads on there"
    assert await page.locator("a[rel=next]").count() == 0
    await page.select_option("[name=kind]", "roof")
    await page.click("form.filter button")
    await page.wait_for_url("**/fr/offers?kind=roof**")
    await expect(page.locator("#results .card")).to_have_count(0)
    assert "0" in await page.inner_text("#count[role=status]")
    assert await page.evaluate("window.same"), "one page all along"
    await page.go_back()
    await expect(page.locator("#results .card")).to_have_count(20)
    await expect(page.locator("h1")).to_have_count(1)
    await page.fill("[name=place]", "nowhere at all")
    await page.click("form.filter button")
    await expect(page.locator("[role=alert]")).to_be_visible()
    assert [line for line in wrong if "422" not in line] == []


async def test_a_fragment_is_small_and_kept_apart(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    await offers(maker)
    whole = await client.get("/fr/offers", headers={"accept-encoding": "gzip"})
    part = await client.get("/fr/offers", headers=HX)
    more = await client.get("/fr/offers?page=2", headers={**HX, "hx-target": "more"})
    for one in (part, more):
        assert one.num_bytes_downloaded <= 3 * KILOBYTE
        assert "<!DOCTYPE" not in one.text
        assert "hx-request" in one.headers["vary"].lower()
        assert "default-src 'none'" in one.headers["content-security-policy"]
    assert 'hx-swap-oob="innerHTML:#count"' in part.text
    assert 'id="results"' not in more.text
    restored = await client.get("/fr/offers", headers={**HX, "hx-history-restore-request": "true"})
    assert "<!DOCTYPE" in restored.text
    wrong = await client.get("/fr/offers?place=nowhere+at+all", headers=HX)
    if wrong.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        assert wrong.headers["hx-redirect"] == "/fr/offers?place=nowhere+at+all"
    assert "unsafe-inline" not in whole.headers["content-security-policy"]
    assert "<script>" not in whole.text


async def test_without_network_there_is_a_page_and_nothing_private(
    maker: SessionMaker, address: str, phone: BrowserContext
) -> None:
    page = await phone.new_page()
    wrong = complaints(page)
    await page.goto(f"{address}/ar/how-it-works")
    await page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    await phone.set_offline(True)
    await page.goto(f"{address}/ar/offers")
    assert await page.evaluate("[document.documentElement.lang, document.dir]") == ["ar", "rtl"]
    for language in set(LANGUAGES) - {"ar"}:
        assert await page.locator(f"main li[lang={language}]").count() == 1
    kept = await page.evaluate("""caches.keys().then(async names => {
        const all = await Promise.all(names.map(async n => (await (await caches.open(n)).keys())));
        return all.flat().map(one => new URL(one.url).pathname)})""")
    assert sorted(kept) == sorted(
        ["/ar/offline", static("site.css"), static("site.js"), static("mark.svg")]
    )
    assert [line for line in wrong if "ERR_INTERNET_DISCONNECTED" not in line] == []


async def test_signing_out_clears_what_the_browser_kept(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    await sign_in(client, (await a_person(maker)).id)
    token = csrf_token((await client.get("/en/account")).text)
    out = await client.post("/en/sign-out", data={"_csrf_token": token})
    assert '"cache", "storage"' in out.headers["clear-site-data"]


async def test_it_can_stand_on_a_home_screen(client: httpx.AsyncClient) -> None:
    for language in LANGUAGES:
        answer = await client.get(f"/{language}/manifest.webmanifest")
        assert answer.headers["content-type"].startswith("application/manifest+json")
        manifest = answer.json()
        assert (manifest["lang"], manifest["start_url"]) == (language, f"/{language}/")
        for icon in manifest["icons"]:
            picture = await client.get(icon["src"])
            assert picture.content.startswith(b"\x89PNG")
    assert 'rel="manifest"' in (await client.get("/en/")).text


async def test_scripts_are_small_and_the_worker_new_with_each_build(
    client: httpx.AsyncClient,
) -> None:
    worker = await client.get("/sw.js")
    assert worker.headers["cache-control"] == "no-cache"
    assert len(worker.content) <= KILOBYTE
    assert static("site.css") in worker.text
    together = sum(len(built(name, ".br")) for name in ("list.js", "site.js"))
    assert together <= 20 * KILOBYTE
    assert len(gzip.compress(built("site.js"))) <= KILOBYTE


def test_htmx_is_the_pinned_one_and_locked() -> None:
    wanted = json.loads((ASSETS / "package.json").read_text())["devDependencies"]
    locked = json.loads((ASSETS / "package-lock.json").read_text())["packages"]
    assert wanted["htmx.org"] == locked["node_modules/htmx.org"]["version"] == "2.0.11"
    script = built("list.js").decode()
    assert 'version:"2.0.11"' in script
    for name, value in (
        ("allowEval", "!1"),
        ("allowScriptTags", "!1"),
        ("selfRequestsOnly", "!0"),
        ("historyCacheSize", "0"),
        ("includeIndicatorStyles", "!1"),
    ):
        assert script.rpartition(f"{name}:")[2].startswith(value)
    assert ".freeze(" in script
