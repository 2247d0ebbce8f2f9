"""An offer on paper: what, where, when, and a code for phones. A4 for a wall, A6 to give."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.db import ReadSession
from app.errors import NotFoundError
from app.i18n import gettext as _
from app.posts import queries
from app.posts.models import Post
from app.posts.pages import words
from app.posts.rules import PostKind, PostStatus, may_see
from app.web.access import PUBLIC
from app.web.answers import page
from app.web.qr import qr_code
from app.web.visit import Stranger


@get("/offers/{name:str}/poster", opt=PUBLIC)
async def offer_poster(
    request: Request[Any, Any, Any],
    reader: NamedDependency[ReadSession],
    name: FromPath[str],
    size: FromQuery[str] = "a4",
) -> Template:
    """Only what everybody may read: a paper hangs where its author does not see who reads it."""
    post = await _public(reader, name)
    address = f"{request.app.state.settings.public_url}/offers/{post.code}"
    return page(
        "posts/offer_poster.html",
        noindex=True,
        size="a6" if size == "a6" else "a4",
        at=f"/offers/{post.code}",
        title=words.title(post.category),
        rows=await _rows(reader, post),
        by=post.organisation.name if post.organisation else None,
        qr=qr_code(address),
        short=address.removeprefix(f"{urlsplit(address).scheme}://"),
    )


async def _public(reader: ReadSession, name: str) -> Post:
    post = await queries.post_by_code(reader, name.partition("-")[0], PostKind.OFFER)
    if post.status is not PostStatus.PUBLISHED or not may_see(Stranger(), post):
        raise NotFoundError("There is no such post.")
    return post


async def _rows(reader: ReadSession, post: Post) -> list[tuple[str, str]]:
    windows = (await queries.windows_of(reader, [post.id]))[post.id]
    return [
        (_("Where"), words.where(post.place)),
        (_("When"), "; ".join(words.all_times(windows)) or _("Any time")),
        (_("Languages"), words.speaks(post.languages)),
        (_("Room for"), words.how_many(post.places, post.unit)),
    ]


handlers: list[ControllerRouterHandler] = [offer_poster]
