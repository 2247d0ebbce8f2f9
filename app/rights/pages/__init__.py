"""One's own data, leaving, and what is kept of everybody."""

from litestar.types import ControllerRouterHandler

from app.rights.pages import client, data, erase, privacy

handlers: list[ControllerRouterHandler] = [
    *data.handlers,
    *erase.handlers,
    *client.handlers,
    *privacy.handlers,
]
