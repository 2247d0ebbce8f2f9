"""A form sent twice acts once: by an impatient finger, after going back, from an old tab."""

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import ColumnElement, func, select, update

from app.accounts.models import Person
from app.db import SessionMaker, reading, transaction
from app.exchanges.models import Exchange, Message
from app.idempotency import KEPT, IdempotentAnswer, forget_answers
from app.ledger.models import Entry
from app.moderation.models import Report
from app.organisations.models import Organisation
from app.posts.models import Post
from app.proposals.models import Proposal
from tests.app.exchanges.test_api import bearer
from tests.app.posts.browsing import Walker
from tests.conftest import SignIn, new_client
from tests.factories.accounts import csrf_token, submit
from tests.factories.exchanges import a_pair, an_exchange
from tests.safety.hostile import Route
from tests.safety.twice import send_all
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


async def test_no_form_of_the_platform_acts_twice(
    app: Litestar, maker: SessionMaker, sign_in: SignIn
) -> None:
    sent = await send_all(app, maker, sign_in)
    assert sent.doubled == []
    assert sent.strange == []
    # What was refused for its fields could not have been doubled: most must have acted.
    assert len(sent.acted) >= 40, sorted(sent.answered.items())


async def test_without_keys_forms_would_act_twice(
    app: Litestar, maker: SessionMaker, sign_in: SignIn
) -> None:
    """The naive control: the same forms, sent as they were before they had a key."""
    pages = "^/(exchanges|give|need-help|desk/clients)"
    sent = await send_all(app, maker, sign_in, keyed=False, pages=pages)
    assert any("message" in one for one in sent.doubled), sent.doubled
    assert any("client_note" in one for one in sent.doubled), sent.doubled


KEY = "k" * 32


async def write(client: httpx.AsyncClient, code: str, body: str) -> httpx.Response:
    shown = f"/en/exchanges/{code}"
    return await submit(client, shown, f"{shown}/send-message", body=body, _key=KEY)


async def test_going_back_and_changing_the_form_is_told_so(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    await sign_in(client, pair.giver.person_id)
    first = await write(client, code, "See you at six.")
    again = await write(client, code, "See you at six.")
    assert again.headers["location"] == first.headers["location"]
    assert "done once" in (await client.get(again.headers["location"])).text
    other = await write(client, code, "See you at seven.")
    assert other.status_code == 409
    assert "sent already" in other.text
    assert f'href="{first.headers["location"]}"' in other.text
    assert await count(maker, Message) == 1


async def test_a_form_shown_again_keeps_its_key_unspent(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    await sign_in(client, pair.giver.person_id)
    assert (await write(client, code, "")).status_code == 422
    assert (await write(client, code, "See you at six.")).status_code == 303
    assert await count(maker, Message) == 1


async def test_a_repeat_is_asked_again_who_it_is(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    await sign_in(client, pair.giver.person_id)
    await write(client, code, "See you at six.")
    async with new_client(app) as stranger:
        token = csrf_token((await stranger.get("/en/report")).text)
        said = {"body": "See you at six.", "_key": KEY, "_csrf_token": token}
        answer = await stranger.post(f"/en/exchanges/{code}/send-message", data=said)
        assert "/sign-in" in answer.headers["location"]
    async with new_client(app) as other:
        await sign_in(other, pair.receiver.person_id)
        assert (await write(other, code, "Mine.")).status_code == 303  # somebody else's key is free
    async with transaction(maker) as session:
        await session.execute(
            update(Person).where(Person.id == pair.giver.person_id).values(suspended_at=func.now())
        )
    answer = await client.post(f"/en/exchanges/{code}/send-message", data={"_key": KEY})
    assert "/sign-in" in answer.headers.get("location", "/sign-in")
    assert answer.status_code in (303, 403)


async def test_what_is_kept_of_a_form_is_sealed_and_swept(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    await sign_in(client, pair.giver.person_id)
    await write(client, code, "See you at six.")
    async with transaction(maker) as session:
        (kept,) = await session.scalars(select(IdempotentAnswer))
        assert code.encode() not in bytes(kept.answer or b"")
        await forget_answers(session)
        assert await session.scalar(select(func.count()).select_from(IdempotentAnswer)) == 1
        kept.created_at -= KEPT
        await session.flush()
        await forget_answers(session)
        assert await session.scalar(select(func.count()).select_from(IdempotentAnswer)) == 0


async def test_every_form_of_a_page_has_a_key_of_its_own(client: httpx.AsyncClient) -> None:
    shown = [(await Walker(client).open("/en/report")).html for _ in range(2)]
    keys = [key.split('"')[0] for page in shown for key in page.split('name="_key" value="')[1:]]
    assert len(keys) == len(set(keys)) >= 2
    assert all(page.count('method="post"') == page.count('name="_key"') for page in shown)
