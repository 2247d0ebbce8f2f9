"""Open offers on a drawn map: one marker for each public cell, and the same as a list."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.db import ReadSession
from app.i18n import current_language
from app.paging import Page
from app.posts import queries
from app.posts.forms.search import Search, SearchForm, read_search
from app.posts.pages import drawing
from app.posts.pages.browse import address, query_of, typed_filters
from app.posts.pages.shown import count_words, shown_cards
from app.posts.queries import BrowseFilter, Card
from app.posts.rules import PostKind
from app.web.access import PUBLIC
from app.web.answers import page
from app.web.visit import Visitor


@get("/offers/map", opt=PUBLIC)
async def offers_map(
    request: Request[Any, Any, Any],
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
) -> Template:
    form, search = read_search(typed_filters(request))
    wanted = BrowseFilter.of(PostKind.OFFER, search, visitor.person_id)
    area = drawing.area_around(search.near)
    found = await queries.browse(reader, wanted)
    drawn = drawing.draw(area, await queries.spots(reader, wanted, area), query_of(form, search))
    return _map_page(form, search, found, drawn)


def _map_page(
    form: SearchForm, search: Search, found: Page[Card], drawn: drawing.Drawing
) -> Template:
    return page(
        "posts/offers_map.html",
        status=422 if form.errors else 200,
        form=form,
        noindex=True,
        near=search.found.label(current_language()) if search.found else None,
        map=drawn,
        cards=shown_cards(found.items),
        count=count_words(found),
        list_href=address("/offers", query_of(form, search)),
    )


handlers: list[ControllerRouterHandler] = [offers_map]
