"""What is told to browsers: the policy as sent, graded by rules known from its bypasses."""

import httpx
import pytest
from litestar import Litestar

from app.db import SessionMaker
from app.main import create_app
from app.settings import Settings, read_settings
from tests.conftest import SignIn, new_client
from tests.factories.accounts import a_person

SOURCES = ("script-src", "style-src", "img-src", "connect-src", "font-src", "default-src")
UNSAFE = ("'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "data:", "blob:", "filesystem:")
GOOD = (
    "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def holes(policy: str) -> list[str]:
    """The findings of a grader: what lets foreign code, frames, forms or bases in."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    said = {name.lower(): values for name, *values in parts}
    found = ["said twice"] if len(said) != len(parts) else []
    fallback = said.get("default-src")
    code = [one for one in ("script-src", "object-src") if said.get(one, fallback) is None]
    rest = [one for one in ("base-uri", "form-action", "frame-ancestors") if one not in said]
    found += [f"{name} is missing" for name in (*code, *rest)]
    if said.get("object-src", fallback) != ["'none'"]:
        found.append("object-src lets something in")
    for name in (*SOURCES, "base-uri", "form-action", "frame-ancestors"):
        found += [f"{name} {one}" for one in said.get(name, []) if is_open(name, one)]
    return found


def is_open(name: str, source: str) -> bool:
    """Whole schemes, any host, inline code, or a host of others."""
    if source in UNSAFE:
        return not (name == "img-src" and source == "data:")
    if source in ("'none'", "'self'"):
        return False
    return not source.startswith(("'nonce-", "'sha256-"))


@pytest.mark.parametrize(
    "change",
    [
        ("script-src 'self'", "script-src 'self' 'unsafe-inline'"),
        ("script-src 'self'", "script-src 'self' 'unsafe-eval'"),
        ("script-src 'self'", "script-src https:"),
        ("script-src 'self'", "script-src *"),
        ("script-src 'self'", "script-src data:"),
        ("script-src 'self'", "script-src 'self' https://cdn.example"),
        ("default-src 'none'; ", ""),
        ("base-uri 'none'; ", ""),
        ("frame-ancestors 'none'", "frame-ancestors *"),
        ("form-action 'self'; ", ""),
        ("script-src 'self'", "script-src 'self'; script-src *"),
    ],
)
def test_control_each_known_hole_is_seen(change: tuple[str, str]) -> None:
    assert holes(GOOD) == []
    assert holes(GOOD.replace(*change))


PLACES = (
    "/en", "/en/offers", "/en/offers/map", "/en/sign-in", "/en/nothing", "/api/v1/categories",
    "/api/v1/nothing", "/en/account", "/static/nothing.css", "/robots.txt", "/fr/report",
)  # fmt: skip


async def test_the_sent_policy_has_no_hole(client: httpx.AsyncClient) -> None:
    for place in PLACES:
        answer = await client.get(place)
        assert holes(answer.headers.get("content-security-policy", "")) == [], place


async def test_every_answer_carries_the_headers(
    settings: Settings, maker: SessionMaker, servers: dict[str, str], sign_in: SignIn
) -> None:
    """In production, as strangers, members and programs see it."""
    https = {**servers, "SOLIDARE_PUBLIC_URL": "https://localhost:8000"}
    app: Litestar = create_app(read_settings(https))
    person = await a_person(maker)
    async with new_client(app) as stranger, new_client(app) as member:
        await sign_in(member, person.id)
        member.cookies.set("__Host-sid", member.cookies["sid"], domain="localhost.local")
        for place in PLACES:
            for browser in (stranger, member):
                got = (await browser.get(place)).headers
                assert got["x-content-type-options"] == "nosniff", place
                assert got["referrer-policy"] == "no-referrer", place
                assert got["cross-origin-opener-policy"] == "same-origin", place
                assert got["cross-origin-resource-policy"] == "same-origin", place
                assert "access-control-allow-origin" not in got, place
                if not place.startswith("/static/"):
                    assert "max-age=63072000; includeSubDomains" in got.get(
                        "strict-transport-security", ""
                    ), place
        own = await member.get("/en/account")
        assert own.status_code == httpx.codes.OK
        assert "no-store" in own.headers["cache-control"]
    await app.state.maker.kw["bind"].dispose()


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "PROPFIND"])
async def test_methods_nobody_meant_are_refused(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/en/offers")
    assert answer.status_code in {400, 403, 404, 405, 501}
    assert "TRACE /en" not in answer.text
