"""What the platform is, keeps, asks and owes, in plain words."""

from litestar import get
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.home.rules.retention import RETENTION
from app.web.access import PUBLIC
from app.web.answers import page


@get("/how-it-works", opt=PUBLIC)
async def how_it_works() -> Template:
    return page("home/how_it_works.html")


@get("/privacy", opt=PUBLIC)
async def privacy() -> Template:
    return page("home/privacy.html", retention=RETENTION)


@get("/terms", opt=PUBLIC)
async def terms() -> Template:
    return page("home/terms.html")


@get("/credits", opt=PUBLIC)
async def credits() -> Template:  # noqa: A001 - the page's own name
    return page("home/credits.html")


handlers: list[ControllerRouterHandler] = [how_it_works, privacy, terms, credits]
