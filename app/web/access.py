"""Who may call a handler: each carries a mark, and the guard refuses what has none."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from app.errors import NotAllowedError, SignInNeededError
from app.web.visit import current_visit

PUBLIC = {"access": "public"}
# The signed token in the address is the proof: a mail program that acts for its reader has no form.
BY_LINK = {"access": "public", "proof": "link"}
SIGNED_IN = {"access": "signed_in"}


def staff(*roles: str) -> dict[str, object]:
    """The mark of a handler for people who hold one of these roles."""
    return {"access": "staff", "roles": frozenset(roles)}


async def require_access(_: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of the whole application; a handler without a mark is nobody's."""
    mark = handler.opt.get("access")
    if mark == "public":
        return
    visit = current_visit()
    if mark is None:
        raise NotAllowedError("This page is closed.")
    if not visit.visitor.signed_in:
        raise SignInNeededError("Sign in to continue.")
    if mark == "staff" and not (handler.opt["roles"] & visit.visitor.roles):
        raise NotAllowedError("This page is for people with another role.")
    if visit.is_api and isinstance(handler, HTTPRouteHandler) and handler.http_methods != {"GET"}:
        _require_scope("write")


def _require_scope(scope: str) -> None:
    if scope not in current_visit().visitor.scopes:
        raise NotAllowedError("This token may only read. Make a token that may write.")
