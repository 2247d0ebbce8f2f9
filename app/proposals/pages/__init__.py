"""The inbox and answering for both sides; the engine's plans and lessons for coordinators."""

from litestar.types import ControllerRouterHandler

from app.proposals.pages import answering, engine

handlers: list[ControllerRouterHandler] = [*answering.handlers, *engine.handlers]
