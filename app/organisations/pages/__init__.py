"""Joining as an organisation, and its clients."""

from litestar.types import ControllerRouterHandler

from app.organisations.pages import clients, join

handlers: list[ControllerRouterHandler] = [*join.handlers, *clients.handlers]
