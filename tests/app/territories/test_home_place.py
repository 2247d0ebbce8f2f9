"""A person says once where they start from; forms begin there, others see only a square."""

import httpx
import pytest
from sqlalchemy import func, select

from app.db import SessionMaker, transaction
from app.territories.models import ExactPlace, HomePlace, Place
from tests.app.posts.browsing import Walker
from tests.conftest import SignIn
from tests.factories.accounts import a_person


@pytest.fixture
async def walk(client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn) -> Walker:
    """At the page of one's own place, found from the account."""
    await sign_in(client, (await a_person(maker)).id)
    page = await Walker(client).open("/en/account")
    return await page.follow("My place")


async def homes(maker: SessionMaker) -> list[Place]:
    async with transaction(maker) as session:
        found = await session.scalars(
            select(Place).join(HomePlace, HomePlace.place_id == Place.id).order_by(Place.id)
        )
        return list(found)


async def test_it_is_saved_and_forms_start_from_it(walk: Walker, maker: SessionMaker) -> None:
    assert "square of about 1 km" in walk.html
    await walk.fill(text="Rue de Mérode 12, 1060").press("Save")
    assert walk.path == "/en/account"
    assert "Your place is saved" in walk.html
    (home,) = await homes(maker)
    assert (home.postcode, home.nis) == ("1060", "21013")
    async with transaction(maker) as session:
        assert await session.scalar(select(func.count()).select_from(ExactPlace)) == 0
    await walk.open("/en/account/place")
    assert "Saint-Gilles" in walk.html
    await walk.open("/en/offer-help")
    await walk.press("A meal")
    assert walk.path.endswith("/place")
    assert 'value="1060 Saint-Gilles"' in walk.html


async def test_did_you_mean(walk: Walker, maker: SessionMaker) -> None:
    await walk.fill(text="Ixeles").press("Save")
    assert "Choose the place that you mean" in walk.html
    assert await homes(maker) == []
    choice = walk.html.split('name="choice" value="')[1].split('"')[0]
    await walk.fill(text="Ixeles", choice=choice).press("Save")
    (home,) = await homes(maker)
    assert home.nis == "21009"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Type a postcode"),
        ("Xyzzyqwertz", "We do not know this place"),
        ("a\x00b", "cannot be read"),
        ("9" * 3000, "We do not know this place"),
    ],
)
async def test_what_names_no_place_is_asked_again(
    walk: Walker, maker: SessionMaker, text: str, words: str
) -> None:
    await walk.fill(text=text).press("Save")
    assert walk.answer is not None
    assert walk.answer.status_code == 422
    assert words in walk.html
    assert not text or f'value="{text.replace(chr(0), chr(0xFFFD))}"' in walk.html
    assert await homes(maker) == []


async def test_a_home_moves_and_is_forgotten(walk: Walker, maker: SessionMaker) -> None:
    for text in ("1060", "1050"):
        await walk.open("/en/account/place")
        await walk.fill(text=text).press("Save")
    (home,) = await homes(maker)
    assert home.postcode == "1050"
    await walk.open("/en/account/place")
    await walk.press("Forget my place")
    assert await homes(maker) == []
    async with transaction(maker) as session:
        assert set(await session.scalars(select(Place.owner_id))) == {None}


async def test_strangers_have_no_place(client: httpx.AsyncClient) -> None:
    answer = await client.get("/en/account/place")
    assert answer.headers["location"].startswith("/en/sign-in")
