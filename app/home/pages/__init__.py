"""Pages that belong to everybody; one file per group."""

from litestar.types import ControllerRouterHandler

from app.home.pages import help_lines, installed, jobs, mailbox, start, words

handlers: list[ControllerRouterHandler] = [
    *start.handlers,
    *help_lines.handlers,
    *words.handlers,
    *mailbox.handlers,
    *jobs.handlers,
    *installed.handlers,
]
