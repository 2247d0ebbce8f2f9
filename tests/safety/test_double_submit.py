"""The same form sent twice at once, as an impatient finger does: one effect, no error of ours."""

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import ColumnElement, func, select

from app.db import SessionMaker, reading, transaction
from app.exchanges.models import Exchange, Message
from app.ledger.models import Entry
from app.moderation.models import Report
from app.organisations.models import Organisation
from app.posts.models import Post
from app.proposals.models import Proposal
from tests.app.exchanges.test_api import bearer
from tests.conftest import new_client
from tests.factories.exchanges import a_pair
from tests.safety.hostile import Route
from tests.safety.world import PERSON, World, a_world

APPLICATION = {
    "name": "Le Pont",
    "kind": "association",
    "phone": "02 512 34 56",
    "desk": "Rue du Pont 1, Mon-Fri",
    "languages": "fr",
}
FORMS: list[tuple[str, str, Mapping[str, str], ColumnElement[bool] | type, int]] = [
    ("/proposals/{code}", "accept", {}, Proposal.offer_accepted_at.is_not(None), 1),
    ("/proposals/{code}", "decline", {}, Proposal.declined_at.is_not(None), 1),
    ("/exchanges/{code}", "say", {"answer": "yes"}, Exchange.giver_said == "yes", 1),
    ("/exchanges/{code}", "cancel", {}, Exchange.cancelled_at.is_not(None), 1),
    ("/posts/{code}", "withdraw", {}, Post.withdrawn_at.is_not(None), 1),
    ("/posts/{code}", "pause", {}, Post.paused_at.is_not(None), 1),
]


async def twice(client: httpx.AsyncClient, path: str, fields: Mapping[str, str]) -> None:
    """Both answers are words: where to go on, or what has changed in the meantime."""
    answers = await asyncio.gather(*(client.post(path, data=fields) for _ in range(2)))
    assert {answer.status_code for answer in answers} <= {200, 303, 403, 409, 410}, [
        answer.status_code for answer in answers
    ]
    assert any(answer.status_code in (200, 303) for answer in answers)


async def count(maker: SessionMaker, what: ColumnElement[bool] | type) -> int:
    query = select(func.count())
    query = query.select_from(what) if isinstance(what, type) else query.where(what)
    async with reading(maker) as reader:
        return await reader.scalar(query) or 0


@pytest.fixture
async def world(app: Litestar, maker: SessionMaker) -> World:
    return await a_world(app, maker, PERSON)


@pytest.mark.parametrize(("page", "verb", "fields", "effect", "times"), FORMS)
async def test_a_form_sent_twice_acts_once(  # noqa: PLR0917 - the row of a table
    world: World,
    page: str,
    verb: str,
    fields: Mapping[str, str],
    effect: ColumnElement[bool],
    times: int,
) -> None:
    real = await world.real(Route("POST", page))
    client, token = await world.browser()
    path = "/en" + page.format(**real)
    await twice(client, f"{path}/{verb}", {**fields, "_csrf_token": token})
    assert await count(world.maker, effect) == times


async def test_one_draft_is_one_post(world: World) -> None:
    real = await world.real(Route("POST", "/drafts"))
    before = await count(world.maker, Post)
    client, token = await world.browser()
    await twice(client, f"/en/drafts/{real['token']}/publish", {"_csrf_token": token})
    assert await count(world.maker, Post) == before + 1


async def test_one_report_is_one_report(world: World) -> None:
    client, token = await world.browser()
    said = {"about": "page", "code": "", "reason": "other", "words": "Look", "_csrf_token": token}
    await twice(client, "/en/report/send", said)
    assert await count(world.maker, Report) == 1


async def test_one_organisation_asks_once(world: World) -> None:
    before = await count(world.maker, Organisation)
    client, token = await world.browser()
    await twice(client, "/en/organisations/apply", {**APPLICATION, "_csrf_token": token})
    assert await count(world.maker, Organisation) == before + 1


async def test_twin_programs_with_one_key_get_one_answer(
    app: Litestar, maker: SessionMaker
) -> None:
    async with transaction(maker) as session:
        pair = await a_pair(session)
    head = await bearer(maker, pair.giver.person_id)
    offer = {
        "type": "offer",
        "category": "food.meal",
        "place": "1060",
        "places": 2,
        "languages": ["fr"],
    }
    before = await count(maker, Post)
    async with new_client(app) as client:
        keyed = {**head, "idempotency-key": "twin"}
        answers = await asyncio.gather(
            *(client.post("/api/v1/posts", headers=keyed, json=offer) for _ in range(4))
        )
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.text for answer in answers}) == 1
        other = await client.post("/api/v1/posts", headers=keyed, json={**offer, "places": 3})
        assert other.status_code == 409
    assert await count(maker, Post) == before + 1
    assert await count(maker, Message) == await count(maker, Entry) == 0
