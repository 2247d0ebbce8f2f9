"""Public offers for programs and on paper: what a stranger may read, and not a word more."""

import json
from datetime import datetime
from xml.etree import ElementTree as ET

import httpx
import pytest
from sqlalchemy import update

from app.db import SessionMaker, transaction
from app.i18n import LANGUAGES
from app.posts.models import Post
from tests.factories.organisations import an_organisation
from tests.factories.posts import BED, a_need, an_author, an_offer, somewhere

ATOM = "{http://www.w3.org/2005/Atom}"
SECRET = "Ring at the third door"


async def read(client: httpx.AsyncClient, path: str) -> ET.Element:
    return ET.fromstring((await client.get(path)).content)  # noqa: S314 - our own answer


async def two_offers(maker: SessionMaker) -> tuple[str, str]:
    """A meal in Saint-Gilles with private words, a need, a bed nobody checked; a meal in Uccle."""
    async with transaction(maker) as session:
        here = await an_offer(
            session, await an_author(session), place=somewhere("1060"), note=SECRET
        )
        there = await an_offer(session, await an_author(session), place=somewhere("1180"))
        await a_need(session, await an_author(session), note=SECRET)
        await an_offer(session, await an_author(session), category=BED)
        return here.code, there.code


async def test_three_feeds_say_the_same(client: httpx.AsyncClient, maker: SessionMaker) -> None:
    here, there = await two_offers(maker)
    page = await client.get("/fr/offers?place=1060")
    for name in ("atom.xml", "rss.xml", "feed.json"):
        assert f'href="/fr/offers/{name}?place=1060"' in page.text
    atom = await read(client, "/fr/offers/atom.xml")
    ids = [one.text or "" for one in atom.iter(f"{ATOM}id")][1:]
    assert {one.rpartition("/")[2] for one in ids} == {here, there}
    assert atom.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == "fr"
    for one in atom.iter(f"{ATOM}updated"):
        assert datetime.fromisoformat(one.text or "").tzinfo is not None
    rss = await read(client, "/fr/offers/rss.xml")
    assert [one.text for one in rss.iter("guid")] == ids
    answer = await client.get("/fr/offers/feed.json?place=1060&from=x&cell=1.1")
    assert answer.headers["content-type"].startswith("application/feed+json")
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [one["id"].rpartition("/")[2] for one in feed["items"]] == [here, there], "nearest first"
    assert (await client.get(feed["items"][0]["url"])).status_code == 200
    assert "1060 Saint-Gilles" in feed["items"][0]["title"]
    for body in (answer.text, json.dumps(ids), (await client.get("/fr/offers/rss.xml")).text):
        assert SECRET not in body
        assert " km" not in body


async def test_a_feed_without_offers_is_whole(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    for name in ("atom.xml", "rss.xml"):
        assert len(await read(client, f"/ar/offers/{name}")) > 0
    assert (await client.get("/ar/offers/feed.json")).json()["items"] == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_offer_hangs_on_a_wall(
    client: httpx.AsyncClient, maker: SessionMaker, language: str
) -> None:
    here, _ = await two_offers(maker)
    shown = await client.get(f"/{language}/offers/{here}")
    assert f"/{language}/offers/{here}/poster" in shown.text
    for size, sheet in (("a4", "a4-"), ("a6", "slip-"), ("zz", "a4-")):
        poster = await client.get(f"/{language}/offers/{here}/poster?size={size}")
        assert poster.status_code == 200
        assert f'media="print" href="/static/{sheet}' in poster.text
        assert f">localhost:8000/offers/{here}<" in poster.text
        assert 'class="qr"' in poster.text
        assert SECRET not in poster.text


async def test_what_is_not_public_has_no_poster(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    here, _ = await two_offers(maker)
    async with transaction(maker) as session:
        bed = await an_offer(session, await an_author(session), category=BED)
        need = await a_need(session, await an_author(session))
        asked = await an_organisation(session, verified_at=None)
        known = await an_organisation(session)
        await session.execute(
            update(Post).where(Post.code == here).values(paused_at=Post.published_at)
        )
    for path in (f"offers/{here}", f"offers/{bed.code}", f"offers/{need.code}", "offers/nothing"):
        assert (await client.get(f"/en/{path}/poster")).status_code == 404
    assert (await client.get(f"/en/organisations/{asked.code}/poster")).status_code == 404
    poster = await client.get(f"/nl/organisations/{known.code}/poster?size=a6")
    assert known.phone in poster.text
    assert f"localhost:8000/organisations/{known.code}" in poster.text
