"""What people see who work at a desk."""

from litestar.types import ControllerRouterHandler

from app.desk.pages import board, helpers, imports, needs, poster, staff, standing

handlers: list[ControllerRouterHandler] = [
    *board.handlers,
    *helpers.handlers,
    *imports.handlers,
    *needs.handlers,
    *staff.handlers,
    *standing.handlers,
    *poster.handlers,
]
