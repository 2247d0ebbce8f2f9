"""Work that was given up, for the operator: begin it again, or let it go with a reason."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app import outbox
from app.accounts.rules import Role, Visitor
from app.db import ReadSession, Session
from app.errors import InvalidError
from app.home.queries import gauges
from app.i18n import gettext as _
from app.web.access import staff
from app.web.answers import flash, page, see_other
from app.web.forms import read_form

OPERATOR = staff(Role.OPERATOR.value)


@get("/jobs", opt=OPERATOR)
async def jobs(reader: NamedDependency[ReadSession]) -> Template:
    return page(
        "home/jobs.html",
        dead=await outbox.dead_jobs(reader),
        gauges=await gauges.gauges(reader),
    )


@post("/jobs/{number:int}/retry", opt=OPERATOR)
async def retry_job(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor], number: FromPath[int]
) -> Redirect:
    await outbox.retry(session, number, visitor.person_id)
    flash(_("It begins again now."))
    return see_other("/jobs")


@post("/jobs/{number:int}/discard", opt=OPERATOR)
async def discard_job(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    number: FromPath[int],
) -> Redirect:
    reason = str((await read_form(request)).get("reason", "")).strip()
    if not reason:
        raise InvalidError({"reason": [_("Say why it may be let go.")]})
    await outbox.discard(session, number, visitor.person_id, reason)
    flash(_("It is let go, and the reason is kept."))
    return see_other("/jobs")


handlers: list[ControllerRouterHandler] = [jobs, retry_job, discard_job]
