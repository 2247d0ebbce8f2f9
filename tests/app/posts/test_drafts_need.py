"""J1: Amal asks for a bed from an offer; and needs that start from nothing."""

from datetime import UTC, datetime

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select

from app.clock import now
from app.db import SessionMaker, transaction
from app.posts.models import Post
from tests.app.posts.browsing import Walker
from tests.conftest import SignIn, new_client
from tests.factories.accounts import a_person, last_code
from tests.factories.hosting import a_host, a_house
from tests.factories.posts import BED, somewhere

PHONE = "+32470123456"


async def a_bed(maker: SessionMaker) -> str:
    """A bed that an organisation has verified."""
    async with transaction(maker) as session:
        offer = await a_host(session, await a_house(session), places=2, place=somewhere("1050"))
        return offer.code


async def the_need(maker: SessionMaker) -> Post:
    async with transaction(maker) as session:
        return (await session.scalars(select(Post).where(Post.kind == "need"))).one()


async def test_amal_asks_for_a_bed_within_the_budget(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    code = await a_bed(maker)
    walk = await Walker(client).open("/en/")
    await walk.follow("bed")
    await walk.follow("Bed")
    await walk.press("Ask")
    assert walk.path.endswith("/people"), walk.path
    await walk.fill(women="1").press("Continue")
    await walk.fill(name="أمل", contact="0470 12 34 56", adult="y").press("Continue")
    assert walk.path.endswith("/check"), walk.html
    assert "An organisation reads your request first" in walk.html
    await walk.press("Send my request")
    assert (walk.clicks, walk.fields) <= (6, 4)
    assert (walk.clicks, walk.fields, walk.pages - 1) == (6, 4, 5)
    await walk.fill(code=await last_code(maker, PHONE)).press("Send")
    assert walk.path.endswith("/done"), walk.html
    assert walk.pages - 1 <= 6
    need = await the_need(maker)
    assert (need.category, need.places, need.asked_offer_id is not None) == (BED, 1, True)
    assert need.languages == ["en"]
    assert need.adopted_at is None
    assert code
    assert "calls you" in walk.html


async def test_a_need_from_nothing(client: httpx.AsyncClient, maker: SessionMaker) -> None:
    walk = await Walker(client).open("/en/need-help")
    await walk.press("Room, weeks")
    await walk.fill(text="Rue Haute 12, 1000 Bruxelles").press("Continue")
    await walk.fill(women="1", children="2", from_day=f"{now():%d/%m/%Y}", stay="2").press(
        "Continue"
    )
    await walk.fill(languages=["uk", "en"], required=["16"], wished=["16", "1"]).press("Continue")
    await walk.fill(name="Olena", contact="olena@example.org", adult="y").press("Continue")
    for words in (
        "Room, weeks",
        "Rue Haute 12",
        "1 woman, 2 children",
        "Only women",
        "No steps",
    ):
        assert words in walk.html, words
    await walk.press("Send my request")
    await walk.fill(code=await last_code(maker, "olena@example.org")).press("Send")
    need = await the_need(maker)
    assert (need.places, need.required, need.wished) == (3, 16, 1)
    assert (need.latest_by - now().date()).days in (12, 13)  # type: ignore[operator] # a stay has its end
    assert need.urgency == 2


async def test_who_is_signed_in_is_not_asked_for_a_contact(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker, name="Jan")
    await sign_in(client, person.id)
    walk = await Walker(client).open("/en/need-help")
    await walk.press("Food parcel")
    await walk.fill(text="Ixelles").press("Continue")
    await walk.fill(people="2", urgency="2").press("Continue")
    assert "checked" in walk.html
    await walk.press("Continue")
    assert walk.path.endswith("/check")
    assert "Change" in walk.html
    await walk.press("Send my request")
    assert walk.path.endswith("/done")
    need = await the_need(maker)
    assert (need.author_id, need.urgency, sorted(need.languages)) == (person.id, 2, ["en", "fr"])


async def test_somebody_elses_draft_is_not_there(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    await sign_in(client, (await a_person(maker)).id)
    walk = await Walker(client).open("/en/need-help")
    await walk.press("A meal")
    async with new_client(app) as other:
        assert (await other.get(walk.path)).status_code == 303
        await sign_in(other, (await a_person(maker, name="Eve")).id)
        assert (await other.get(walk.path)).status_code == 404


async def test_young_people_find_who_helps_them(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    walk = await Walker(client).open("/en/offer-help")
    await walk.press("A meal")
    page = await client.get(walk.path.replace("/place", "/under-18"))
    assert page.status_code == 200
    assert "tel:116000" in page.text


@pytest.mark.parametrize("day", [datetime(2026, 1, 1, tzinfo=UTC)])
async def test_a_day_that_is_over_is_refused(
    client: httpx.AsyncClient, maker: SessionMaker, day: datetime
) -> None:
    await a_bed(maker)
    walk = await Walker(client).open("/en/offers")
    await walk.follow("Bed")
    await walk.press("Ask")
    await walk.fill(women="1", from_day=f"{day:%d.%m.%Y}").press("Continue")
    assert walk.answer is not None
    assert walk.answer.status_code == 422
    assert "This day is over" in walk.html
    assert "01.01.2026" in walk.html
