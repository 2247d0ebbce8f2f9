"""Which fields each role reads, and which a program may send: written here, and nothing else."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from litestar import Litestar

from app.db import SessionMaker, transaction
from app.posts.models import Post
from tests.app.exchanges.test_api import bearer
from tests.conftest import new_client
from tests.factories.accounts import make_person
from tests.factories.exchanges import a_pair, agree, visitor_of
from tests.factories.posts import a_need, an_offer, somewhere

ALWAYS = {"code", "type", "status", "group", "category", "place", "published_at", "own"}
WORDS = {"words", "note", "note_language", "features", "required", "wished"}
PUBLIC_OFFER = ALWAYS | WORDS
PUBLIC_NEED = ALWAYS | {"note_language"}
OWN = {"ends_at", "version"}
SECRETS = {
    "address", "lat", "lon", "cell", "contact", "phone", "email", "author", "author_id", "owner_id",
    "organisation_id", "client", "client_id", "person_id", "id", "place_id", "score",
}  # fmt: skip
# What a program must never be able to say of itself or of others.
NEVER_SENT = {
    "id": 1, "code": "abc", "author_id": 1, "owner_id": 1, "organisation_id": 1, "client_id": 1,
    "status": "open", "published_at": "2026-01-01T00:00:00Z", "attested_at": "2026-01-01T00:00:00Z",
    "checked_until": "2030-01-01T00:00:00Z", "adopted_by": 1, "taken": 0, "held_at": None,
    "lat": 50.8, "lon": 4.3, "role": "moderator", "verified_at": "2026-01-01T00:00:00Z",
}  # fmt: skip


def told(answer: Mapping[str, Any]) -> set[str]:
    """Fields that say something."""
    return {name for name, value in answer.items() if value not in (None, "", [])}


def names_in(answer: object) -> set[str]:
    """Every name at any depth."""
    if isinstance(answer, dict):
        return set(answer) | {name for one in answer.values() for name in names_in(one)}
    if isinstance(answer, list):
        return {name for one in answer for name in names_in(one)}
    return set()


async def posted(maker: SessionMaker) -> tuple[dict[str, int], str, str]:
    """Ids of an author and of somebody else, and the codes of an offer and of a need."""
    async with transaction(maker) as session:
        author, other = [await make_person(session, name=one) for one in ("Jan", "Bo")]
        place = somewhere(address="Rue Secrète 7")
        offer = await an_offer(session, visitor_of(author), place=place, note="Soup")
        need = await a_need(session, visitor_of(author), place=place, note="Soup")
        return {"author": author.id, "other": other.id}, offer.code, need.code


async def test_each_role_reads_its_fields_and_no_other(app: Litestar, maker: SessionMaker) -> None:
    people, offer, need = await posted(maker)
    async with new_client(app) as client:
        for role, person_id in {"stranger": None, **people}.items():
            headers = await bearer(maker, person_id) if person_id else {}
            own = OWN | {"words"} | WORDS if role == "author" else set()
            for code, public in ((offer, PUBLIC_OFFER), (need, PUBLIC_NEED)):
                answer = await client.get(f"/api/v1/posts/{code}", headers=headers)
                if answer.status_code == httpx.codes.NOT_FOUND:
                    assert (role, code) != ("author", code)
                    continue
                body = answer.json()
                assert told(body) <= public | own, (role, code, told(body) - public - own)
                assert not names_in(body) & SECRETS, role
                assert ("version" in told(body)) is (role == "author")


async def test_sides_read_contacts_after_both_said_yes_and_others_never(
    app: Litestar, maker: SessionMaker
) -> None:
    async with transaction(maker) as session:
        pair = await a_pair(session)
        offer = await session.get_one(Post, pair.offer_id)
        other = await make_person(session, name="Bo")
        people = {"giver": pair.giver.person_id, "receiver": pair.receiver.person_id}
    people["other"] = other.id
    async with new_client(app) as client:
        for role, person_id in people.items():
            headers = await bearer(maker, person_id)
            answer = await client.get(f"/api/v1/proposals/{pair.code}", headers=headers)
            assert (answer.status_code == httpx.codes.OK) is (role != "other")
            assert not names_in(answer.json()) & {"contacts", *SECRETS}
        async with transaction(maker) as session:
            exchange = await agree(session, pair)
        for role, person_id in people.items():
            headers = await bearer(maker, person_id)
            answer = await client.get(f"/api/v1/exchanges/{exchange.code}", headers=headers)
            assert (answer.status_code == httpx.codes.OK) is (role != "other")
            assert bool(answer.json().get("contacts")) is (role != "other")
    assert offer.code


@pytest.mark.parametrize("field", sorted(NEVER_SENT))
async def test_no_program_says_what_only_the_platform_knows(
    app: Litestar, maker: SessionMaker, field: str
) -> None:
    async with transaction(maker) as session:
        person = await make_person(session)
    headers = await bearer(maker, person.id)
    good = {
        "type": "offer", "category": "food.meal", "places": 1, "languages": ["fr"], "place": "1060",
    }  # fmt: skip
    async with new_client(app) as client:
        bad = {**good, field: NEVER_SENT[field]}
        refused = await client.post("/api/v1/posts", json=bad, headers=headers)
        assert refused.status_code in {400, 422}, refused.text
        control = await client.post("/api/v1/posts", json=good, headers=headers)
        assert control.status_code == httpx.codes.CREATED, control.text
