"""The desk of an organisation: clients, posts in its name, hosting that waits for its word."""

from collections.abc import Sequence

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role, Visitor
from app.db import ReadSession, Session
from app.errors import ConflictError
from app.i18n import gettext as _
from app.i18n import ngettext
from app.organisations import queries as organisations
from app.organisations.actions import revoke_mandate
from app.organisations.models import Client, Organisation
from app.posts import actions, queries
from app.posts.forms.beginnings import on_behalf
from app.posts.models import Post
from app.posts.pages import words
from app.posts.pages.drafting import today
from app.posts.queries import WaitingPost
from app.posts.rules import PostKind, status
from app.posts.rules.household import Guests
from app.web.access import staff
from app.web.answers import flash, page, see_other

WORKER = staff(Role.CASEWORKER.value, Role.ORGANISATION_ADMIN.value)


@get("/desk", opt=WORKER)
async def desk(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
) -> Template:
    own = await organisations.own_organisations(reader, visitor.organisation_ids)
    if not own:
        return page("posts/desk_closed.html", noindex=True)
    chosen = await organisations.acting_for(reader, visitor.organisation_ids, organisation)
    return await _desk_page(reader, own, chosen)


async def _desk_page(
    reader: ReadSession, own: Sequence[Organisation], chosen: Organisation
) -> Template:
    ids = [chosen.id]
    return page(
        "posts/desk.html",
        noindex=True,
        organisation=chosen,
        others=[one for one in own if one is not chosen],
        clients=[_client_row(one) for one in await organisations.clients_of(reader, ids)],
        posts=[_post_row(one) for one in await queries.desk_posts(reader, ids)],
        waiting=[_waiting_row(one) for one in await queries.waiting_hosting(reader)],
    )


@post("/desk/clients/{alias:str}/need", opt=WORKER)
async def need_for_client(
    alias: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    client = await organisations.client_by_alias(session, visitor.organisation_ids, alias)
    if await organisations.live_mandate(session, client.id) is None:
        raise ConflictError("This client has no mandate, or it has ended. Record a mandate first.")
    place = queries.place_answer(client.place)
    answers = on_behalf(client.organisation_id, client.id, place, client.languages, today())
    token = await actions.start_draft(session, answers, visitor.person_id)
    return see_other(f"/drafts/{token}/kind")


@post("/desk/clients/{alias:str}/revoke", opt=WORKER)
async def end_mandate(
    alias: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    client = await organisations.client_by_alias(session, visitor.organisation_ids, alias)
    await revoke_mandate(session, client)
    withdrawn = await actions.withdraw_for_client(session, visitor, client.id)
    flash(_("The mandate has ended. Nothing new is posted for this client."))
    if withdrawn:
        flash(ngettext("%(n)s post is withdrawn.", "%(n)s posts are withdrawn.", withdrawn))
    return see_other(f"/desk/clients/{client.alias}")


def _client_row(client: Client) -> dict[str, str]:
    return {
        "alias": client.alias,
        "where": words.where(client.place),
        "speaks": words.speaks(client.languages),
    }


def _post_row(one: Post) -> dict[str, str]:
    return {
        "address": one.address,
        "what": words.title(one.category, openly=True),
        "client": one.client.alias if one.client else "",
        "where": words.where(one.place),
        "how_many": words.how_many(one.places, one.unit),
        "state": words.status(status(one), PostKind(one.kind))[0],
    }


def _waiting_row(waiting: WaitingPost) -> dict[str, object]:
    one = waiting.post
    return {
        "code": one.code,
        "path": f"/desk/hosts/{one.code}"
        if one.kind == "offer"
        else f"/desk/needs/{one.code}/adopt",
        "child_alone": Guests.CHILD_ALONE in Guests(one.profile),
        "is_offer": one.kind == PostKind.OFFER.value,
        "what": words.title(one.category, openly=True),
        "where": words.where(one.place),
        "how_many": words.how_many(one.places, one.unit),
        "speaks": words.speaks(one.languages),
        "note": one.note,
        "note_language": one.note_language,
        "signatures": waiting.signatures,
    }


def _next_step(one: Post) -> str:
    if one.kind == PostKind.OFFER.value:
        return f"/desk/hosts/{one.code}"
    return f"/desk/needs/{one.code}/adopt"


handlers: list[ControllerRouterHandler] = [desk, need_for_client, end_mandate]
