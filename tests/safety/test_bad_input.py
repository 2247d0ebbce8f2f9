"""Whatever is sent to any address by anybody is answered in words, never by an error of ours."""

import pytest
from litestar import Litestar, get, post
from litestar.params import FromPath

from app.db import SessionMaker
from app.main import create_app
from app.settings import Settings
from app.web.access import PUBLIC
from tests.safety.hostile import (
    TURNS,
    Finding,
    Route,
    address,
    ask,
    field_names,
    forms_of,
    one_field_wrong,
    requests_to,
    routes,
)
from tests.safety.world import ROLES, STRANGER, World, a_world

PLAIN = {"/metrics", "/health/live", "/health/ready", "/exit"}


async def walk(world: World, here: list[Route], turn: int) -> list[Finding]:
    """All findings of a turn's hostile requests to these addresses, as this role.

    How a body is read is the same everywhere: each shape of it goes to one address in four, to
    other ones with each turn.
    """
    names, found = field_names(), []
    for number, route in enumerate(here):
        real = await world.real(route)
        client, token = await world.browser()
        shapes = number % TURNS == turn
        for request in requests_to(route, real, names, token, turn, shapes=shapes):
            finding = await ask(client, request)
            found += [finding] if finding else []
        await client.aclose()
    return found


async def walk_forms(world: World, here: list[Route], turn: int) -> list[Finding]:
    """Open every page; send each form it is first to show, one field after the other wrong."""
    found: list[Finding] = []
    sent: set[tuple[str, ...]] = set()
    for route in here:
        client, _ = await world.browser()
        real = await world.real(route)
        path = "/en" + address(route.path, real)
        shown = await client.get(path, follow_redirects=True)
        fresh = [form for form in forms_of(shown.text) if form.kind not in sent]
        sent.update(form.kind for form in fresh)
        for form in fresh:
            for request in one_field_wrong(path, form, turn):
                finding = await ask(client, request)
                found += [finding] if finding else []
        await client.aclose()
    return found


def pages(app: Litestar) -> list[Route]:
    return [route for route in routes(app) if route.path not in PLAIN]


def listed(found: list[Finding]) -> str:
    return "\n".join(f"{one.what}: {one.request}" for one in found[:40])


@pytest.mark.parametrize("role", ROLES)
async def test_no_address_breaks(app: Litestar, maker: SessionMaker, role: str) -> None:
    turn = ROLES.index(role)
    found = await walk(await a_world(app, maker, role), pages(app), turn)
    assert not found, f"{len(found)}\n{listed(found)}"


@pytest.mark.parametrize("role", ROLES)
async def test_no_form_breaks(app: Litestar, maker: SessionMaker, role: str) -> None:
    shown = [route for route in pages(app) if route.method == "GET"]
    drafts = [Route("GET", f"/drafts/{{token}}/{step}") for step in STEPS]
    found = await walk_forms(await a_world(app, maker, role), shown + drafts, ROLES.index(role))
    assert not found, f"{len(found)}\n{listed(found)}"


STEPS = ("kind", "when", "people", "languages", "facts", "note", "contact", "consent")


@get("/fragile/{code:str}", opt=PUBLIC)
async def fragile(code: FromPath[str]) -> str:
    return str(1 / (len(code) - 20))


@post("/fragile/{code:str}", opt=PUBLIC)
async def mute(code: FromPath[str]) -> str:
    raise ValueError(code)


async def test_the_walk_finds_what_is_fragile(settings: Settings, maker: SessionMaker) -> None:
    """The naive control: without it a silent harness would prove nothing."""
    app = create_app(settings)
    app.register(fragile)
    app.register(mute)
    world = await a_world(app, maker, STRANGER)
    weak = [route for route in routes(app) if route.path.startswith("/fragile")]
    found = [one for turn in range(TURNS) for one in await walk(world, weak, turn)]
    await app.state.maker.kw["bind"].dispose()
    assert {one.request.partition(" ")[0] for one in found} == {"GET", "POST"}
