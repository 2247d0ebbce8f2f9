"""What the engine would do, and whether what it says comes true: for those who answer for it."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role
from app.db import ReadSession, Session
from app.i18n import gettext as _
from app.i18n import sentence
from app.proposals import actions, queries
from app.proposals.pages import figures
from app.proposals.rules.figures import read
from app.web.access import staff
from app.web.answers import flash, page, see_other

COORDINATOR = staff(Role.COORDINATOR.value, Role.MODERATOR.value)
ASKED = sentence("A new plan is being drawn. Look again in a moment.")


@get("/engine", opt=COORDINATOR)
async def plan(reader: NamedDependency[ReadSession]) -> Template:
    asked, drawn = await queries.newest_plan(reader), await queries.newest_drawn(reader)
    return page(
        "proposals/plan.html",
        asked=asked,
        drawn=drawn,
        seen=figures.seen(read(drawn.figures)) if drawn and drawn.figures else None,
        written=figures.written(await queries.shards_of(reader)),
    )


@post("/engine", opt=COORDINATOR)
async def ask_plan(session: NamedDependency[Session]) -> Redirect:
    await actions.ask_plan(session)
    flash(_(ASKED))
    return see_other("/engine")


@get("/engine/answers", opt=COORDINATOR)
async def calibration(reader: NamedDependency[ReadSession]) -> Template:
    bins, effects = await queries.read_bins(reader), await queries.read_effects(reader)
    return page(
        "proposals/calibration.html",
        bins=figures.bins(bins),
        effects=figures.effects(effects),
        gap=figures.gap_words(queries.largest_gap(effects)),
        version=await queries.current_version(reader),
        versions=await queries.newest_versions(reader),
    )


handlers: list[ControllerRouterHandler] = [plan, ask_plan, calibration]
