"""What people do with their own posts; every verb is a POST that answers with the next page."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import ReadSession, Session
from app.errors import NotFoundError
from app.i18n import gettext as _
from app.posts import actions, queries
from app.posts.models import Post
from app.posts.pages.facts import shown_post
from app.posts.pages.shown import path_of
from app.posts.pages.words import status as status_words
from app.posts.pages.words import title, where
from app.posts.rules import PostKind, owns, status
from app.posts.rules.taxonomy import by_number, public_icon
from app.web.access import SIGNED_IN
from app.web.answers import flash, page, see_other
from app.web.templates import url


@get("/posts", opt=SIGNED_IN)
async def own_posts(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    number: FromQuery[int] = 1,
) -> Template:
    found = await queries.own_posts(reader, visitor, min(max(1, number), 10_000))
    return page("posts/own_posts.html", found=found, rows=[_row(one) for one in found.items])


@post("/posts/{code:str}/pause", opt=SIGNED_IN)
async def pause(
    code: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    mine = await _own(session, visitor, code)
    await actions.pause(session, visitor, mine)
    return _back(mine, _("It is paused. Wake it with one tap."))


@post("/posts/{code:str}/resume", opt=SIGNED_IN)
async def resume(
    code: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    mine = await _own(session, visitor, code)
    await actions.resume(session, visitor, mine)
    return _back(mine, _("It is on show again."))


@post("/posts/{code:str}/extend", opt=SIGNED_IN)
async def extend(
    code: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    mine = await _own(session, visitor, code)
    await actions.extend(session, visitor, mine)
    return _back(mine, _("It stays longer."))


@post("/posts/{code:str}/still-there", opt=SIGNED_IN)
async def confirm_still_there(
    code: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    mine = await _own(session, visitor, code)
    await actions.confirm_still_there(session, visitor, mine)
    return _back(mine, _("Thank you. It stays on show."))


@get("/posts/{code:str}/withdraw", opt=SIGNED_IN)
async def withdraw_post(
    code: FromPath[str], reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    mine = await _own(reader, visitor, code)
    return page("posts/withdraw_post.html", post=shown_post(mine, [], visitor), back=_path(mine))


@post("/posts/{code:str}/withdraw", opt=SIGNED_IN)
async def withdraw(
    code: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    mine = await _own(session, visitor, code)
    await actions.withdraw(session, visitor, mine)
    return _back(mine, _("It is withdrawn. Open proposals end."))


async def _own(reader: ReadSession, visitor: Visitor, code: str) -> Post:
    """Nobody learns from here that somebody else's post exists."""
    found = await queries.post_by_code(reader, code)
    if not owns(visitor, found):
        raise NotFoundError("There is no such post.")
    return found


def _back(mine: Post, words: str) -> Redirect:
    flash(words)
    return see_other(_path(mine))


def _path(mine: Post) -> str:
    return path_of(PostKind(mine.kind), mine.code, mine.category, mine.place)


def _row(mine: Post) -> dict[str, object]:
    kind = PostKind(mine.kind)
    return {
        "title": title(mine.category, openly=True),
        "is_need": kind is PostKind.NEED,
        "icon": public_icon(by_number(mine.category)),
        "where": where(mine.place),
        "href": url(_path(mine)),
        "status": status_words(status(mine), kind),
        "ends_at": mine.ends_at,
    }


handlers: list[ControllerRouterHandler] = [
    own_posts,
    pause,
    resume,
    extend,
    confirm_still_there,
    withdraw_post,
    withdraw,
]
