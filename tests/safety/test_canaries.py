"""Every page, API and export, walked by every role in every state: no secret before its time.

The secrets are in tests/safety/canaries.py. A route that this file cannot fill in fails the test.
"""

import html
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import select, update

from app.db import SessionMaker, reading, transaction
from app.notifications.models import Letter
from app.notifications.rules import LinkPurpose, SignedLink, write_link
from app.posts.models import Post
from app.settings import Settings
from tests.app.exchanges.test_api import bearer
from tests.conftest import ADDRESS, SignIn, new_client
from tests.factories.accounts import csrf_token, submit
from tests.safety.canaries import STATES, Town, a_town
from tests.safety.conftest import Figures
from workers import letters

PARAMETER = re.compile(r"\{(\w+):\w+\}")
SPACES = re.compile(r"[\s\u00a0\u202f]+")
# A browser that signs out asks nothing more.
ENDING = {"/sign-out", "/exit", "/account/sessions/end-others"}
OUTSIDE = ("elsewhere",)
NEAR = ("giver", "host", "guest", "caseworker", "admin", "elsewhere")
# Pages that are the same for everybody: one visitor is enough, the stranger.
PLAIN = re.compile(
    r"/(credits|privacy|terms|how-it-works|robots.txt|favicon.ico|\.well-known/.*|static/.*"
    r"|health/.*|metrics|api/v1/(schema|categories|places)(/.*)?|exit|decisions|sign-in(/.*)?"
    r"|drafts/.*|mailbox|help|need-help|offer-help|ledger.*|api/v1/ledger.*)"
)


Door = tuple[httpx.AsyncClient, dict[str, str]]


@dataclass
class Walk:
    """What was walked and what was seen where it must not be."""

    requests: int = 0
    posts: int = 0
    closed: int = 0
    routes: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    sightings: int = 0
    leaks: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def routes(app: Litestar) -> list[HTTPRoute]:
    pages = (one for one in app.routes if isinstance(one, HTTPRoute) and "GET" in one.methods)
    return sorted(pages, key=lambda route: route.path)


def is_closed(route: HTTPRoute, town: Town, role: str) -> bool:
    """The guard refuses by the handler's mark alone: the plain person tries it for the others."""
    if PLAIN.fullmatch(route.path):
        return role != "stranger"
    if role == "person":
        return False
    mark = next(one.opt for one in route.route_handlers if "GET" in one.http_methods)
    if mark["access"] == "staff":
        return not mark["roles"] & town.grants.get(role, set())
    return mark["access"] == "signed_in" and town.people[role] is None


def links(town: Town, role: str, purpose: LinkPurpose, refs: list[str]) -> list[str]:
    """Links of messages as this person would hold them; to others' things they must not work."""
    person_id = town.people[role] or 0
    return [write_link(SignedLink(purpose, ref, person_id)) for ref in refs]


