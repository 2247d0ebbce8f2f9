"""Signing in and out, and the pages of one's own account."""

from litestar.types import ControllerRouterHandler

from app.accounts.pages import (
    account,
    contacts,
    factors,
    passkeys,
    proof,
    second_step,
    sign_in,
    tokens,
)

handlers: list[ControllerRouterHandler] = [
    *sign_in.handlers,
    *second_step.handlers,
    *account.handlers,
    *contacts.handlers,
    *factors.handlers,
    *passkeys.handlers,
    *proof.handlers,
    *tokens.handlers,
]
