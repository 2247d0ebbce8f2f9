"""Publishing and looking after one's own posts; an Idempotency-Key makes repeating safe."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from litestar import Request, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import Session
from app.errors import ConflictError, NotFoundError
from app.organisations import queries as own_organisations
from app.organisations.models import Client
from app.posts import actions, queries
from app.posts.api.listing import shown
from app.posts.api.received import (
    ChangedPost,
    NewPost,
    OnBehalf,
    read_content,
    read_heard,
    read_new,
)
from app.posts.api.shapes import PostDetail
from app.posts.models import Post
from app.posts.rules import PlaceDraft, PostDraft, PostKind, owns
from app.web.access import SIGNED_IN
from app.web.api import once

Verb = Callable[[Session, Visitor, Post], Awaitable[None]]
AnyRequest = Request[Any, Any, Any]
MySession = NamedDependency[Session]
MyVisitor = NamedDependency[Visitor]
CHANGED = "This post changed in the meantime. Look at it again."


@post("/api/v1/posts", opt=SIGNED_IN, summary="Publish a need or an offer")
async def publish_post(
    request: AnyRequest, data: JSONBody[NewPost], session: MySession, visitor: MyVisitor
) -> PostDetail:
    client = await _client(session, visitor, data.on_behalf)

    async def act() -> PostDetail:
        draft, heard = read_new(data, client), read_heard(data.on_behalf)
        made = await actions.publish(session, visitor, draft, heard)
        return await shown(session, await queries.post_by_code(session, made.code), visitor)

    return await once(request, session, PostDetail, act)


@put("/api/v1/posts/{code:str}", opt=SIGNED_IN, summary="Change what a post says")
async def edit_post(
    request: AnyRequest,
    code: FromPath[str],
    data: JSONBody[ChangedPost],
    session: MySession,
    visitor: MyVisitor,
) -> PostDetail:
    async def change(session: Session, visitor: Visitor, mine: Post) -> None:
        if mine.version != data.version:
            raise ConflictError(CHANGED)
        await actions.edit(session, visitor, mine, await _changed_draft(session, mine, data))

    return await _changed(request, session, visitor, code, change)


@post("/api/v1/posts/{code:str}/pause", opt=SIGNED_IN, status_code=200, summary="Let a post rest")
async def pause_post(
    request: AnyRequest, code: FromPath[str], session: MySession, visitor: MyVisitor
) -> PostDetail:
    return await _changed(request, session, visitor, code, actions.pause)


@post(
    "/api/v1/posts/{code:str}/resume", opt=SIGNED_IN, status_code=200, summary="Wake a resting post"
)
async def resume_post(
    request: AnyRequest, code: FromPath[str], session: MySession, visitor: MyVisitor
) -> PostDetail:
    return await _changed(request, session, visitor, code, actions.resume)


@post("/api/v1/posts/{code:str}/extend", opt=SIGNED_IN, status_code=200, summary="Thirty more days")
async def extend_post(
    request: AnyRequest, code: FromPath[str], session: MySession, visitor: MyVisitor
) -> PostDetail:
    return await _changed(request, session, visitor, code, actions.extend)


@post(
    "/api/v1/posts/{code:str}/still-there",
    opt=SIGNED_IN,
    status_code=200,
    summary="Say that it still stands",
)
async def confirm_still_there(
    request: AnyRequest, code: FromPath[str], session: MySession, visitor: MyVisitor
) -> PostDetail:
    return await _changed(request, session, visitor, code, actions.confirm_still_there)


@post(
    "/api/v1/posts/{code:str}/withdraw",
    opt=SIGNED_IN,
    status_code=200,
    summary="Take a post back for good",
)
async def withdraw_own_post(
    request: AnyRequest, code: FromPath[str], session: MySession, visitor: MyVisitor
) -> PostDetail:
    return await _changed(request, session, visitor, code, actions.withdraw)


async def _changed(
    request: AnyRequest, session: Session, visitor: Visitor, code: str, verb: Verb
) -> PostDetail:
    mine = await queries.post_by_code(session, code)
    if not owns(visitor, mine):
        raise NotFoundError("There is no such post.")

    async def act() -> PostDetail:
        await verb(session, visitor, mine)
        return await shown(session, mine, visitor)

    return await once(request, session, PostDetail, act)


async def _client(session: Session, visitor: Visitor, said: OnBehalf | None) -> Client | None:
    """A client of an organisation that the visitor works for; any other does not exist here."""
    if said is None:
        return None
    organisation = await own_organisations.organisation_by_code(session, said.organisation)
    mine = visitor.organisation_ids & {organisation.id}
    return await own_organisations.client_by_alias(session, mine, said.client)


async def _changed_draft(session: Session, mine: Post, data: ChangedPost) -> PostDraft:
    place, address = await queries.place_with_address(session, mine.place_id)
    here = PlaceDraft(place.lat, place.lon, place.nis, place.postcode, address)
    said = read_content(data, PostKind(mine.kind), here)
    return replace(said, organisation_id=mine.organisation_id, client_id=mine.client_id)


handlers: list[ControllerRouterHandler] = [
    publish_post,
    edit_post,
    pause_post,
    resume_post,
    extend_post,
    confirm_still_there,
    withdraw_own_post,
]
