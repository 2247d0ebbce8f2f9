"""What a host learns of the own file: what was checked, by whom, until when."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import ReadSession, Session
from app.errors import NotFoundError
from app.i18n import gettext as _
from app.posts import actions, queries
from app.posts.models import Post
from app.posts.rules import PostKind, category_of, owns
from app.web.access import SIGNED_IN
from app.web.answers import flash, page, see_other


async def _own_offer(reader: ReadSession, visitor: Visitor, code: str) -> Post:
    offer = await queries.post_by_code(reader, code, PostKind.OFFER)
    if not owns(visitor, offer) or not category_of(offer).is_hosting:
        raise NotFoundError("There is no such post.")
    return offer


@get("/posts/{code:str}/verification", opt=SIGNED_IN)
async def verification(
    code: FromPath[str], reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    offer = await _own_offer(reader, visitor, code)
    found = await queries.verified(reader, offer)
    return page("posts/verification.html", noindex=True, offer=offer, found=found)


@post("/posts/{code:str}/household-changed", opt=SIGNED_IN)
async def household_changed(
    code: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    offer = await _own_offer(session, visitor, code)
    await actions.change_household(session, offer)
    flash(_("Thank you. The organisation visits again before anybody is proposed."))
    return see_other(f"/posts/{code}/verification")


handlers: list[ControllerRouterHandler] = [verification, household_changed]