def values(town: Town, role: str) -> dict[str, list[str]]:
    """By the beginning of a route, what stands for its first parameter."""
    codes = town.seen_from(role)
    # Of a stay and a client's meeting those try who stand near: the sides, and both organisations.
    meetings = codes["exchange"] + (codes["stay"] + codes["slip"] if role in NEAR else [])
    return {
        "/api/v1/exchanges/": meetings,
        "/api/v1/proposals/": codes["proposal"] + codes["plan"],
        "/api/v1/posts/": codes["offer"][:1] + codes["client_need"],
        "/api/v1/organisations/": codes["organisation"],
        "/api/v1/ledger/": ["1"],
        "/api/v1/ledger/tiles/": ["0"],
        "/api/v1/schema/": ["openapi.json"],
        **directory_records(codes["organisation"][0]),
        "/calendar/": links(town, role, LinkPurpose.CALENDAR, ["abcd2345"]),
        "/code/posts/": codes["client_need"],
        "/desk/clients/": codes["client"],
        "/desk/counts/": ["csv", "xlsx"],
        "/desk/table/": ["csv", "xlsx"],
        "/desk/exchanges/": codes["slip"],
        "/desk/helpers/": codes["offer"][:1],
        "/desk/hosts/": codes["host"],
        "/desk/import/": ["nothing"],
        "/desk/needs/": codes["bed_need"] + codes["client_need"],
        "/desk/stays/": codes["stay"],
        "/drafts/": ["nothing"],
        "/exchanges/": meetings,
        "/ledger/": ["1"],
        "/moderation/": codes["report"],
        "/needs/": codes["need"][:1] + codes["client_need"],
        "/offers/": codes["offer"][:1] + codes["host"],
        "/organisations/": codes["organisation"],
        "/p/": links(town, role, LinkPurpose.PROPOSAL, codes["proposal"]),
        "/posts/": codes["offer"][:1] + codes["need"][:1],
        "/proposals/": codes["proposal"] + codes["plan"],
        "/reports/": links(town, role, LinkPurpose.REPORT, codes["report"]),
        "/stay/": links(town, role, LinkPurpose.STAY, codes["stay"]),
        "/unsubscribe/": links(town, role, LinkPurpose.UNSUBSCRIBE, ["email"]),
        "/x/": links(town, role, LinkPurpose.EXCHANGE, codes["exchange"]),
    }


def directory_records(code: str) -> dict[str, list[str]]:
    """Records of one organisation, under the ids that are made of its public address."""
    paths = {
        "organizations": f"organisations/{code}",
        "services": f"desk/{code}",
        "service_at_locations": f"at/{code}",
        "taxonomies": "taxonomy/solidare",
        "taxonomy_terms": "term/solidare/food",
    }
    return {
        f"/api/hsds/v3/{name}/": [str(uuid5(NAMESPACE_URL, f"{ADDRESS}/{path}"))]
        for name, path in paths.items()
    }


OTHERS = {"section": "people", "step": "place", "number": "0", "level": "0", "kind": "csv"}


def addresses(route: str, known: dict[str, list[str]]) -> Iterator[str]:
    if "{" not in route:
        yield route
        return
    start = route[: route.index("{")]
    assert start in known, f"Tell this test what stands for the parameter of {route}"
    for value in known[start]:
        first = PARAMETER.sub(value, route, count=1)
        yield PARAMETER.sub(lambda match: OTHERS[match[1]], first)


def shape(value: str) -> str:
    """A secret as it may stand in a page: without spaces; of a phone number its last digits."""
    plain = SPACES.sub("", value)
    return plain[-8:] if plain.startswith("+") else plain


def words_of(answer: httpx.Response) -> str:
    """All that an answer says: its head, its text, and what is packed into a spreadsheet."""
    body = answer.text
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            body = "".join(book.read(name).decode(errors="replace") for name in book.namelist())
    return SPACES.sub("", html.unescape(body) + str(dict(answer.headers)))


def judge(town: Town, walk: Walk, role: str, path: str, words: str) -> None:
    for secret, what in town.secrets.items():
        if shape(secret) in words:
            walk.sightings += 1
            if not town.may_read(role, secret, path):
                walk.leaks.append(f"{role} reads the {what} {secret!r} at {path}")


async def door(app: Litestar, maker: SessionMaker, sign_in: SignIn, town: Town, role: str) -> Door:
    """A browser and a program of this role."""
    browser = new_client(app)
    browser.headers["accept-encoding"] = "identity"
    person_id = town.people[role]
    if role == "client":
        typed = await submit(browser, "/en/code", code=town.client_code)
        assert typed.headers.get("location") == "/en/code/mine"
    if person_id is None:
        return browser, {}
    await sign_in(browser, person_id)
    return browser, await bearer(maker, person_id)


