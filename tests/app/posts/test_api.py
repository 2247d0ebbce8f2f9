"""The API of posts: the same drafts and rules as the pages, with problem details."""

from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app import crypto
from app.accounts.models import ApiToken
from app.db import SessionMaker, transaction
from app.posts.models import Post
from app.territories.models import ExactPlace
from tests.factories.posts import AID, a_need, an_author, an_offer, in_days

MEAL: dict[str, Any] = {
    "type": "offer",
    "category": "food.meal",
    "place": "1060",
    "places": 4,
    "languages": ["fr", "nl"],
}


@pytest.fixture
async def api(client: httpx.AsyncClient, maker: SessionMaker) -> httpx.AsyncClient:
    """A program that may write for a person."""
    async with transaction(maker) as session:
        author = await an_author(session)
        token = crypto.new_token()
        session.add(
            ApiToken(
                token_hash=crypto.token_hash(token),
                person_id=author.person_id,
                label="Test",
                scopes=["read", "write"],
            )
        )
    client.headers["authorization"] = f"Bearer {token}"
    return client


async def test_the_taxonomy_speaks_six_languages(client: httpx.AsyncClient) -> None:
    body = (await client.get("/api/v1/categories")).json()
    assert (len(body["groups"]), len(body["categories"])) == (9, 39)
    assert set(body["categories"][0]["names"]) == {"fr", "nl", "en", "ar", "uk", "pt"}


async def test_places_have_ids_without_coordinates(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/places", params={"q": "Saint-Gilles"})
    best = answer.json()["items"][0]
    assert (best["nis"], best["postcode"]) == ("21013", "1060")
    assert "50.8" not in answer.text
    assert (await client.get("/api/v1/places?q=")).json() == {"items": []}


async def test_a_program_publishes_reads_and_looks_after_a_post(
    api: httpx.AsyncClient, maker: SessionMaker
) -> None:
    window = in_days(3, rule="FREQ=WEEKLY")
    times = {"starts_at": window.starts_at.isoformat(), "ends_at": window.ends_at.isoformat()}
    place = (await api.get("/api/v1/places?q=1060")).json()["items"][0]["id"]
    made = await api.post(
        "/api/v1/posts",
        json=MEAL
        | {
            "place": place,
            "address": "Rue de la Victoire 17",
            "windows": [{**times, "rule": "FREQ=WEEKLY"}],
            "features": ["step_free"],
        },
    )
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["status"], body["own"], body["features"]) == ("published", True, ["step_free"])
    assert "Victoire" not in made.text
    async with transaction(maker) as session:
        assert await session.scalar(select(ExactPlace.address)) == "Rue de la Victoire 17"
    at = f"/api/v1/posts/{body['code']}"
    for verb, status in (("pause", "paused"), ("resume", "published"), ("extend", "published")):
        changed = await api.post(f"{at}/{verb}")
        assert (changed.status_code, changed.json()["status"]) == (200, status)
    listed = (await api.get("/api/v1/posts?kind=food&place=1060")).json()
    assert [(one["code"], one["distance"]) for one in listed["items"]] == [
        (body["code"], "under_2")
    ]
    assert (await api.get("/api/v1/posts/mine")).json()["total"] == 1
    assert (await api.post(f"{at}/withdraw")).json()["status"] == "withdrawn"
    assert (await api.post(f"{at}/pause")).status_code == 403
    assert (await api.get(at)).json()["status"] == "withdrawn"


async def test_a_repeated_key_publishes_once(api: httpx.AsyncClient, maker: SessionMaker) -> None:
    headers = {"Idempotency-Key": "one"}
    first = await api.post("/api/v1/posts", json=MEAL, headers=headers)
    again = await api.post("/api/v1/posts", json=MEAL, headers=headers)
    assert first.json() == again.json()
    other = await api.post("/api/v1/posts", json=MEAL | {"places": 5}, headers=headers)
    assert other.status_code == 409
    async with transaction(maker) as session:
        assert await session.scalar(select(func.count()).select_from(Post)) == 1


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"places": 0}, 422, "places"),
        ({"places": 501}, 422, "places"),
        ({"category": "gold"}, 422, "category"),
        ({"place": "Atlantis-sur-Mer-Xyz"}, 422, "place"),
        ({"place": "99999.5590.13000"}, 422, "place"),
        ({"place": "21013.99999.1"}, 422, "place"),
        ({"place": "21013.5590.99999"}, 422, "place"),
        ({"languages": []}, 422, "languages"),
        ({"languages": ["zz"]}, 422, "languages"),
        ({"note": "x" * 281}, 422, "note"),
        ({"note": "nul \u0000"}, 422, "body"),
        ({"latest_by": "2020-01-01"}, 422, "latest_by"),
        ({"asked_offer": "nothing"}, 201, None),
        ({"type": "need", "asked_offer": "nothing"}, 422, "asked_offer"),
        ({"latest_by": "31/02"}, 400, "latest_by"),
        ({"places": "many"}, 400, "places"),
        ({"price": 3}, 400, None),
    ],
)
async def test_wrong_input_is_named(
    api: httpx.AsyncClient, change: dict[str, Any], status: int, field: str | None
) -> None:
    answer = await api.post("/api/v1/posts", json=MEAL | change)
    assert answer.status_code == status, answer.text
    if field is not None:
        assert answer.headers["content-type"] == "application/problem+json"
        assert field in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b'{"places": 100000000000000000000}',
        b'{"places": 1e400}',
        b'{"note": "\\ud800"}',
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"a":' * 100,
    ],
)
async def test_impossible_bodies_are_refused(api: httpx.AsyncClient, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = await api.post("/api/v1/posts", content=body, headers=headers)
    assert answer.status_code in (400, 422)


async def test_strangers_read_little_and_change_nothing(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    async with transaction(maker) as session:
        need = await a_need(session, category=AID, note="For my mother")
        offer = await an_offer(session)
    body = (await client.get(f"/api/v1/posts/{need.code}")).json()
    assert (body["category"], body["group"], body["words"], body["note"]) == (
        None,
        "goods",
        None,
        "",
    )
    listed = (await client.get("/api/v1/posts?type=need")).json()["items"]
    assert [(one["category"], one["words"]) for one in listed] == [(None, None)]
    assert (await client.get("/api/v1/posts/nothing")).status_code == 404
    assert (await client.get("/api/v1/posts/mine")).status_code == 401
    assert (await client.post("/api/v1/posts", json=MEAL)).status_code == 401
    assert (await client.post(f"/api/v1/posts/{offer.code}/withdraw")).status_code == 401


async def test_nobody_changes_anothers_post(api: httpx.AsyncClient, maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        offer = await an_offer(session)
    for verb in ("pause", "resume", "extend", "withdraw"):
        assert (await api.post(f"/api/v1/posts/{offer.code}/{verb}")).status_code == 404


async def test_the_document_names_every_route(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/api/v1/schema/openapi.json")).json()["paths"]
    for path in ("posts", "posts/mine", "posts/{code}", "posts/{code}/pause", "categories"):
        assert f"/api/v1/{path}" in paths
    parameters = {one["name"] for one in paths["/api/v1/posts"]["get"]["parameters"]}
    assert {"type", "kind", "place", "from", "people", "speaks", "cell", "page"} <= parameters
