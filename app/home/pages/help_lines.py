"""A human being one tap away, and the way out of a page that somebody else must not see."""

from typing import Any

from litestar import Request, get
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.home.rules.services import MATTERS, SERVICES, dialled
from app.i18n import current_language
from app.web.access import PUBLIC
from app.web.answers import forget_cookie, page
from app.web.visit import current_visit


@get("/help", opt=PUBLIC)
async def help() -> Template:  # noqa: A001 - the page's own name
    groups = [
        (title, [s for s in SERVICES if s.matter is matter]) for matter, title in MATTERS.items()
    ]
    return page("home/help.html", groups=groups, dialled=dialled, sensitive=True)


@get("/exit", opt=PUBLIC)
async def exit(request: Request[Any, Any, Any]) -> Redirect:  # noqa: A001 - the page's own name
    """Leave at once for a page that says nothing, and let the browser forget what it kept of us."""
    visit = current_visit()
    visit.headers["clear-site-data"] = '"cache", "storage"'
    # A picture on another site must not sign anybody out.
    if request.headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        forget_cookie(visit.session_cookie)
    return Redirect(f"https://{current_language()}.wikipedia.org/", status_code=303)


handlers: list[ControllerRouterHandler] = [help, exit]
