"""What the pages of signing in and proving share: this browser, its network, the way on."""

from typing import Any
from urllib.parse import quote

from litestar import Request

from app.accounts.actions import Site
from app.accounts.rules import local_path
from app.accounts.rules.network import network_mark
from app.i18n import LANGUAGES
from app.web.csrf import new_device
from app.web.visit import current_visit


def with_next(path: str, following: str) -> str:
    """The path, with the place to go to afterwards if that is one of our own."""
    place = local_path(following, LANGUAGES)
    return f"{path}?next={quote(place)}" if place else path


def device() -> str:
    return new_device(current_visit())


def network() -> bytes:
    return network_mark(current_visit().address)


def site_of(request: Request[Any, Any, Any]) -> Site:
    return Site(request.app.state.settings.public_url)


def masked(kind: str, value: str) -> str:
    """Enough of a contact for its owner to know it again, on a screen that others may see."""
    if kind == "phone":
        return f"{value[:3]} … {value[-2:]}"
    local, _, domain = value.partition("@")
    return f"{local[:1]}…@{domain}"
