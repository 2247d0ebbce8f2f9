"""One need from the desk: copied, or put before one to three whom a person chooses."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role, Visitor
from app.db import ReadSession, Session
from app.desk import actions, queries
from app.desk.forms import ChosenForm, PairForm
from app.desk.pages.roles import DESK, WORKER
from app.errors import ConflictError, NotFoundError
from app.i18n import gettext as _
from app.i18n import ngettext
from app.organisations import queries as organisations
from app.posts import actions as posts
from app.posts import queries as post_queries
from app.posts.forms.beginnings import copying
from app.posts.models import Post
from app.posts.pages import words
from app.posts.pages.drafting import today
from app.posts.rules import PostKind, PostStatus, owns, status, vouches
from app.proposals.queries import ranked_offers
from app.web.answers import flash, page, see_other
from app.web.forms import read_form

Browser = Request[Any, Any, Any]


@post("/desk/needs/{code:str}/copy", opt=WORKER)
async def copy_need(
    code: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    need = await post_queries.post_by_code(session, code, PostKind.NEED)
    if not owns(visitor, need) or need.client_id is None:
        raise NotFoundError("There is no such post.")
    if await organisations.live_mandate(session, need.client_id) is None:
        raise ConflictError("This client has no mandate, or it has ended. Record a mandate first.")
    said, place = await post_queries.draft_of_post(session, need)
    how = await queries.last_manner(session, need.id)
    answers = copying(said, place, how, today())
    token = await posts.start_draft(session, answers, visitor.person_id)
    return see_other(f"/drafts/{token}/people")


@get("/desk/needs/{code:str}", opt=DESK)
async def show_choices(
    code: FromPath[str], reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    need = await _need(reader, visitor, code)
    return await _choices_page(reader, visitor, need, ChosenForm())


@post("/desk/needs/{code:str}/propose", opt=DESK)
async def propose_chosen(
    request: Browser,
    code: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect | Template:
    form = ChosenForm(await read_form(request))
    need = await _need(session, visitor, code)
    if not form.validate():
        return await _choices_page(session, visitor, need, form, 422)
    asked, refused = await actions.propose_chosen(session, visitor, need, form.offers.data or [])
    if asked:
        flash(ngettext("%(n)s helper is asked.", "%(n)s helpers are asked.", asked))
    if refused:
        flash(_("Not everybody can be asked now. The list is up to date again."), "warning")
    return see_other(f"/desk/needs/{code}")


@get("/desk/pairs", opt=DESK)
async def show_pair(need: FromQuery[str] = "", offer: FromQuery[str] = "") -> Template:
    return _pair_page(PairForm(data={"need": need[:12], "offer": offer[:12]}))


@post("/desk/pairs", opt=DESK)
async def propose_pair(
    request: Browser, session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect | Template:
    form = PairForm(await read_form(request))
    if not form.validate():
        return _pair_page(form, 422)
    crosses = bool(form.other_kind.data)
    codes = form.need.data or "", form.offer.data or ""
    try:
        await actions.propose_codes(session, visitor, *codes, other_kind=crosses)
    except (ConflictError, NotFoundError) as error:
        # Nothing was written yet: the codes come back as they were typed.
        form.offer.errors = [_(error.message)]
        return _pair_page(form, 409)
    flash(_("Proposed. We tell you when there is an answer."))
    return see_other("/desk")


async def _need(reader: ReadSession, visitor: Visitor, code: str) -> Post:
    """A need that one's organisation wrote or vouches for; for coordinators any in the open."""
    need = await post_queries.post_by_code(reader, code, PostKind.NEED)
    coordinates = Role.COORDINATOR.value in visitor.roles and need.held_at is None
    if not (owns(visitor, need) or vouches(visitor, need.adopted_by) or coordinates):
        raise NotFoundError("There is no such post.")
    return need


async def _choices_page(
    reader: ReadSession, visitor: Visitor, need: Post, form: ChosenForm, status_code: int = 200
) -> Template:
    mine = owns(visitor, need)
    return page(
        "desk/choices.html",
        status=status_code,
        noindex=True,
        need=need,
        alias=await queries.alias_of(reader, need) if mine else "",
        windows=(await post_queries.windows_of(reader, [need.id]))[need.id],
        choices=await ranked_offers(reader, need.id),
        is_open=status(need) is PostStatus.PUBLISHED,
        state=words.status(status(need), PostKind.NEED),
        form=form,
        words=words,
    )


def _pair_page(form: PairForm, status_code: int = 200) -> Template:
    return page("desk/pairs.html", status=status_code, noindex=True, form=form)


handlers: list[ControllerRouterHandler] = [
    copy_need,
    show_choices,
    propose_chosen,
    show_pair,
    propose_pair,
]
