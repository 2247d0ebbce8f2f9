"""The queue of reports, and holding one while working on it."""

from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role, Visitor
from app.db import ReadSession, Session
from app.moderation import actions, queries
from app.moderation.forms import REASONS
from app.moderation.queries import Stage
from app.moderation.rules import Reason
from app.web.access import staff
from app.web.answers import page, see_other

MODERATOR = staff(Role.MODERATOR.value)
READER = staff(Role.MODERATOR.value, Role.COORDINATOR.value)


@get("/moderation", opt=READER)
async def moderation(
    *,
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    stage: FromQuery[str] = Stage.WAITING.value,
    reason: FromQuery[str] = "",
    page_number: Annotated[int, QueryParameter(name="page", ge=1, le=1_000_000)] = 1,
) -> Template:
    chosen = Stage(stage) if stage in set(Stage) else Stage.WAITING
    only = Reason(reason) if reason in set(Reason) else None
    listing = await queries.queue(reader, visitor, page_number, chosen, only)
    return page(
        "moderation/moderation.html", listing=listing, stage=chosen, only=only, reasons=REASONS
    )


@post("/moderation/{code:str}/claim", opt=MODERATOR)
async def claim(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Redirect:
    await actions.claim(session, visitor, await queries.evidence(session, visitor, code))
    return see_other(f"/moderation/{code}")


@post("/moderation/{code:str}/let-go", opt=MODERATOR)
async def let_go(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Redirect:
    await actions.let_go(session, visitor, await queries.evidence(session, visitor, code))
    return see_other("/moderation")


handlers: list[ControllerRouterHandler] = [moderation, claim, let_go]
