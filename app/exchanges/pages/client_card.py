"""One client on the desk: what they allowed, what they need, and what the desk noted."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role, Visitor
from app.db import Session
from app.exchanges import queries
from app.exchanges.actions import client_word
from app.exchanges.pages.client_words import (
    manner,
    shown_consents,
    shown_exchange,
    shown_need,
    shown_proposal,
)
from app.exchanges.pages.mandate_text import mandate_text
from app.i18n import gettext as _
from app.i18n import ngettext
from app.organisations import actions as organisations
from app.organisations.forms import EndForm, MandateForm, NoteForm
from app.organisations.models import Client
from app.organisations.queries import client_by_alias
from app.organisations.rules import RevokedVia, Viewed
from app.posts.pages.words import speaks, where
from app.web.access import staff
from app.web.answers import flash, page, see_other
from app.web.forms import PageForm, read_form

Browser = Request[Any, Any, Any]
WORKER = staff(Role.CASEWORKER.value, Role.ORGANISATION_ADMIN.value)


@get("/desk/clients/{alias:str}", opt=WORKER)
async def show_client(
    *,
    alias: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    read_in: FromQuery[str] = "",
) -> Template:
    client = await client_by_alias(session, visitor.organisation_ids, alias)
    await organisations.log_view(session, visitor.person_id, client.id, Viewed.FILE)
    return await _card(session, visitor, client, read_in=read_in)


@post("/desk/clients/{alias:str}/mandate", opt=WORKER)
async def give_mandate(
    request: Browser,
    alias: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect | Template:
    form = MandateForm(await read_form(request))
    client = await client_by_alias(session, visitor.organisation_ids, alias)
    if not form.validate():
        return await _card(session, visitor, client, mandate=form)
    await organisations.give_mandate(session, client, visitor.person_id, form.draft())
    flash(_("The mandate is recorded. It lasts twelve months."))
    return see_other(f"/desk/clients/{client.alias}")


@post("/desk/clients/{alias:str}/note", opt=WORKER)
async def write_note(
    request: Browser,
    alias: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect | Template:
    form = NoteForm(await read_form(request))
    client = await client_by_alias(session, visitor.organisation_ids, alias)
    if not form.validate():
        return await _card(session, visitor, client, note=form)
    body = (form.body.data or "").strip()
    await organisations.write_note(session, client.id, visitor.person_id, body)
    flash(_("The note is kept. Only your organisation reads it."))
    return see_other(f"/desk/clients/{client.alias}")


@post("/desk/clients/{alias:str}/revoke", opt=WORKER)
async def end_mandate(
    request: Browser,
    alias: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect | Template:
    form = EndForm(await read_form(request))
    client = await client_by_alias(session, visitor.organisation_ids, alias)
    if not form.validate():
        return await _card(session, visitor, client, end=form)
    withdrawn = await client_word.revoke(session, client, RevokedVia(form.via.data))
    flash(_("The mandate has ended. Nothing new is posted for this client."))
    if withdrawn:
        flash(ngettext("%(n)s post is withdrawn.", "%(n)s posts are withdrawn.", withdrawn))
    return see_other(f"/desk/clients/{client.alias}")


async def _card(
    session: Session, visitor: Visitor, client: Client, *, read_in: str = "", **wrong: PageForm
) -> Template:
    """The card, with the one form that came back wrong, if any."""
    view = await queries.client_view(session, client)
    text = mandate_text(client, read_in)
    return page(
        "exchanges/client_card.html",
        status=422 if wrong else 200,
        noindex=True,
        client=client,
        view=view,
        manner=manner,
        speaks=speaks(client.languages),
        where=where(client.place),
        text=text,
        form=next(iter(wrong.values()), None),
        mandate_form=wrong.get("mandate") or MandateForm(data={"language": text.language}),
        note_form=wrong.get("note") or NoteForm(),
        end_form=wrong.get("end") or EndForm(),
        notes=await organisations.read_notes(session, client.id, visitor.person_id),
        needs=[shown_need(one) for one in view.posts],
        proposals=[shown_proposal(one) for one in view.proposals],
        exchanges=[shown_exchange(one, view) for one in view.exchanges],
        explicit=shown_consents(view),
    )


handlers: list[ControllerRouterHandler] = [show_client, give_mandate, write_note, end_mandate]
