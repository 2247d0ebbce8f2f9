"""Register a helper face to face, and the slip that they take home."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import ReadSession, Session
from app.desk import actions, queries
from app.desk.forms import HelperForm
from app.desk.pages.roles import DESK
from app.i18n import current_language
from app.i18n import gettext as _
from app.organisations import queries as organisations
from app.organisations.models import Organisation
from app.posts.pages import words
from app.posts.rules import PlaceDraft
from app.territories import queries as territories
from app.web.answers import flash, page, see_other
from app.web.forms import read_form

Browser = Request[Any, Any, Any]


@get("/desk/helpers/new", opt=DESK)
async def new_helper(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
) -> Template:
    return _helper_page(await _at(reader, visitor, organisation), HelperForm())


@post("/desk/helpers/new", opt=DESK)
async def register_helper(
    request: Browser,
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
) -> Redirect | Template:
    form = HelperForm(await read_form(request))
    geocoder = request.app.state.geocoder
    found = await territories.find_places(geocoder, form.place.data or "", current_language())
    own = await _at(session, visitor, organisation)
    if not form.validate() or not form.means_one_of(found):
        return _helper_page(own, form, 422)
    best = found[0]
    place = PlaceDraft(best.lat, best.lon, best.municipality_nis, best.postcode)
    at = own.id if own else None
    offer = await actions.register_helper(session, visitor, at, form.draft(), place)
    flash(_("Written down. A message went to their phone."))
    return see_other(f"/desk/helpers/{offer.code}")


@get("/desk/helpers/{code:str}", opt=DESK)
async def show_helper(
    code: FromPath[str], reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    offer, desk = await queries.registered_offer(reader, visitor, code)
    return page("desk/helper.html", noindex=True, offer=offer, desk=desk, words=words)


async def _at(reader: ReadSession, visitor: Visitor, code: str) -> Organisation | None:
    """At whose desk; a coordinator sits at none."""
    if not visitor.organisation_ids:
        return None
    return await organisations.acting_for(reader, visitor.organisation_ids, code)


def _helper_page(own: Organisation | None, form: HelperForm, status: int = 200) -> Template:
    return page("desk/new_helper.html", status=status, noindex=True, organisation=own, form=form)


handlers: list[ControllerRouterHandler] = [new_helper, register_helper, show_helper]
