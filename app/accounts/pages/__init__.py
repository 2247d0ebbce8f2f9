"""Signing in and out, and the pages of one's own account."""

from litestar.types import ControllerRouterHandler

from app.accounts.pages import account, sign_in, tokens

handlers: list[ControllerRouterHandler] = [
    *sign_in.handlers,
    *account.handlers,
    *tokens.handlers,
]
