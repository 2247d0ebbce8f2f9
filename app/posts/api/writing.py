"""Publishing and looking after one's own posts; an Idempotency-Key makes repeating safe."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import Session
from app.errors import InvalidError, NotFoundError
from app.i18n import gettext as _
from app.posts import actions, queries
from app.posts.api.listing import shown
from app.posts.api.shapes import FeatureName, PostDetail, UrgencyName, feature_mask
from app.posts.models import Post
from app.posts.rules import (
    CATEGORIES,
    PlaceDraft,
    PostDraft,
    PostKind,
    Urgency,
    Window,
    category,
    owns,
)
from app.territories.forms import read_place_id
from app.territories.geocoder.gazetteer import find_places
from app.territories.rules import cell_centre
from app.web.access import SIGNED_IN
from app.web.api import Received, once

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Verb = Callable[[Session, Visitor, Post], Awaitable[None]]
AnyRequest = Request[Any, Any, Any]
MySession = NamedDependency[Session]
MyVisitor = NamedDependency[Visitor]


class NewWindow(Received):
    starts_at: Moment
    ends_at: Moment
    rule: str | None = None


class NewPost(Received):
    """`place` is a postcode, a town or an id from /places; `address` is kept encrypted."""

    type: PostKind
    category: str
    place: str
    places: int
    languages: list[str]
    address: str | None = None
    note: str = ""
    note_language: str = "fr"
    radius_km: float | None = None
    remote: bool = False
    interpreter: bool = False
    exclusive: bool = False
    urgency: UrgencyName = UrgencyName.FLEXIBLE
    latest_by: date | None = None
    windows: list[NewWindow] = msgspec.field(default_factory=list)
    required: list[FeatureName] = msgspec.field(default_factory=list)
    wished: list[FeatureName] = msgspec.field(default_factory=list)
    features: list[FeatureName] = msgspec.field(default_factory=list)
    insured_by: str | None = None
    asked_offer: str | None = None


@post("/api/v1/posts", opt=SIGNED_IN)
async def publish_post(
    request: AnyRequest, data: JSONBody[NewPost], session: MySession, visitor: MyVisitor
) -> PostDetail:
    async def act() -> PostDetail:
        made = await actions.publish(session, visitor, read_draft(data))
        return await shown(session, await queries.post_by_code(session, made.code), visitor)

    return await once(request, session, PostDetail, act)


@post("/api/v1/posts/{code:str}/pause", opt=SIGNED_IN, status_code=200)
async def pause_post(
    request: AnyRequest, code: FromPath[str], session: MySession, visitor: MyVisitor
) -> PostDetail:
    return await _changed(request, session, visitor, code, actions.pause)


@post("/api/v1/posts/{code:str}/resume", opt=SIGNED_IN, status_code=200)
async def resume_post(
    request: AnyRequest, code: FromPath[str], session: MySession, visitor: MyVisitor
) -> PostDetail:
    return await _changed(request, session, visitor, code, actions.resume)


@post("/api/v1/posts/{code:str}/extend", opt=SIGNED_IN, status_code=200)
async def extend_post(
    request: AnyRequest, code: FromPath[str], session: MySession, visitor: MyVisitor
) -> PostDetail:
    return await _changed(request, session, visitor, code, actions.extend)


@post("/api/v1/posts/{code:str}/withdraw", opt=SIGNED_IN, status_code=200)
async def withdraw_own_post(
    request: AnyRequest, code: FromPath[str], session: MySession, visitor: MyVisitor
) -> PostDetail:
    return await _changed(request, session, visitor, code, actions.withdraw)


def read_draft(data: NewPost) -> PostDraft:
    """The same draft as from the pages; fields that name nothing are all told at once."""
    place = _place(data)
    known = {one.code for one in CATEGORIES}
    problems: dict[str, list[str]] = {}
    if place is None:
        problems["place"] = [_("We do not know this place. Type a postcode or a town.")]
    if data.category not in known:
        problems["category"] = [_("Choose a kind of help from the list.")]
    if place is None or problems:
        raise InvalidError(problems)
    return PostDraft(
        kind=data.type,
        category=category(data.category).number,
        place=place,
        places=data.places,
        languages=tuple(data.languages),
        note=data.note,
        note_language=data.note_language,
        radius_km=data.radius_km,
        remote=data.remote,
        interpreter=data.interpreter,
        exclusive=data.exclusive,
        urgency=Urgency[data.urgency.name],
        latest_by=data.latest_by,
        windows=tuple(Window(one.starts_at, one.ends_at, one.rule) for one in data.windows),
        required=feature_mask(data.required),
        wished=feature_mask(data.wished),
        features=feature_mask(data.features),
        insured_by=data.insured_by,
        asked_offer=data.asked_offer,
    )


async def _changed(
    request: AnyRequest, session: Session, visitor: Visitor, code: str, verb: Verb
) -> PostDetail:
    async def act() -> PostDetail:
        mine = await queries.post_by_code(session, code)
        if not owns(visitor, mine):
            raise NotFoundError("There is no such post.")
        await verb(session, visitor, mine)
        return await shown(session, mine, visitor)

    return await once(request, session, PostDetail, act)


def _place(data: NewPost) -> PlaceDraft | None:
    """An id decides; words must name a known place, for nobody is there to ask "did you mean"."""
    chosen = read_place_id(data.place)
    if chosen is not None:
        nis, cell, postcode = chosen
        return PlaceDraft(*cell_centre(cell), nis, postcode, data.address)
    found = find_places(data.place)
    if not found or found[0].guess:
        return None
    best = found[0]
    return PlaceDraft(best.lat, best.lon, best.municipality_nis, best.postcode, data.address)


handlers: list[ControllerRouterHandler] = [
    publish_post,
    pause_post,
    resume_post,
    extend_post,
    withdraw_own_post,
]
