"""Look through open posts without an account; needs are shown without words."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.db import ReadSession
from app.i18n import current_language
from app.paging import Page
from app.posts import queries
from app.posts.forms.search import Search, SearchForm, read_search
from app.posts.pages.shown import count_words, shown_cards
from app.posts.queries import BrowseFilter, Card
from app.posts.rules import PostKind
from app.web.access import PUBLIC
from app.web.answers import page
from app.web.templates import url
from app.web.visit import Visitor, current_visit

Browser = Request[Any, Any, Any]
# Needs are looked through by what and where alone.
FEEDS = {
    "atom.xml": "application/atom+xml",
    "rss.xml": "application/rss+xml",
    "feed.json": "application/feed+json",
}
FEED_FILTERS = ("kind", "place")
OF_NEEDS = ("kind", "place", "cell", "page")


@get("/offers", opt=PUBLIC)
async def offers(
    request: Browser,
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
) -> Template:
    form, search = read_search(typed_filters(request))
    found = await queries.browse(reader, BrowseFilter.of(PostKind.OFFER, search, visitor.person_id))
    return _list(request, "posts/offers.html", form, search, found)


@get("/needs", opt=PUBLIC)
async def needs(
    request: Browser,
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
) -> Template:
    typed = typed_filters(request)
    form, search = read_search({name: typed[name] for name in OF_NEEDS if name in typed})
    found = await queries.browse(reader, BrowseFilter.of(PostKind.NEED, search, visitor.person_id))
    return _list(request, "posts/needs.html", form, search, found)


def typed_filters(request: Browser) -> dict[str, str]:
    """The query as typed; of a repeated field the last value."""
    return {name: str(value) for name, value in request.query_params.items()}


def query_of(form: SearchForm, search: Search) -> dict[str, str]:
    """The filters that were filled in, to carry them along in links."""
    filled = {field.name: str(field.data) for field in form if field.data}
    if search.cell is not None:
        filled["cell"] = f"{search.cell.row}.{search.cell.col}"
    return filled


def address(path: str, query: dict[str, str], **more: object) -> str:
    text = urlencode({**query, **more})
    return url(f"{path}?{text}" if text else path)


def feeds_of(query: dict[str, str]) -> dict[str, str]:
    """Where programs follow the same list; they ask by kind and place alone."""
    kept = {name: query[name] for name in FEED_FILTERS if name in query}
    return {name: address(f"/offers/{name}", kept) for name in FEEDS}


def _swapped(request: Browser, form: SearchForm) -> str | None:
    """The part of the page that a script of ours asks for; None for all of it.

    What cannot be read is shown by a whole page, and so is what the browser goes back to.
    """
    asks = request.headers.get("hx-request") and not request.headers.get(
        "hx-history-restore-request"
    )
    if not asks:
        return None
    if form.errors:
        visit = current_visit()
        visit.headers["hx-redirect"] = url(f"{visit.path}?{visit.query}")
    return "more" if request.headers.get("hx-target") == "more" else "results"


def _list(
    request: Browser, template: str, form: SearchForm, search: Search, found: Page[Card]
) -> Template:
    path = current_visit().path
    query = query_of(form, search)
    pages = [found.previous_number, found.next_number]
    swapped = _swapped(request, form)
    return page(
        "posts/results.html" if swapped else template,
        swapped=swapped,
        status=422 if form.errors else 200,
        form=form,
        noindex=path == "/needs" or bool(query),
        near=search.found.label(current_language()) if search.found else None,
        guess=bool(search.found and search.found.guess),
        in_cell=search.cell is not None,
        cards=shown_cards(found.items),
        count=count_words(found),
        number=found.number,
        last=found.last,
        pages=[address(path, query, page=one) if one else None for one in pages],
        map_href=address("/offers/map", query),
        feeds=feeds_of(query),
    )


handlers: list[ControllerRouterHandler] = [offers, needs]
