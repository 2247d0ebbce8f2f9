"""J2: Jan publishes an offer, one question a page, and proves his phone last."""

import httpx
from sqlalchemy import select

from app.accounts.models import Person
from app.db import SessionMaker, transaction
from app.posts.models import Draft, Post
from tests.app.posts.browsing import Walker
from tests.factories.accounts import last_code

PHONE = "+32470123456"


async def to_check(walk: Walker) -> Walker:
    await walk.fill(text="1060").press("Continue")
    await walk.fill(places="4").press("Continue")
    await walk.press("Continue")
    return await walk.fill(name="Jan", contact="0470 12 34 56", adult="y").press("Continue")


async def posts(maker: SessionMaker) -> list[Post]:
    async with transaction(maker) as session:
        return list((await session.scalars(select(Post).order_by(Post.id))).all())


async def test_jan_publishes_an_offer_within_the_budget(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    walk = await Walker(client).open("/en/")
    await walk.follow("I can help")
    await walk.press("A meal")
    await to_check(walk)
    assert walk.path.endswith("/check")
    for words in (
        "A meal",
        "1060 Saint-Gilles",
        "Any time",
        "4 persons",
        "English",
        "0470 12 34 56",
    ):
        assert words in walk.html, words
    await walk.press("Publish my offer")
    assert walk.path.endswith("/code")
    assert await posts(maker) == []
    assert (walk.clicks, walk.fields, walk.pages) == (7, 5, 7)
    await walk.fill(code=await last_code(maker, PHONE)).press("Send")
    assert walk.path.endswith("/done"), walk.html
    assert walk.clicks <= 8 + 1
    assert walk.fields <= 6 + 1
    assert walk.pages <= 7 + 1
    [offer] = await posts(maker)
    assert (offer.kind, offer.category, offer.places) == ("offer", 7, 4)
    assert offer.code in walk.html
    async with transaction(maker) as session:
        [person] = (await session.scalars(select(Person))).all()
        assert (person.name, person.adult_attested_at is None) == ("Jan", False)
        [draft] = (await session.scalars(select(Draft))).all()
        assert "0470" not in draft.answers


async def test_sending_twice_gives_the_same_post(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    walk = await Walker(client).open("/en/offer-help")
    await walk.press("A meal")
    await to_check(walk)
    check = walk.path
    await walk.press("Publish my offer")
    data = {"code": await last_code(maker, PHONE)}
    first = await walk.fill(**data).press("Send")
    done = first.path
    again = Walker(client)
    await again.open(check)
    assert again.path == done
    assert len(await posts(maker)) == 1
