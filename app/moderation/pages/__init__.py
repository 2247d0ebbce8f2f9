"""Telling that something is wrong, following it, objecting, and the moderators' desk."""

from litestar.types import ControllerRouterHandler

from app.moderation.pages import decisions, moderation, receipt, report, review

handlers: list[ControllerRouterHandler] = [
    *report.handlers,
    *receipt.handlers,
    *moderation.handlers,
    *review.handlers,
    *decisions.handlers,
]
