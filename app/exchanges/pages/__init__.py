"""Pages of the two sides: yes, arranging, and whether it happened."""

from litestar.types import ControllerRouterHandler

from app.exchanges.pages import accept, arrange, cancel, exchange, say

handlers: list[ControllerRouterHandler] = [
    *accept.handlers,
    *exchange.handlers,
    *arrange.handlers,
    *cancel.handlers,
    *say.handlers,
]
