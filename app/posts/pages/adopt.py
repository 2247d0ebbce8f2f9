"""A worker vouches for a guest by name, after speaking with them."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role, Visitor
from app.db import ReadSession, Session
from app.i18n import gettext as _
from app.i18n import listed
from app.organisations import queries as organisations
from app.organisations.models import Organisation
from app.posts import actions, queries
from app.posts.forms.hosts import GuestsForm
from app.posts.models import Post
from app.posts.pages import words
from app.posts.rules.child_protection import child_contact
from app.posts.rules.household import Guests
from app.web.access import staff
from app.web.answers import flash, page, see_other
from app.web.forms import read_form

WORKER = staff(Role.CASEWORKER.value, Role.ORGANISATION_ADMIN.value)
Browser = Request[Any, Any, Any]


async def _page(
    reader: ReadSession, visitor: Visitor, need: Post, own: Organisation, form: GuestsForm
) -> Template:
    windows = (await queries.windows_of(reader, [need.id]))[need.id]
    return page(
        "posts/adopt_need.html",
        status=422 if form.errors else 200,
        noindex=True,
        form=form,
        need=need,
        own=own,
        contacts=await queries.guest_contacts(reader, visitor, need),
        rows=[
            {"key": _("What"), "value": words.title(need.category, openly=True)},
            {"key": _("Where"), "value": words.where(need.place)},
            {"key": _("When"), "value": words.when(windows)},
            {"key": _("Languages"), "value": words.speaks(need.languages)},
            {"key": _("Must be there"), "value": listed(words.features(need.required))},
        ],
        child=child_contact(need.place.nis)
        if Guests.CHILD_ALONE in Guests(need.profile) or form.party.is_child_alone
        else None,
    )


@get("/desk/needs/{code:str}/adopt", opt=WORKER)
async def confirm_adopt(
    code: FromPath[str],
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
) -> Template:
    own = await organisations.acting_for(reader, visitor.organisation_ids, organisation)
    need = await queries.waiting_need(reader, visitor, code)
    said = {
        name: str(count)
        for name, count in (
            ("women", need.party_women),
            ("men", need.party_men),
            ("children", need.party_children),
        )
        if count
    }
    return await _page(reader, visitor, need, own, GuestsForm(data=said))


@post("/desk/needs/{code:str}/adopt", opt=WORKER)
async def adopt_need(
    request: Browser,
    code: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
) -> Redirect | Template:
    form = GuestsForm(await read_form(request))
    own = await organisations.acting_for(session, visitor.organisation_ids, organisation)
    need = await queries.waiting_need(session, visitor, code)
    if not form.validate() or form.party.is_child_alone:
        return await _page(session, visitor, need, own, form)
    await actions.adopt_need(session, visitor, need, own.id, form.party)
    flash(_("You vouch for this guest. Now hosts may be proposed."))
    return see_other(f"/desk?organisation={own.code}")


@post("/desk/needs/{code:str}/call", opt=WORKER)
async def show_guest_contact(
    code: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
) -> Redirect:
    own = await organisations.acting_for(session, visitor.organisation_ids, organisation)
    need = await queries.waiting_need(session, visitor, code)
    await actions.look_at_contact(session, visitor, need, own.id)
    return see_other(f"/desk/needs/{code}/adopt?organisation={own.code}")


handlers: list[ControllerRouterHandler] = [confirm_adopt, adopt_need, show_guest_contact]
