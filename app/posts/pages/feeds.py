"""Public offers for programs that follow a list: Atom, RSS and JSON Feed, filtered as the page is.

A feed says what a stranger reads in the list: kind, municipality, languages and days, never words
of people, never a distance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import feedgenerator  # type: ignore[import-untyped] # ships no types
import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler

from app.db import ReadSession
from app.i18n import current_language
from app.i18n import gettext as _
from app.posts import queries
from app.posts.forms.search import SearchForm, read_search
from app.posts.pages import words
from app.posts.pages.browse import FEED_FILTERS, FEEDS, address, query_of, typed_filters
from app.posts.pages.shown import path_of
from app.posts.queries import BrowseFilter, Card
from app.posts.rules import PostKind
from app.web.access import PUBLIC
from app.web.templates import url

Browser = Request[Any, Any, Any]


@dataclass(frozen=True)
class Entry:
    id: str
    title: str
    address: str
    summary: str
    published_at: datetime


@dataclass(frozen=True)
class Feed:
    title: str
    address: str
    own_address: str
    entries: Sequence[Entry]


class JsonItem(msgspec.Struct):
    id: str
    url: str
    title: str
    content_text: str
    date_published: datetime
    language: str


class JsonFeed(msgspec.Struct):
    """JSON Feed 1.1."""

    version: str
    title: str
    home_page_url: str
    feed_url: str
    language: str
    items: list[JsonItem]


@get("/offers/atom.xml", opt=PUBLIC)
async def offers_atom(request: Browser, reader: NamedDependency[ReadSession]) -> Response[str]:
    feed = await _feed(request, reader, "atom.xml")
    return _answer("atom.xml", _xml(feedgenerator.Atom1Feed, feed))


@get("/offers/rss.xml", opt=PUBLIC)
async def offers_rss(request: Browser, reader: NamedDependency[ReadSession]) -> Response[str]:
    feed = await _feed(request, reader, "rss.xml")
    return _answer("rss.xml", _xml(feedgenerator.Rss201rev2Feed, feed))


@get("/offers/feed.json", opt=PUBLIC)
async def offers_json(request: Browser, reader: NamedDependency[ReadSession]) -> Response[str]:
    feed = await _feed(request, reader, "feed.json")
    return _answer("feed.json", msgspec.json.encode(_json(feed)).decode())


async def _feed(request: Browser, reader: ReadSession, name: str) -> Feed:
    """The newest twenty; whoever asks is a stranger, so everybody reads the same."""
    typed = {key: value for key, value in typed_filters(request).items() if key in FEED_FILTERS}
    form, search = read_search(typed)
    found = await queries.browse(reader, BrowseFilter.of(PostKind.OFFER, search, None))
    public_url, query = request.app.state.settings.public_url, query_of(form, search)
    return Feed(
        title=_title(form),
        address=f"{public_url}{address('/offers', query)}",
        own_address=f"{public_url}{address(f'/offers/{name}', query)}",
        entries=[_entry(card, public_url) for card in found.items],
    )


def _title(form: SearchForm) -> str:
    parts = [_("Offers of help"), str(form.place.data or "")]
    return ", ".join(part for part in parts if part)


def _entry(card: Card, public_url: str) -> Entry:
    said = [words.where(card), words.speaks(card.languages), words.when(card.windows)]
    path = path_of(card.kind, card.code, card.category, card)
    return Entry(
        id=f"{public_url}/offers/{card.code}",
        title=f"{words.title(card.category)}, {words.where(card)}",
        address=f"{public_url}{url(path)}",
        summary=". ".join(one for one in said if one),
        published_at=card.published_at,
    )


def _xml(kind: type[feedgenerator.SyndicationFeed], feed: Feed) -> str:
    made = kind(
        title=feed.title,
        link=feed.address,
        description=feed.title,
        language=current_language(),
        feed_url=feed.own_address,
        feed_guid=feed.own_address,
        author_name="Solidare",
    )
    for one in feed.entries:
        made.add_item(
            title=one.title,
            link=one.address,
            description=one.summary,
            unique_id=one.id,
            unique_id_is_permalink=False,
            pubdate=one.published_at,
            updateddate=one.published_at,
        )
    return str(made.writeString("utf-8"))


def _json(feed: Feed) -> JsonFeed:
    language = current_language()
    return JsonFeed(
        version="https://jsonfeed.org/version/1.1",
        title=feed.title,
        home_page_url=feed.address,
        feed_url=feed.own_address,
        language=language,
        items=[
            JsonItem(one.id, one.address, one.title, one.summary, one.published_at, language)
            for one in feed.entries
        ],
    )


def _answer(name: str, body: str) -> Response[str]:
    return Response(body, media_type=f"{FEEDS[name]}; charset=utf-8")


handlers: list[ControllerRouterHandler] = [offers_atom, offers_rss, offers_json]
