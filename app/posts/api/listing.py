"""Reading posts."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor as Person
from app.db import ReadSession
from app.errors import InvalidError, NotFoundError
from app.posts import queries
from app.posts.api.shapes import PostDetail, PostSummary, detail, summary
from app.posts.forms.search import read_search
from app.posts.models import Post
from app.posts.queries import BrowseFilter
from app.posts.rules import PostKind, may_see
from app.web.access import PUBLIC, SIGNED_IN
from app.web.api import Listing, PageNumber
from app.web.visit import Visitor

Text = Annotated[str, QueryParameter(max_length=200)]
FromDay = Annotated[str, QueryParameter(name="from", max_length=20)]
FromType = Annotated[PostKind, QueryParameter(name="type")]


@get("/api/v1/posts", opt=PUBLIC, summary="Open offers or needs, filtered")
async def list_posts(  # noqa: PLR0917 - each filter is named in the document
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    kind_of_post: FromType = PostKind.OFFER,
    kind: Text = "",
    place: Text = "",
    from_day: FromDay = "",
    people: Text = "",
    speaks: Text = "",
    cell: Text = "",
    page: PageNumber = 1,
) -> Listing[PostSummary]:
    typed = {"kind": kind, "place": place, "from": from_day, "people": people}
    typed |= {"speaks": speaks, "cell": cell, "page": str(page)}
    return await _listing(reader, visitor, kind_of_post, typed)


@get("/api/v1/posts/mine", opt=SIGNED_IN, summary="Your own posts, newest first")
async def list_own_posts(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Person],
    page: PageNumber = 1,
) -> Listing[PostDetail]:
    found = await queries.own_posts(reader, visitor, page)
    windows = await queries.windows_of(reader, [post.id for post in found.items])
    items = [detail(post, windows[post.id], visitor) for post in found.items]
    return Listing(items, found.number, found.last, found.total)


@get("/api/v1/posts/{code:str}", opt=PUBLIC, summary="One post, as much as you may read")
async def get_post(
    code: FromPath[str], reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> PostDetail:
    post = await queries.post_by_code(reader, code)
    if not may_see(visitor, post) or await queries.is_blocked(reader, post, visitor.person_id):
        raise NotFoundError("There is no such post.")
    return await shown(reader, post, visitor)


async def shown(reader: ReadSession, post: Post, visitor: Visitor) -> PostDetail:
    windows = await queries.windows_of(reader, [post.id])
    return detail(post, windows[post.id], visitor)


async def _listing(
    reader: ReadSession, visitor: Visitor, kind: PostKind, typed: dict[str, str]
) -> Listing[PostSummary]:
    form, search = read_search(typed)
    if form.errors:
        raise InvalidError(form.sentences())
    found = await queries.browse(reader, BrowseFilter.of(kind, search, visitor.person_id))
    return Listing([summary(card) for card in found.items], found.number, found.last, found.total)


handlers: list[ControllerRouterHandler] = [list_posts, list_own_posts, get_post]
