"""Whatever is sent to any address by anybody is answered in words, never by an error of ours."""

import pytest
from litestar import Litestar, get, post
from litestar.params import FromPath

from app.db import SessionMaker
from app.main import create_app
from app.settings import Settings
from app.web.access import PUBLIC
from tests.safety.hostile import (
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


async def walk(world: World, here: list[Route]) -> list[Finding]:
    """All findings of the hostile requests to these addresses, as this role."""
    names, found = field_names(), []
    for route in here:
        real = await world.real(route)
        client, token = await world.browser()
        for request in requests_to(route, real, names, token):
            finding = await ask(client, request)
            found += [finding] if finding else []
        await client.aclose()
    return found


async def walk_forms(world: World, here: list[Route]) -> list[Finding]:
    """Open every page and send each of its forms with one field after the other wrong."""
    found: list[Finding] = []
    for route in here:
        client, _ = await world.browser()
        real = await world.real(route)
        path = "/en" + address(route.path, real)
        shown = await client.get(path, follow_redirects=True)
        for form in forms_of(shown.text):
            for request in one_field_wrong(path, form):
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
    found = await walk(await a_world(app, maker, role), pages(app))
    assert not found, f"{len(found)}\n{listed(found)}"


@pytest.mark.parametrize("role", ROLES)
async def test_no_form_breaks(app: Litestar, maker: SessionMaker, role: str) -> None:
    shown = [route for route in pages(app) if route.method == "GET"]
    drafts = [Route("GET", f"/drafts/{{token}}/{step}") for step in STEPS]
    found = await walk_forms(await a_world(app, maker, role), shown + drafts)
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
    found = await walk(world, weak)
    await app.state.maker.kw["bind"].dispose()
    assert {one.request.partition(" ")[0] for one in found} == {"GET", "POST"}
