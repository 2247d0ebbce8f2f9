"""Ways around the front door: addresses, headers, huge bodies, slow words, locked-out people."""

import asyncio
import time

import httpx
import pytest
from litestar import Litestar

from app.accounts.rules import CODES_PER_DAY, TRIES_PER_DAY
from app.db import SessionMaker
from app.exchanges.rules import warnings_in
from app.posts.rules.leaks import Leak, check_leaks
from tests.app.exchanges.test_api import bearer
from tests.conftest import SignIn, new_client
from tests.factories.accounts import a_person, ask_for_code, come_in, csrf_token, last_code, submit

AMINA = "amina@example.org"


@pytest.mark.parametrize(
    "path", ["/en/api/v1/me", "/en//api/v1/me", "//api/v1/me", "/fr/api/v1/exchanges"]
)
async def test_a_cookie_opens_no_door_of_programs(
    path: str, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker)
    await sign_in(client, person.id)
    assert (await client.get("/en/account")).status_code == 200, "the control: the cookie is good"
    answer = await client.get(path, follow_redirects=True)
    assert answer.status_code in {401, 404}
    headers = await bearer(maker, person.id)
    assert (await client.get("/api/v1/me", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "code", ["x%0D%0ASet-Cookie:%20sid=planted", "x%0Ay", "%E2%82%AC%F0%9F%98%80", "a&b=c?d#e"]
)
async def test_an_address_writes_no_header_of_ours(code: str, client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/en/proposals/{code}")
    if answer.status_code == 404:
        return
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert location.isascii()
    assert not {"\r", "\n", " "} & set(location)
    assert location.startswith("/en/sign-in?next=/proposals/")
    assert location.count("?") == 1
    assert "&" not in location
    assert "sid" not in answer.cookies


async def test_a_form_of_many_megabytes_is_refused_unread(client: httpx.AsyncClient) -> None:
    token = csrf_token((await client.get("/en/sign-in")).text)
    data = {"_csrf_token": token, "contact": AMINA, "more": "x" * 2_000_000}
    assert (await client.post("/en/sign-in", data=data)).status_code == 413
    small = {**data, "more": "x" * 20_000}
    assert (await client.post("/en/sign-in", data=small)).status_code == 303


@pytest.mark.parametrize(
    "text",
    ["1" * 20_000, "a" * 20_000 + "@", "a@" * 10_000, "a@" + "a." * 9_999, "a-" * 10_000],
    ids=["digits", "letters", "signs", "dots", "dashes"],
)
def test_words_are_looked_through_in_no_time(text: str) -> None:
    """Two seconds would hold up everybody; the careless pattern took seven."""
    before = time.process_time()
    check_leaks(text)
    warnings_in(text)
    assert time.process_time() - before < 1


@pytest.mark.parametrize("length", [1, 64, 65, 200])
def test_a_contact_is_found_however_long_its_name(length: int) -> None:
    assert Leak.EMAIL in check_leaks(f"write to {'a' * length}@example.org now").found
    assert Leak.LINK in check_leaks(f"see {'a' * length}.com now").found


async def wrong_codes(client: httpx.AsyncClient, times: int) -> httpx.Response:
    for _ in range(times):
        answer = await submit(client, "/en/sign-in/code", code="000000")
    return answer


async def test_nobody_locks_a_person_out_of_their_own_phone(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    """Somebody who knows the address uses up all codes and tries of the day from elsewhere."""
    await a_person(maker, email=AMINA)
    assert (await come_in(client, maker, AMINA)).status_code == 303
    client.cookies.delete("sid")
    async with new_client(app) as jealous:
        for _ in range(CODES_PER_DAY - 1):
            await ask_for_code(jealous, AMINA)
        assert (await ask_for_code(jealous, AMINA)).status_code == 429
        await wrong_codes(jealous, TRIES_PER_DAY)
        stopped = await submit(jealous, "/en/sign-in/code", code=await last_code(maker, AMINA))
        assert "Too many wrong codes" in stopped.text
    assert (await come_in(client, maker, AMINA)).status_code == 303


async def test_a_known_browser_has_its_own_limit(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    await a_person(maker, email=AMINA)
    await come_in(client, maker, AMINA)
    client.cookies.delete("sid")
    await ask_for_code(client, AMINA)
    code = await last_code(maker, AMINA)
    await wrong_codes(client, TRIES_PER_DAY)
    stopped = await submit(client, "/en/sign-in/code", code=code)
    assert "Too many wrong codes" in stopped.text
    for _ in range(CODES_PER_DAY - 2):
        await ask_for_code(client, AMINA)
    assert (await ask_for_code(client, AMINA)).status_code == 429


async def test_parallel_strangers_share_one_limit(app: Litestar, maker: SessionMaker) -> None:
    async def ask() -> int:
        async with new_client(app) as browser:
            return (await ask_for_code(browser, AMINA)).status_code

    answers = await asyncio.gather(*(ask() for _ in range(CODES_PER_DAY + 4)))
    assert answers.count(303) == CODES_PER_DAY
