"""Where a person starts from: asked once, filled in beforehand in forms."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import ReadSession, Session
from app.i18n import current_language
from app.i18n import gettext as _
from app.territories import actions, queries
from app.territories.forms import HomePlaceForm
from app.web.access import SIGNED_IN
from app.web.answers import flash, page, see_other
from app.web.forms import read_form


@get("/account/place", opt=SIGNED_IN)
async def home_place(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    return await _place_page(reader, visitor, HomePlaceForm(), 200)


@post("/account/place", opt=SIGNED_IN, status_code=200)
async def choose_home_place(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Template | Redirect:
    form = HomePlaceForm(await read_form(request))
    geocoder = request.app.state.geocoder
    found = await queries.find_places(geocoder, form.text.data or "", current_language())
    meant = form.meant(found) if form.validate() else None
    if meant is None:
        return await _place_page(session, visitor, form, 422)
    await actions.move_home(session, visitor.person_id, meant)
    flash(_("Your place is saved. New forms start from it."))
    return see_other("/account")


@post("/account/place/forget", opt=SIGNED_IN, status_code=200)
async def forget_home_place(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    await actions.forget_home(session, visitor.person_id)
    flash(_("Your place is forgotten."))
    return see_other("/account")


async def _place_page(
    reader: ReadSession, visitor: Visitor, form: HomePlaceForm, status: int
) -> Template:
    home = await queries.home_place(reader, visitor.person_id)
    return page("territories/home_place.html", status=status, noindex=True, form=form, home=home)


handlers: list[ControllerRouterHandler] = [home_place, choose_home_place, forget_home_place]
