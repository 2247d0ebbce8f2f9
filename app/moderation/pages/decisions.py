"""What moderators decided: numbers for everybody, single decisions without names for staff."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.db import ReadSession
from app.moderation import queries
from app.moderation.forms import CHOICES, REASONS, REVIEWS, RULES
from app.moderation.pages.moderation import READER
from app.web.access import PUBLIC
from app.web.answers import page


@get("/decisions", opt=PUBLIC)
async def decisions(reader: NamedDependency[ReadSession]) -> Template:
    return page(
        "moderation/decisions.html",
        totals=await queries.totals(reader),
        enough=queries.LARGE_ENOUGH,
        reasons=REASONS,
        choices=CHOICES,
        outcomes=REVIEWS,
    )


@get("/moderation/log", opt=READER)
async def log(
    reader: NamedDependency[ReadSession],
    page_number: Annotated[int, QueryParameter(name="page", ge=1, le=1_000_000)] = 1,
) -> Template:
    listing = await queries.log(reader, page_number)
    return page(
        "moderation/log.html", listing=listing, reasons=REASONS, choices=CHOICES, rules=RULES
    )


handlers: list[ControllerRouterHandler] = [decisions, log]
