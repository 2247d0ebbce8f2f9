"""What people see of needs and offers; one file per group of pages."""

from litestar.types import ControllerRouterHandler

from app.posts.pages import (
    adopt,
    attest,
    browse,
    desk,
    drafts,
    drafts_publish,
    feeds,
    hosts,
    own,
    post,
    poster,
    verification,
)
from app.posts.pages import map as map_page

handlers: list[ControllerRouterHandler] = [
    *browse.handlers,
    *map_page.handlers,
    *feeds.handlers,
    *poster.handlers,
    *post.handlers,
    *own.handlers,
    *drafts_publish.handlers,
    *drafts.handlers,
    *desk.handlers,
    *hosts.handlers,
    *verification.handlers,
    *adopt.handlers,
    *attest.handlers,
]
