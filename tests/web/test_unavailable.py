"""While a server is away or busy, pages and API say so in words and when to come back."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text

from app.db import SessionMaker, transaction
from app.main import create_app
from app.settings import Secret, Settings
from app.web.errors import retry_after
from tests.conftest import SignIn, new_client
from tests.factories.accounts import csrf_token
from tests.factories.posts import an_author, an_offer

WORDS = "We are not fully here right now."


def a_closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def stranded(settings: Settings) -> Litestar:
    """The platform while its database is away."""
    nowhere = Secret(f"postgresql+asyncpg://nobody@127.0.0.1:{a_closed_port()}/nothing")
    return create_app(replace(settings, database=replace(settings.database, url=nowhere)))


def refused(answer: httpx.Response) -> bool:
    assert "Traceback" not in answer.text
    return answer.status_code == 503 and int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("page", ["/en/offers", "/en/ledger", "/en/report?about=post&code=x"])
async def test_pages_say_so_in_words(stranded: Litestar, page: str) -> None:
    async with new_client(stranded) as browser:
        answer = await browser.get(page)
    assert refused(answer)
    assert WORDS in answer.text
    assert "Talk to a person" in answer.text


@pytest.mark.parametrize("page", ["/en/", "/en/offers", "/en/how-it-works"])
async def test_whoever_is_signed_in_reads_the_same(stranded: Litestar, page: str) -> None:
    """The front door looks who comes before any page: it needs the database first."""
    async with new_client(stranded) as browser:
        browser.cookies.set("sid", "x" * 43, domain="localhost.local")
        answer = await browser.get(page)
        bare = await browser.head(page)
    assert refused(answer)
    assert WORDS in answer.text
    assert answer.headers["content-security-policy"]
    assert (bare.status_code, bare.content) == (503, b"")


async def test_the_language_is_kept(stranded: Litestar) -> None:
    async with new_client(stranded) as browser:
        browser.cookies.set("sid", "x" * 43, domain="localhost.local")
        answer = await browser.get("/nl/offers")
    assert refused(answer)
    assert 'lang="nl"' in answer.text
    assert WORDS not in answer.text


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer abc"}])
async def test_programs_read_a_problem(stranded: Litestar, headers: dict[str, str]) -> None:
    async with new_client(stranded) as program:
        answer = await program.get("/api/v1/posts", headers=headers)
    assert refused(answer)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["type"] == "urn:solidare:problem:Unavailable"


@asynccontextmanager
async def held(maker: SessionMaker, post_id: int) -> AsyncIterator[None]:
    """Somebody else has the post locked."""
    async with transaction(maker) as session:
        await session.execute(
            text("SELECT id FROM post WHERE id = :id FOR UPDATE"), {"id": post_id}
        )
        yield


async def test_a_lock_that_is_held_too_long_is_no_failure_of_ours(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        author = await an_author(session)
        offer = await an_offer(session, author)
    await sign_in(client, author.person_id)
    page = await client.get(f"/en/offers/{offer.code}")
    data = {"_csrf_token": csrf_token(page.text)}
    async with held(maker, offer.id):
        answer = await client.post(f"/en/posts/{offer.code}/pause", data=data)
    assert refused(answer)
    assert answer.headers["retry-after"] == "2"
    assert WORDS in answer.text
    again = await client.post(f"/en/posts/{offer.code}/pause", data=data)
    assert again.status_code == 303


async def test_a_deadlock_is_told_as_try_again(maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        posts = [(await an_offer(session)).id for _ in range(2)]
    met = asyncio.Barrier(2)

    async def lock(first: int, second: int) -> str | None:
        try:
            async with transaction(maker) as session:
                await session.execute(
                    text("SELECT id FROM post WHERE id = :id FOR UPDATE"), {"id": first}
                )
                await met.wait()
                await session.execute(
                    text("SELECT id FROM post WHERE id = :id FOR UPDATE"), {"id": second}
                )
        except Exception as error:  # noqa: BLE001 - whatever it is, it is looked at
            return retry_after(error)
        return "done"

    told = await asyncio.gather(lock(*posts), lock(*posts[::-1]))
    assert sorted(told, key=str) == ["2", "done"]


def test_failures_of_our_own_are_not_excused() -> None:
    assert retry_after(ValueError()) is None
    assert retry_after(FileNotFoundError()) is None
    assert retry_after(ExceptionGroup("", [ConnectionRefusedError()])) == "30"
