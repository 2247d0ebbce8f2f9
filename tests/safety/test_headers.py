"""Every answer tells the browser what it may do: pages, refusals, errors, files, programs."""

import httpx
import pytest
from litestar import Litestar

from app.db import SessionMaker
from app.web.static import static
from tests.safety.hostile import address, routes
from tests.safety.world import CASEWORKER, STRANGER, World, a_world

WANTED = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
}
PLAIN = ("/api/", "/health/", "/metrics", "/.well-known/", "/robots.txt", "/sw.js")
OTHERS = ("/offers", "/en/nothing", "/fr/%00", "/api/v1/nothing", static("site.css"), "/static/no")
SECURE = ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self'")


def careless(answer: httpx.Response, *, private: bool) -> list[str]:
    """What is missing from the headers of an answer."""
    found = [name for name, value in WANTED.items() if answer.headers.get(name) != value]
    policies = answer.headers.get_list("content-security-policy")
    if len(policies) != 1 or "unsafe" in policies[0]:
        found.append(f"{len(policies)} policies")
    elif not all(part in policies[0] for part in SECURE):
        found.append("a weak policy")
    if "geolocation=(self)" not in answer.headers.get("permissions-policy", ""):
        found.append("permissions")
    if private and "no-store" not in answer.headers.get("cache-control", ""):
        found.append("kept by the browser")
    return found


async def walk(world: World) -> dict[str, list[str]]:
    """Each address opened, and each form sent without a token: pages and refusals."""
    client, _token = await world.browser()
    found: dict[str, list[str]] = {}
    for route in [*routes(world.app), *routes(world.app, api=True)]:
        path = address(route.path, await world.real(route))
        is_page = not path.startswith(PLAIN)
        answer = await client.request(route.method, f"/en{path}" if is_page else path)
        private = is_page and world.role != STRANGER
        if bad := careless(answer, private=private):
            found[f"{route.method} {path} {answer.status_code}"] = bad
    for path in OTHERS:
        answer = await client.get(path)
        if bad := careless(answer, private=path == "/offers" and world.role != STRANGER):
            found[path] = bad
    await client.aclose()
    return found


@pytest.mark.parametrize("role", [STRANGER, CASEWORKER])
async def test_every_answer_keeps_the_browser_strict(
    app: Litestar, maker: SessionMaker, role: str
) -> None:
    assert await walk(await a_world(app, maker, role)) == {}


def test_careless_headers_are_found() -> None:
    """The control: an answer as most sites send it."""
    good = {
        **WANTED,
        "content-security-policy": "; ".join(SECURE),
        "permissions-policy": "geolocation=(self)",
        "cache-control": "private, no-store",
    }
    assert careless(httpx.Response(200, headers=good), private=True) == []
    weak = {
        "content-security-policy": f"{'; '.join(SECURE)} 'unsafe-inline'",
        "permissions-policy": "",
        "cache-control": "private",
        "referrer-policy": "origin",
    }
    for name, value in weak.items():
        answer = httpx.Response(200, headers={**good, name: value})
        assert len(careless(answer, private=True)) == 1, name
    assert len(careless(httpx.Response(200), private=True)) == len(WANTED) + 3
