"""The page of one offer or one need, as far as the viewer may read it."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.db import ReadSession
from app.errors import NotFoundError
from app.i18n import LANGUAGES
from app.posts import queries
from app.posts.models import Post
from app.posts.pages.facts import json_ld, shown_post
from app.posts.pages.shown import path_of, shown_cards
from app.posts.rules import PostKind, PostStatus, category_of, may_see
from app.web.access import PUBLIC
from app.web.answers import page
from app.web.templates import url
from app.web.visit import Visitor

STILL_SHOWN = frozenset({PostStatus.PUBLISHED, PostStatus.WAITING})


@get("/offers/{name:str}", opt=PUBLIC)
async def offer(
    name: FromPath[str], reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    post = await _visible(reader, name, PostKind.OFFER, visitor)
    return await _page("posts/offer.html", post, reader, visitor)


@get("/needs/{name:str}", opt=PUBLIC)
async def need(
    name: FromPath[str], reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    post = await _visible(reader, name, PostKind.NEED, visitor)
    return await _page("posts/need.html", post, reader, visitor)


async def _visible(reader: ReadSession, name: str, kind: PostKind, visitor: Visitor) -> Post:
    """The post behind a code; only code decides, words after it are for people."""
    post = await queries.post_by_code(reader, name.partition("-")[0], kind)
    if not may_see(visitor, post) or await queries.is_blocked(reader, post, visitor.person_id):
        raise NotFoundError("There is no such post.")
    return post


async def _page(template: str, post: Post, reader: ReadSession, visitor: Visitor) -> Template:
    windows = (await queries.windows_of(reader, [post.id]))[post.id]
    closed = post.status not in STILL_SHOWN
    similar = await queries.similar_posts(reader, post, visitor.person_id) if closed else []
    path = path_of(PostKind(post.kind), post.code, post.category, post.place)
    return page(
        template,
        post=shown_post(post, windows, visitor),
        similar=shown_cards(similar),
        noindex=post.kind == PostKind.NEED or closed,
        sensitive=category_of(post).is_hosting or category_of(post).is_sensitive,
        json_ld=json_ld(post, url(path)) if post.kind == PostKind.OFFER and not closed else None,
        alternates=[(language, f"/{language}{path}") for language in LANGUAGES],
    )


handlers: list[ControllerRouterHandler] = [offer, need]
