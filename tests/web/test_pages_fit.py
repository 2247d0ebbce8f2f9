"""Every page fits the narrowest phone, in scripts of both directions, under one main heading."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from playwright.async_api import Page, Route, async_playwright
from sqlalchemy import update

from app.accounts.actions import grant
from app.accounts.queries import grants_of
from app.accounts.rules import Role, Visitor
from app.db import Session, SessionMaker, transaction
from app.desk.actions import Rows, keep_upload
from app.exchanges.models import CheckIn
from app.moderation import actions as moderation
from app.moderation.rules import About, Origin, Reason, ReportDraft
from app.notifications.rules import LinkPurpose, SignedLink, write_link
from app.organisations.models import Invitation, Organisation, Registration
from app.posts.forms.spreadsheet import SheetRow
from app.posts.models import Post
from tests.app.posts.browsing import Walker
from tests.conftest import ADDRESS, QUIET, SignIn, new_client
from tests.factories.accounts import submit
from tests.factories.clients import a_client_town
from tests.factories.exchanges import Pair, a_pair, agree
from tests.factories.hosting import House, a_hosting, a_stay, fill_file
from tests.factories.organisations import a_client, an_organisation
from tests.factories.posts import BED, a_need, an_offer

LANGUAGES = ("fr", "ar")
NARROWEST = 320
STEPS = ("kind", "place", "people", "when", "languages", "contact", "consent", "facts", "note")
NO_PAGES = re.compile(r"/(api|health|schema|docs|static|metrics|exit|\.well-known|manifest|sw\.js)\b")
MEASURE = """() => [
  document.documentElement.scrollWidth - document.documentElement.clientWidth,
  document.querySelectorAll("h1").length,
  document.title,
  document.documentElement.lang,
]"""


@dataclass(frozen=True)
class Town:
    """Enough for every page to have something to show."""

    jan: int
    digits: str
    values: dict[str, tuple[str, ...]]


def link(purpose: LinkPurpose, ref: str, person_id: int) -> str:
    return write_link(SignedLink(purpose, ref, person_id))


async def a_town(maker: SessionMaker) -> Town:
    """Jan offers, helps at the desk, moderates; one proposal waits, one help is agreed."""
    async with transaction(maker) as session:
        agreed, open_one = await a_pair(session), await a_pair(session)
        exchange = await agree(session, agreed)
        jan = agreed.giver.person_id
        organisation = await an_organisation(session)
        await grant(session, jan, Role.CASEWORKER, organisation.id)
        await grant(session, jan, Role.MODERATOR, None)
        client = await a_client(session, organisation)
        offer = await session.get_one(Post, agreed.offer_id)
        need = await session.get_one(Post, agreed.need_id)
        draft = ReportDraft(About.POST, offer.code, Reason.OTHER, "Is this still there?")
        report = await moderation.send_report(session, draft, Origin(b"device", b"network"))
        values = _values(
            agreed,
            open_one,
            exchange=exchange.code,
            offer=offer.code,
            need=need.code,
            client=client.alias,
            report=report.code,
        )
        by_code = await a_client_town(session)
        await grant(session, jan, Role.CASEWORKER, by_code.desk.organisation.id)
        values |= {
            "/code/posts/{code:str}": (by_code.need,),
            "/desk/exchanges/{code:str}": (by_code.exchange,),
            "/desk/clients/{alias:str}": (by_code.desk.client.alias,),
        }
        worker = Visitor(jan, "Jan", "en", await grants_of(session, jan))
        values = {**await _hosting(session, worker, organisation), **values}
        values |= await _desk(session, worker, organisation)
        return Town(jan, by_code.digits, values)


async def _desk(
    session: Session, worker: Visitor, organisation: Organisation
) -> dict[str, tuple[str, ...]]:
    """Jan leads too: a helper was written down, a sheet waits, a colleague's place is open."""
    await grant(session, worker.person_id, Role.ORGANISATION_ADMIN, organisation.id)
    offer = await an_offer(session)
    session.add(
        Registration(person_id=offer.author_id, organisation_id=organisation.id, identity_seen=True)
    )
    session.add(
        Invitation(
            organisation_id=organisation.id,
            person_id=worker.person_id,
            name="Jan",
            role=Role.CASEWORKER.value,
            invited_by=worker.person_id,
        )
    )
    row = SheetRow(2, {"kind": "offer", "category": "food.meal", "place": "nowhere"})
    sheet = Rows([row], {}, {name: name for name in row.cells})
    token = await keep_upload(session, worker, organisation, sheet)
    return {
        "/organisations/{code:str}": (organisation.code,),
        "/desk/helpers/{code:str}": (offer.code,),
        "/desk/import/{token:str}/left/{kind:str}": (f"{token}/left/csv",),
        "/desk/import/{token:str}": (token,),
        "/desk/table/{kind:str}": ("csv",),
        "/desk/counts/{kind:str}": ("xlsx",),
    }


async def _hosting(
    session: Session, worker: Visitor, organisation: Organisation
) -> dict[str, tuple[str, ...]]:
    """A stay, a host whose file is half written, and a request that waits."""
    house = House(organisation, worker, worker)
    hosting = await a_hosting(session)
    stay = await a_stay(session, hosting)
    hosting.need.adopted_by = organisation.id
    await session.execute(update(CheckIn).values(due_at=CheckIn.due_at - timedelta(days=9)))
    host = await an_offer(session, category=BED)
    await fill_file(session, house, host)
    need = await a_need(session, category=BED)
    guest = link(LinkPurpose.STAY, stay.code, hosting.guest.person_id)
    sections = ("identity", "adults", "visit", "references", "household")
    return {
        "/desk/hosts/{code:str}/{section:str}": tuple(f"{host.code}/{one}" for one in sections),
        "/desk/hosts/{code:str}": (host.code,),
        "/desk/needs/{code:str}": (need.code,),
        "/desk/stays/{code:str}": (stay.code,),
        "/stay/{token:str}": (guest,),
        "/proposals/{code:str}/plan": (f"{hosting.proposal.code}/plan",),
    }


