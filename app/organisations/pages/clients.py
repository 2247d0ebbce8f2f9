"""The clients of an organisation."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role, Visitor
from app.db import ReadSession, Session
from app.i18n import current_language
from app.organisations import actions, queries
from app.organisations.forms import ClientForm
from app.organisations.models import Organisation
from app.territories import queries as places
from app.web.access import staff
from app.web.answers import page, see_other
from app.web.forms import read_form

Browser = Request[Any, Any, Any]
WORKER = staff(Role.CASEWORKER.value, Role.ORGANISATION_ADMIN.value)


@get("/desk/clients/new", opt=WORKER)
async def new_client(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
) -> Template:
    own = await queries.acting_for(reader, visitor.organisation_ids, organisation)
    return _new_client_page(own, ClientForm(), 200)


@post("/desk/clients/new", opt=WORKER)
async def create_client(
    request: Browser,
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
) -> Redirect | Template:
    form = ClientForm(await read_form(request))
    geocoder = request.app.state.geocoder
    found = await places.find_places(geocoder, form.place.data or "", current_language())
    own = await queries.acting_for(session, visitor.organisation_ids, organisation)
    if not form.validate() or not form.means_one_of(found):
        return _new_client_page(own, form, 422)
    client = await actions.create_client(
        session, own.id, found[0], form.draft(), worker_id=visitor.person_id
    )
    return see_other(f"/desk/clients/{client.alias}")


def _new_client_page(own: Organisation, form: ClientForm, status: int) -> Template:
    return page(
        "organisations/new_client.html", status=status, noindex=True, organisation=own, form=form
    )


handlers: list[ControllerRouterHandler] = [new_client, create_client]
