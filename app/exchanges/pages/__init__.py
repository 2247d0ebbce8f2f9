"""Pages of the two sides: yes, arranging, and whether it happened."""

from litestar.types import ControllerRouterHandler

from app.exchanges.pages import (
    accept,
    arrange,
    calendar,
    cancel,
    client_card,
    client_code,
    desk_stays,
    exchange,
    receipt,
    say,
    slips,
    stays,
    take_over,
)

handlers: list[ControllerRouterHandler] = [
    *accept.handlers,
    *exchange.handlers,
    *arrange.handlers,
    *calendar.handlers,
    *cancel.handlers,
    *say.handlers,
    *receipt.handlers,
    *client_card.handlers,
    *client_code.handlers,
    *take_over.handlers,
    *slips.handlers,
    *stays.handlers,
    *desk_stays.handlers,
]
