"""The API's document as a page: drawn from our own files, nothing asked of anybody else."""

import httpx
from playwright.async_api import BrowserContext, expect

from tests.web.test_with_javascript import address, complaints, phone

__all__ = ["address", "phone"]
ROOT = "/api/v1/schema"


async def test_the_reader_draws_every_domain_and_asks_nobody_else(
    address: str,
    phone: BrowserContext,
) -> None:
    page = await phone.new_page()
    wrong, asked = complaints(page), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{address}{ROOT}")
    await expect(page.locator(".opblock-tag").first).to_be_visible()
    assert await page.locator(".opblock").count() > 20
    assert [one for one in asked if not one.startswith((address, "data:"))] == []
    assert wrong == []


async def test_its_policy_allows_no_inline_script(client: httpx.AsyncClient) -> None:
    answer = await client.get(ROOT)
    assert answer.headers["content-type"].startswith("text/html")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "<script>" not in answer.text


async def test_other_addresses_there_are_a_problem_document(client: httpx.AsyncClient) -> None:
    for path in (f"{ROOT}/nothing", f"{ROOT}/openapi.yaml"):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.json()["status"] == 404
    assert (await client.get(f"{ROOT}/openapi.json")).json()["openapi"].startswith("3.")
