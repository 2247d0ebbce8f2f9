"""Who may call a handler: each carries a mark, and the guard refuses what has none."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from app.errors import (
    FactorNeededError,
    NotAllowedError,
    ProofNeededError,
    SignInNeededError,
)
from app.web.visit import current_visit

PUBLIC = {"access": "public"}
# The signed token in the address is the proof: a mail program that acts for its reader has no form.
BY_LINK = {"access": "public", "proof": "link"}
SIGNED_IN = {"access": "signed_in"}
# Beside another mark: only within ten minutes of a code or a second step that was right.
FRESH = {"fresh": True}


def staff(*roles: str) -> dict[str, object]:
    """The mark of a handler for people who hold one of these roles and took a second step."""
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
    if mark == "staff":
        _require_role(handler.opt["roles"])
    if visit.is_api and lacks_proof(handler):
        raise NotAllowedError("A program cannot do this. Sign in on the pages.")
    if visit.is_api and isinstance(handler, HTTPRouteHandler) and handler.http_methods != {"GET"}:
        _require_scope("write")


def lacks_proof(handler: BaseRouteHandler) -> bool:
    """Whether this person must first prove themselves again."""
    return bool(handler.opt.get("fresh")) and not current_visit().visitor.proven


def require_proof() -> None:
    """Ask for a fresh proof in the middle of an act, before anything is written."""
    if not current_visit().visitor.proven:
        raise ProofNeededError("Prove once more that it is you.")


def _require_role(wanted: frozenset[str]) -> None:
    visitor = current_visit().visitor
    if wanted & visitor.roles:
        return
    if wanted & visitor.held_roles:
        raise FactorNeededError("Your role needs a second step.")
    raise NotAllowedError("This page is for people with another role.")


def _require_scope(scope: str) -> None:
    if scope not in current_visit().visitor.scopes:
        raise NotAllowedError("This token may only read. Make a token that may write.")
