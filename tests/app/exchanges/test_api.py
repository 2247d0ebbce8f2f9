"""Programs do what pages do, once for each key, and read contacts in one place only."""

import json

import httpx
import pytest
from sqlalchemy import func, select

from app.accounts.models import ApiToken
from app.clock import now
from app.crypto import new_token, token_hash
from app.db import SessionMaker, reading, transaction
from app.exchanges.models import ContactRead, Exchange, Message
from app.idempotency import IdempotentAnswer
from app.ledger.models import Entry
from tests.factories.exchanges import GIVER_PHONE, RECEIVER_EMAIL, Pair, a_pair, an_exchange


async def bearer(maker: SessionMaker, person_id: int, *scopes: str) -> dict[str, str]:
    """The header of a program that acts for a person."""
    token = new_token()
    async with transaction(maker) as session:
        session.add(
            ApiToken(
                token_hash=token_hash(token),
                person_id=person_id,
                label="test",
                scopes=list(scopes or ("read", "write")),
            )
        )
    return {"authorization": f"Bearer {token}"}


@pytest.fixture
async def pair(maker: SessionMaker) -> Pair:
    async with transaction(maker) as session:
        return await a_pair(session)


async def test_the_whole_story_over_the_api(
    client: httpx.AsyncClient, maker: SessionMaker, pair: Pair
) -> None:
    giver = await bearer(maker, pair.giver.person_id)
    receiver = await bearer(maker, pair.receiver.person_id)
    path = f"/api/v1/proposals/{pair.code}/accept"
    waiting = await client.post(path, headers=receiver)
    assert waiting.json() == {"proposal": pair.code, "exchange": None}
    code = (await client.post(path, headers=giver)).json()["exchange"]
    here = f"/api/v1/exchanges/{code}"

    shown = (await client.get(here, headers=giver)).json()
    assert shown["contacts"] == [{"field": "email", "value": RECEIVER_EMAIL}]
    assert shown["exchange"]["side"] == "giver"
    listed = (await client.get("/api/v1/exchanges", headers=receiver)).json()
    assert [one["with_name"] for one in listed["items"]] == ["Jan"]

    at = f"{now().year + 1}-05-20T18:30:00"
    arranged = await client.post(
        f"{here}/arrange", headers=giver, json={"at": at, "place": "The square"}
    )
    assert arranged.json()["status"] == "scheduled"
    sent = await client.post(f"{here}/messages", headers=giver, json={"body": "Bring 20 euro"})
    assert (sent.status_code, sent.json()["warnings"]) == (201, ["money"])
    for who in (giver, receiver):
        said = await client.post(f"{here}/say", headers=who, json={"answer": "yes"})
    assert said.json()["status"] == "completed"
    assert (await client.get(here, headers=receiver)).json()["ledger_entry"] == 1


async def test_the_same_key_acts_once(client: httpx.AsyncClient, maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    giver = {**await bearer(maker, pair.giver.person_id), "idempotency-key": "k1"}
    path = f"/api/v1/exchanges/{code}/messages"
    answers = [await client.post(path, headers=giver, json={"body": "Hello"}) for _ in range(3)]
    assert len({answer.text for answer in answers}) == 1
    async with reading(maker) as reader:
        assert await reader.scalar(select(func.count()).select_from(Message)) == 1
    other = await client.post(path, headers=giver, json={"body": "Bye"})
    assert other.status_code == 409


async def test_accepting_with_a_key_opens_one_exchange(
    client: httpx.AsyncClient, maker: SessionMaker, pair: Pair
) -> None:
    for person in (pair.giver, pair.receiver):
        head = {**await bearer(maker, person.person_id), "idempotency-key": "same"}
        for _ in range(2):
            answer = await client.post(f"/api/v1/proposals/{pair.code}/accept", headers=head)
            assert answer.status_code == 200
    async with reading(maker) as reader:
        assert await reader.scalar(select(func.count()).select_from(Exchange)) == 1
        kept = [bytes(a or b"") for a in await reader.scalars(select(IdempotentAnswer.answer))]
    for secret in (GIVER_PHONE, RECEIVER_EMAIL):
        assert not any(secret.encode() in answer for answer in kept)


async def test_cancel_over_the_api(client: httpx.AsyncClient, maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    giver = await bearer(maker, pair.giver.person_id)
    for _ in range(2):
        answer = await client.post(f"/api/v1/exchanges/{code}/cancel", headers=giver)
        assert answer.json()["status"] == "cancelled"
    assert (await client.get(f"/api/v1/exchanges/{code}", headers=giver)).json()["contacts"] == []
    late = await client.post(f"/api/v1/exchanges/{code}/say", headers=giver, json={"answer": "yes"})
    assert (late.status_code, late.headers["content-type"]) == (410, "application/problem+json")
    async with reading(maker) as reader:
        assert await reader.scalar(select(func.count()).select_from(Entry)) == 0


async def test_strangers_and_readers_are_refused(
    client: httpx.AsyncClient, maker: SessionMaker, pair: Pair
) -> None:
    _, code = pair, "nothing"
    reader_only = await bearer(maker, pair.giver.person_id, "read")
    path = f"/api/v1/proposals/{pair.code}/accept"
    assert (await client.post(path)).status_code == 401
    assert (await client.post(path, headers=reader_only)).status_code == 403
    assert (await client.get(f"/api/v1/exchanges/{code}", headers=reader_only)).status_code == 404


BAD = [
    ("messages", {"body": ""}),
    ("messages", {"body": "x" * 2_001}),
    ("messages", {"body": "a\x00b"}),
    ("messages", {"body": 7}),
    ("messages", {"body": "x", "more": 1}),
    ("arrange", {"at": "yesterday"}),
    ("arrange", {"at": "2020-01-01T10:00:00Z"}),
    ("arrange", {"at": "9999-12-31T23:59:59Z", "place": ""}),
    ("say", {"answer": "perhaps"}),
    ("say", {}),
]


@pytest.mark.parametrize(("verb", "body"), BAD)
async def test_bad_input_is_named(
    client: httpx.AsyncClient, maker: SessionMaker, verb: str, body: dict[str, object]
) -> None:
    pair, code = await an_exchange(maker)
    giver = await bearer(maker, pair.giver.person_id)
    raw = json.dumps(body)
    answer = await client.post(
        f"/api/v1/exchanges/{code}/{verb}",
        headers={**giver, "content-type": "application/json"},
        content=raw,
    )
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["errors"]


async def test_each_look_over_the_api_is_logged(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    pair, code = await an_exchange(maker)
    giver = await bearer(maker, pair.giver.person_id, "read")
    for _ in range(2):
        await client.get(f"/api/v1/exchanges/{code}", headers=giver)
    await client.get("/api/v1/exchanges", headers=giver)
    async with reading(maker) as reader:
        looks = await reader.scalars(select(ContactRead.reader_id))
        assert list(looks) == [pair.giver.person_id] * 2