async def walk_as(
    walk: Walk,
    town: Town,
    role: str,
    ways: list[HTTPRoute],
    at: Door,
) -> None:
    browser, token = at
    known = values(town, role)
    for route in ways:
        walk.routes.add(route.path)
        if is_closed(route, town, role):
            walk.closed += 1
            continue
        for path in addresses(route.path, known):
            is_api = path.startswith("/api/")
            answer = await browser.get(
                path if is_api else f"/en{path}", headers=token if is_api else {}
            )
            walk.requests += 1
            walk.statuses[answer.status_code] += 1
            if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                walk.broken.append(f"{role} at {path}")
            judge(town, walk, role, path, words_of(answer).replace(path, ""))
    walk.roles.add(role)


async def post_as(
    walk: Walk, town: Town, role: str, app: Litestar, browser: httpx.AsyncClient
) -> None:
    """Whoever has no business here presses every button there is; what comes back says nothing."""
    token = csrf_token((await browser.get("/en/report")).text)
    known = values(town, role)
    pages = [one for one in app.routes if isinstance(one, HTTPRoute) and "POST" in one.methods]
    for route in pages:
        start = route.path.partition("{")[0]
        if route.path in ENDING or route.path.startswith("/api/"):
            continue
        for path in addresses(route.path, known) if "{" not in route.path or start in known else ():
            answer = await browser.post(f"/en{path}", data={"_csrf_token": token})
            walk.requests += 1
            walk.posts += 1
            if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                walk.broken.append(f"{role} posts {path}")
            judge(town, walk, role, path, words_of(answer).replace(path, ""))


async def read_letters(walk: Walk, town: Town, maker: SessionMaker, settings: Settings) -> int:
    """A letter carries nobody's secret, and no contact but the address it goes to."""
    async with reading(maker) as reader:
        rows = (await reader.execute(select(Letter.id, Letter.person_id))).all()
        for letter_id, person_id in rows:
            letter = await letters.compose(reader, settings, letter_id)
            if letter is not None:
                words = SPACES.sub("", html.unescape(letter.subject + letter.text + letter.html))
                judge(town, walk, town.role_of(person_id) or "somebody", "letter", words)
    return len(rows)


async def test_no_route_shows_a_secret_before_its_time_or_to_the_wrong_role(  # noqa: PLR0917 - fixtures
    app: Litestar,
    maker: SessionMaker,
    settings: Settings,
    sign_in: SignIn,
    figures: Figures,
    capfd: pytest.CaptureFixture[str],
) -> None:
    async with transaction(maker) as session:
        town = await a_town(session)
    walk = Walk()
    for role in town.people:
        at = await door(app, maker, sign_in, town, role)
        await walk_as(walk, town, role, routes(app), at)
        if role in OUTSIDE:
            await post_as(walk, town, role, app, at[0])
    logged = SPACES.sub("", "".join(capfd.readouterr()))
    walk.leaks += [f"the log holds {one!r}" for one in town.secrets if shape(one) in logged]
    written = await read_letters(walk, town, maker, settings)
    figures(
        f"canaries: {len(walk.routes)} routes, {len(walk.roles)} roles, {len(STATES)} states, "
        f"{walk.requests} requests ({walk.posts} POST), "
        f"{walk.closed} refused by mark alone, {written} letters, "
        f"{len(town.secrets)} secrets, {walk.sightings} seen in their place, "
        f"{len(walk.leaks)} leaks"
    )
    assert (walk.leaks, walk.broken) == ([], [])
    assert walk.sightings > len(STATES), "a walk that sees nothing proves nothing"
    assert walk.statuses[200] > walk.requests / 4
    # The control: an address slipped into the words of an offer is found, on its page and by API.
    async with transaction(maker) as session:
        secret = next(value for value, what in town.secrets.items() if what == "address")
        await session.execute(update(Post).values(note=f"Come to {secret}"))
    planted = Walk()
    at = await door(app, maker, sign_in, town, "stranger")
    places = ("/offers/{name:str}", "/api/v1/posts/{code:str}")
    both = [one for one in routes(app) if one.path in places]
    await walk_as(planted, town, "stranger", both, at)
    found = [leak for leak in planted.leaks if secret in leak]
    assert any("/offers/" in leak for leak in found)
    assert any("/api/" in leak for leak in found)
