"""The mailbox of development: letters and sign-in codes that never leave the house."""

from typing import Any

from litestar import Request, get
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.errors import NotFoundError
from app.home.queries.mailbox import kept_letters
from app.web.access import PUBLIC
from app.web.answers import page


@get("/mailbox", opt=PUBLIC)
async def mailbox(request: Request[Any, Any, Any]) -> Template:
    settings = request.app.state.settings
    if settings.mail.folder is None or settings.is_production:
        raise NotFoundError("This page does not exist.")
    return page("home/mailbox.html", letters=kept_letters(settings.mail.folder))


handlers: list[ControllerRouterHandler] = [mailbox]
