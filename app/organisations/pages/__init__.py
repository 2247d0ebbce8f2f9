"""Joining as an organisation, its team, its lead and its clients."""

from litestar.types import ControllerRouterHandler

from app.organisations.pages import clients, join, lead, team

handlers: list[ControllerRouterHandler] = [
    *join.handlers,
    *team.handlers,
    *lead.handlers,
    *clients.handlers,
]