def _values(agreed: Pair, waiting: Pair, **codes: str) -> dict[str, tuple[str, ...]]:
    jan = agreed.giver.person_id
    return {
        "/offers/{name:str}": (codes["offer"],),
        "/needs/{name:str}": (codes["need"],),
        "/posts/{code:str}": (codes["offer"],),
        "/proposals/{code:str}": (agreed.code,),
        "/p/{token:str}": (
            link(LinkPurpose.PROPOSAL, waiting.code, waiting.giver.person_id),
            link(LinkPurpose.PROPOSAL, waiting.code, waiting.receiver.person_id),
        ),
        "/x/{token:str}": (link(LinkPurpose.EXCHANGE, codes["exchange"], jan),),
        "/exchanges/{code:str}": (codes["exchange"],),
        "/unsubscribe/{token:str}": (link(LinkPurpose.UNSUBSCRIBE, "email", jan),),
        "/desk/clients/{alias:str}": (codes["client"],),
        "/moderation/{code:str}": (codes["report"],),
        "/reports/{token:str}": (link(LinkPurpose.REPORT, codes["report"], 0),),
        "/ledger/{number:int}": ("1",),
    }


def addresses(app: Litestar, values: dict[str, tuple[str, ...]], *, public: bool) -> list[str]:
    """The address of every page, open or closed; an unknown parameter fails the test."""
    found = []
    for route in app.routes:
        if not isinstance(route, HTTPRoute) or "GET" not in route.methods:
            continue
        if NO_PAGES.match(route.path) or "path:path" in route.path:
            continue
        if public != any(one.opt.get("access") == "public" for one in route.route_handlers):
            continue
        known = next((start for start in values if route.path.startswith(start)), None)
        parts = [route.path]
        if known is not None:
            parts = [value_in(route.path, known, value) for value in values[known]]
        for part in parts:
            steps = [part.replace("{step:str}", step) for step in STEPS]
            found += steps if "{step:str}" in part else [part]
    assert not [one for one in found if "{" in one], "Tell this test what stands for the parameter"
    return sorted(found)


def value_in(path: str, start: str, value: str) -> str:
    return start[: start.index("{")] + value + path[len(start) :]


@pytest.fixture
async def narrow(browser_path: str) -> AsyncIterator[Page]:
    """A phone of the narrowest kind, JavaScript off for pages."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path, args=QUIET)
        yield await browser.new_page(viewport={"width": NARROWEST, "height": 640})
        await browser.close()


async def answered_by(
    page: Page, client: httpx.AsyncClient, seen: dict[str, httpx.Response]
) -> None:
    """The browser asks the application itself: no port, the cookies of this client."""

    async def answer(route: Route) -> None:
        if route.request.resource_type not in {"document", "stylesheet"}:
            await route.abort()
            return
        got = seen.pop(route.request.url, None) or await client.get(route.request.url)
        kind = got.headers.get("content-type", "text/plain")
        await route.fulfill(status=got.status_code, content_type=kind, body=got.content)

    await page.unroute_all()
    await page.route("**/*", answer)


async def faults(page: Page, client: httpx.AsyncClient, paths: list[str]) -> list[str]:
    seen: dict[str, httpx.Response] = {}
    await answered_by(page, client, seen)
    wrong = []
    for language in LANGUAGES:
        for path in paths:
            answer = await client.get(f"/{language}{path}", follow_redirects=True)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            seen[f"{ADDRESS}/{language}{path}"] = answer
            await page.goto(f"{ADDRESS}/{language}{path}")
            too_wide, headings, title, lang = await page.evaluate(MEASURE)
            at = f"{language}{path} ({answer.status_code})"
            wrong += [f"{at}: {too_wide} px too wide"] * (too_wide > 0)
            wrong += [f"{at}: {headings} main headings"] * (headings != 1)
            wrong += [f"{at}: no title"] * (
                not title.removesuffix("Solidare").strip(" \N{EN DASH}")
            )
            wrong += [f"{at}: says it is in {lang}"] * (lang != language)
            wrong += [f"{at}: failed"] * (answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR)
    return wrong


async def begin_draft(client: httpx.AsyncClient) -> str:
    walk = await Walker(client).open("/en/need-help")
    await walk.press("A meal")
    return walk.path.split("/")[3]


async def test_every_page_fits(
    app: Litestar, maker: SessionMaker, sign_in: SignIn, narrow: Page
) -> None:
    town = await a_town(maker)
    for signed_in in (False, True):
        async with new_client(app) as client:
            if signed_in:
                await sign_in(client, town.jan)
            else:
                await submit(client, "/en/code", code=town.digits)
            drafts = {"/drafts/{token:str}": (await begin_draft(client),)}
            paths = addresses(app, {**town.values, **drafts}, public=not signed_in)
            assert not await faults(narrow, client, paths)


async def test_too_wide_a_page_is_noticed(app: Litestar, narrow: Page) -> None:
    """The measure itself: a word that cannot break must be found."""
    async with new_client(app) as client:
        await answered_by(narrow, client, {})
        await narrow.goto(f"{ADDRESS}/fr/")
        await narrow.add_style_tag(content=".foot p { white-space: nowrap; inline-size: 500px }")
        too_wide, *_rest = await narrow.evaluate(MEASURE)
        assert too_wide > 0
