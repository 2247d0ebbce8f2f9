"""What is kept, why and until when: the page shows the table that the sweep carries out."""

from litestar import get
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.rights.rules.retention import RETENTION
from app.rights.rules.terms import BASES
from app.web.access import PUBLIC
from app.web.answers import page


@get("/privacy", opt=PUBLIC)
async def privacy() -> Template:
    return page("rights/privacy.html", retention=RETENTION, bases=BASES)


handlers: list[ControllerRouterHandler] = [privacy]
