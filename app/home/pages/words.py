"""What the platform is, asks and owes, in plain words."""

from litestar import get
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.web.access import PUBLIC
from app.web.answers import page


@get("/how-it-works", opt=PUBLIC)
async def how_it_works() -> Template:
    return page("home/how_it_works.html")


@get("/terms", opt=PUBLIC)
async def terms() -> Template:
    return page("home/terms.html")


@get("/credits", opt=PUBLIC)
async def credits() -> Template:  # noqa: A001 - the page's own name
    return page("home/credits.html")


handlers: list[ControllerRouterHandler] = [how_it_works, terms, credits]
