"""What people see of needs and offers; one file per group of pages."""

from litestar.types import ControllerRouterHandler

from app.posts.pages import browse, drafts, map, own, post

handlers: list[ControllerRouterHandler] = [
    *browse.handlers,
    *map.handlers,
    *post.handlers,
    *own.handlers,
    *drafts.handlers,
]
