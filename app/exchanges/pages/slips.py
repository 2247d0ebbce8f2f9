"""Paper instead of a phone: A6, in the client's language, whatever the worker reads."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role, Visitor, may_work_for
from app.db import Session
from app.errors import ConflictError, GoneError, NotFoundError
from app.exchanges import actions, queries, rules
from app.exchanges.pages.slip_words import Slip, consent_slip, meeting_slip
from app.i18n import LANGUAGES
from app.organisations import actions as organisations
from app.organisations.models import Client
from app.organisations.queries import client_by_id
from app.organisations.rules import Viewed
from app.posts import queries as post_queries
from app.posts.models import Post
from app.web.access import staff
from app.web.answers import page
from app.web.forms import read_form

Browser = Request[Any, Any, Any]
WORKER = staff(Role.CASEWORKER.value, Role.ORGANISATION_ADMIN.value)


@post("/desk/posts/{code:str}/slip", opt=WORKER)
async def print_consent_slip(
    request: Browser,
    code: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Template:
    form = await read_form(request)
    found = await post_queries.post_by_code(session, code)
    client = await _client_of(session, visitor, found)
    if found.read_back_at is None:
        raise ConflictError("Read the words out to the client first.")
    await organisations.log_view(session, visitor.person_id, client.id, Viewed.SLIP)
    digits = await _new_digits(session, visitor, client, again=form.get("new") == "yes")
    view = await queries.client_view(session, client)
    one = next(one for one in view.posts if one.post.id == found.id)
    slip = consent_slip(request.app.state.settings.public_url, client, one, digits)
    return _page(slip, client, again=f"/desk/posts/{code}/slip" if digits is None else "")


@get("/desk/exchanges/{code:str}/slip", opt=WORKER)
async def meeting_paper(
    *,
    request: Browser,
    code: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    read_in: FromQuery[str] = "",
) -> Template:
    stand = await queries.stand(session, visitor, code)
    client = await _client_of(session, visitor, stand.own_post)
    if not rules.is_open(stand.exchange):
        raise GoneError("This exchange has already ended.")
    await organisations.log_view(session, visitor.person_id, client.id, Viewed.SLIP)
    contacts = await actions.read_contacts(session, stand, visitor.person_id)
    place = await queries.meeting_place(session, stand)
    public = request.app.state.settings.public_url
    slip = meeting_slip(public, client, stand, contacts=contacts, place=place or "", wished=read_in)
    return _page(slip, client, languages=f"/desk/exchanges/{code}/slip")


async def _client_of(session: Session, visitor: Visitor, found: Post) -> Client:
    """For whom a post of the worker's own organisation stands."""
    if found.client_id is None or not may_work_for(visitor, found.organisation_id):
        raise NotFoundError("There is no such client.")
    return await client_by_id(session, found.client_id)


async def _new_digits(
    session: Session, visitor: Visitor, client: Client, *, again: bool
) -> str | None:
    """A code is shown once; one that was handed out stays unless a new one is asked for."""
    if await queries.has_code(session, client.id) and not again:
        return None
    return await organisations.issue_code(session, client.id, visitor.person_id)


def _page(slip: Slip, client: Client, *, again: str = "", languages: str = "") -> Template:
    return page(
        "exchanges/slip.html",
        noindex=True,
        slip=slip,
        back=f"/desk/clients/{client.alias}",
        again=again,
        languages_at=languages,
        languages_of=list(LANGUAGES.items()),
    )


handlers: list[ControllerRouterHandler] = [print_consent_slip, meeting_paper]
