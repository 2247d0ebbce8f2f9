"""Needs and offers for programs: the same drafts and rules as the pages."""

from litestar.types import ControllerRouterHandler

from app.posts.api import categories, listing, writing

handlers: list[ControllerRouterHandler] = [
    *categories.handlers,
    *listing.handlers,
    *writing.handlers,
]
