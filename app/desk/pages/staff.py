"""Colleagues come and go; their clients stay in somebody's hands."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor, may_lead
from app.db import ReadSession, Session
from app.desk import actions
from app.desk.forms import HandOverForm
from app.desk.pages.roles import LEAD, WORKER
from app.errors import ConflictError
from app.i18n import gettext as _
from app.i18n import ngettext
from app.organisations import queries
from app.organisations.models import Client, Organisation
from app.web.answers import flash, page, see_other
from app.web.forms import read_form

Browser = Request[Any, Any, Any]


@get("/organisations/{code:str}/hand-over", opt=WORKER)
async def show_hand_over(
    *,
    code: FromPath[str],
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    giver: FromQuery[str] = "",
    client: FromQuery[str] = "",
) -> Template:
    own = await queries.staffed_organisation(reader, visitor, code)
    clients = await _in_reach(reader, visitor, own)
    chosen = [
        one.alias for one in clients if one.alias == client or str(one.worker_id or "") == giver
    ]
    form = HandOverForm(data={"clients": chosen})
    return await _hand_over_page(reader, own, form, clients)


@post("/organisations/{code:str}/hand-over", opt=WORKER)
async def hand_over(
    request: Browser,
    code: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect | Template:
    form = HandOverForm(await read_form(request))
    own = await queries.staffed_organisation(session, visitor, code)
    clients = await _in_reach(session, visitor, own)
    if not form.validate():
        return await _hand_over_page(session, own, form, clients, 422)
    chosen = set(form.clients.data or ())
    count = await actions.hand_over(session, visitor, own, chosen, int(form.to.data[:18]))
    flash(ngettext("%(n)s client is handed over.", "%(n)s clients are handed over.", count))
    return see_other(f"/desk?organisation={own.code}")


@post("/organisations/{code:str}/remove", opt=LEAD)
async def remove_colleague(
    request: Browser,
    code: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect:
    own = await queries.led_organisation(session, visitor, code)
    person = str((await read_form(request)).get("person", ""))
    if not person.isdecimal() or int(person[:18]) == visitor.person_id:
        raise ConflictError("Another administrator must end your own work.")
    await actions.remove_colleague(session, visitor, own, int(person[:18]))
    flash(_("Their work here has ended. Their clients are with you now."))
    return see_other(f"/organisations/{code}/team")


async def _in_reach(reader: ReadSession, visitor: Visitor, own: Organisation) -> list[Client]:
    """Whose clients this colleague may hand over."""
    mine = (None, visitor.person_id)
    leads = may_lead(visitor, own.id)
    clients = await queries.clients_of(reader, [own.id])
    return [one for one in clients if leads or one.worker_id in mine]


async def _hand_over_page(
    reader: ReadSession,
    own: Organisation,
    form: HandOverForm,
    clients: list[Client],
    status: int = 200,
) -> Template:
    people = await queries.colleagues(reader, own.id)
    names = {one.person_id: one.name for one in people}
    form.offer(
        [
            (one.alias, f"{one.alias} · {names.get(one.worker_id or 0, _('Nobody yet'))}")
            for one in clients
        ],
        [(str(one.person_id), one.name) for one in people],
    )
    return page(
        "desk/hand_over.html",
        status=status,
        noindex=True,
        organisation=own,
        form=form,
        clients=clients,
    )


handlers: list[ControllerRouterHandler] = [show_hand_over, hand_over, remove_colleague]
