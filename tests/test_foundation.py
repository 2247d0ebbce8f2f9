"""The front door: languages, access, headers, forms of our own."""

import httpx
from sqlalchemy import text

from app.db import SessionMaker, transaction


async def test_a_bare_address_goes_to_the_persons_language(client: httpx.AsyncClient) -> None:
    answer = await client.get("/offers?kind=food", headers={"accept-language": "nl-BE,fr;q=0.5"})
    assert (answer.status_code, answer.headers["location"]) == (307, "/nl/offers?kind=food")


async def test_an_unknown_page_answers_in_words(client: httpx.AsyncClient) -> None:
    answer = await client.get("/en/nowhere")
    assert answer.status_code == 404
    assert "This page does not exist" in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]


async def test_a_program_gets_problem_details(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/nowhere")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_database_is_real(maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        assert await session.scalar(text("SELECT count(*) FROM person")) == 0
