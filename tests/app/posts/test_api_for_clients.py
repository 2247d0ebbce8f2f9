"""Programs of organisations: posts for a client with mandate and consent, changes, and repeats."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from app.accounts.models import RoleGrant
from app.clock import now
from app.db import SessionMaker, reading, transaction
from app.organisations.models import Consent
from tests.app.exchanges.test_api import bearer
from tests.factories.organisations import a_caseworker, a_client, a_mandate, an_organisation

CONTENT: dict[str, Any] = {"category": "food.meal", "places": 2, "languages": ["ar"]}
POSTS = "/api/v1/posts"


@pytest.fixture
async def desk(maker: SessionMaker) -> dict[str, Any]:
    """Two organisations with a worker each; only the first client has given a mandate."""
    async with transaction(maker) as session:
        one, other = await an_organisation(session), await an_organisation(session, "Le Pont")
        worker = await a_caseworker(session, one)
        stranger = await a_caseworker(session, other, "Nadia")
        agreed, silent = await a_client(session, one), await a_client(session, one)
        await a_mandate(session, agreed, worker)
    return {
        "organisation": one.code,
        "worker": await bearer(maker, worker.id),
        "worker_id": worker.id,
        "stranger": await bearer(maker, stranger.id),
        "agreed": agreed.alias,
        "silent": silent.alias,
    }


def need(desk: dict[str, Any], client: str) -> dict[str, Any]:
    said = {"how": "oral", "text_read": "Somebody needs two meals."}
    behalf = {"organisation": desk["organisation"], "client": desk[client], "consent": said}
    return {**CONTENT, "type": "need", "on_behalf": behalf}


async def test_a_worker_posts_for_a_client(
    client: httpx.AsyncClient, maker: SessionMaker, desk: dict[str, Any]
) -> None:
    mine = (await client.get("/api/v1/organisations", headers=desk["worker"])).json()["items"]
    assert [one["code"] for one in mine] == [desk["organisation"]]
    path = f"/api/v1/organisations/{desk['organisation']}/clients"
    listed = (await client.get(path, headers=desk["worker"])).json()["items"]
    assert {one["alias"]: one["mandate"] for one in listed} == {
        desk["agreed"]: True,
        desk["silent"]: False,
    }
    made = await client.post(POSTS, headers=desk["worker"], json=need(desk, "agreed"))
    assert (made.status_code, made.json()["own"]) == (201, True), made.text
    async with reading(maker) as reader:
        consent = (await reader.scalars(select(Consent))).one()
    assert (consent.how, consent.text_read) == ("oral", "Somebody needs two meals.")


async def test_without_mandate_or_by_others_nothing_is_posted(
    client: httpx.AsyncClient, desk: dict[str, Any]
) -> None:
    refused = await client.post(POSTS, headers=desk["worker"], json=need(desk, "silent"))
    assert refused.status_code == 403
    foreign = await client.post(POSTS, headers=desk["stranger"], json=need(desk, "agreed"))
    assert foreign.status_code == 404
    path = f"/api/v1/organisations/{desk['organisation']}/clients"
    assert (await client.get(path, headers=desk["stranger"])).status_code == 404
    offer = {**need(desk, "agreed"), "type": "offer"}
    assert (await client.post(POSTS, headers=desk["worker"], json=offer)).status_code == 422


async def test_a_repeat_is_asked_again_who_it_is(
    client: httpx.AsyncClient, maker: SessionMaker, desk: dict[str, Any]
) -> None:
    keyed = {**desk["worker"], "idempotency-key": "k"}
    first, again = [
        await client.post(POSTS, headers=keyed, json=need(desk, "agreed")) for _ in range(2)
    ]
    assert first.text == again.text
    async with transaction(maker) as session:
        gone = update(RoleGrant).where(RoleGrant.person_id == desk["worker_id"])
        await session.execute(gone.values(ended_at=now()))
    late = await client.post(POSTS, headers=keyed, json=need(desk, "agreed"))
    assert late.status_code == 404
    long = {**desk["stranger"], "idempotency-key": "k" * 81}
    offer = {**CONTENT, "type": "offer", "place": "1060"}
    assert (await client.post(POSTS, headers=long, json=offer)).status_code == 422


async def test_a_post_is_changed_under_its_version(
    client: httpx.AsyncClient, desk: dict[str, Any]
) -> None:
    offer = {**CONTENT, "type": "offer", "place": "1060"}
    made = (await client.post(POSTS, headers=desk["stranger"], json=offer)).json()
    at = f"{POSTS}/{made['code']}"
    change = {**CONTENT, "places": 5, "version": made["version"]}
    changed = await client.put(at, headers=desk["stranger"], json=change)
    assert (changed.json()["words"]["places"], changed.json()["place"]) == (5, made["place"])
    assert (await client.put(at, headers=desk["stranger"], json=change)).status_code == 409
    assert (await client.put(at, headers=desk["worker"], json=change)).status_code == 404
    kept = await client.post(f"{at}/still-there", headers=desk["stranger"])
    assert kept.json()["status"] == "published"


async def test_the_document_describes_every_refusal(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/v1/schema/openapi.json")).json()
    assert "ProblemDetails" in document["components"]["schemas"]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert path.startswith("/api/v1/")
            assert operation["tags"][0] in {tag["name"] for tag in document["tags"]}
            names = [one["name"] for one in operation.get("parameters", [])]
            assert ("Idempotency-Key" in names) is (method != "get")
            assert ("401" in operation["responses"]) is bool(operation["security"])


@pytest.mark.parametrize("head", [{}, {"authorization": "Bearer unknown"}])
async def test_without_a_known_token_there_is_no_way(
    client: httpx.AsyncClient, head: dict[str, str]
) -> None:
    answer = await client.get("/api/v1/me", headers=head)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
