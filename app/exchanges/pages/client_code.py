"""By ten digits, from any phone: see, put right, take back. No account, no script."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app import crypto
from app.accounts.rules.network import network_of
from app.db import ReadSession, Session
from app.exchanges import actions, queries
from app.exchanges.actions import client_word
from app.exchanges.pages.client_words import (
    shown_consents,
    shown_exchange,
    shown_need,
    shown_proposal,
)
from app.exchanges.pages.code_pass import end_pass, give_pass, speaking, who_speaks
from app.exchanges.rules import Via
from app.i18n import gettext as _
from app.i18n import ngettext
from app.organisations import actions as organisations
from app.organisations.forms import ChangeForm, ClientCodeForm
from app.organisations.models import Client
from app.organisations.rules import RevokedVia
from app.posts.models import Post
from app.posts.pages.words import title
from app.web.access import PUBLIC
from app.web.answers import flash, page, see_other
from app.web.forms import read_form

Browser = Request[Any, Any, Any]


@get("/code", opt=PUBLIC)
async def show_client_code(request: Browser, reader: NamedDependency[ReadSession]) -> Template:
    known = await who_speaks(reader, request) is not None
    return page("exchanges/client_code.html", noindex=True, form=ClientCodeForm(), known=known)


@post("/code", opt=PUBLIC)
async def enter_client_code(
    request: Browser, session: NamedDependency[Session]
) -> Redirect | Template:
    form = ClientCodeForm(await read_form(request))
    if not form.validate() or form.digits is None:
        return _again(form, 422)
    tried = await organisations.try_code(session, form.digits, _network(request))
    if tried.code_id is None:
        form.code.errors = [_(tried.problem)]
        return _again(form, 429 if tried.too_often else 422)
    give_pass(tried.code_id)
    return see_other("/code/mine")


@get("/code/mine", opt=PUBLIC)
async def client_mine(request: Browser, reader: NamedDependency[ReadSession]) -> Template:
    return await _mine(reader, await speaking(reader, request))


@get("/code/posts/{code:str}/change", opt=PUBLIC)
async def show_ask_for_change(
    request: Browser, reader: NamedDependency[ReadSession], code: FromPath[str]
) -> Template:
    client = await speaking(reader, request)
    return _change(await queries.own_post(reader, client, code), ChangeForm(), 200)


@post("/code/posts/{code:str}/change", opt=PUBLIC)
async def ask_for_change(
    request: Browser, session: NamedDependency[Session], code: FromPath[str]
) -> Redirect | Template:
    form = ChangeForm(await read_form(request))
    client = await speaking(session, request)
    found = await queries.own_post(session, client, code)
    if not form.validate():
        return _change(found, form, 422)
    await client_word.ask_for_change(session, client, found, (form.words.data or "").strip())
    flash(_("Thank you. Nobody sees it until your organisation has put it right with you."))
    return see_other("/code/mine")


@post("/code/posts/{code:str}/withdraw", opt=PUBLIC)
async def withdraw_by_code(
    request: Browser, session: NamedDependency[Session], code: FromPath[str]
) -> Redirect:
    client = await speaking(session, request)
    found = await queries.own_post(session, client, code)
    await client_word.withdraw_post(session, client, found, RevokedVia.CODE)
    flash(_("It is withdrawn. Nobody sees it any more."))
    return see_other("/code/mine")


@post("/code/posts/{code:str}/unsay", opt=PUBLIC)
async def unsay_by_code(
    request: Browser, session: NamedDependency[Session], code: FromPath[str]
) -> Redirect:
    client = await speaking(session, request)
    found = await queries.own_post(session, client, code)
    await client_word.unsay_sensitive(session, client, found, RevokedVia.CODE)
    flash(_("It is not said any more. Your organisation finds other words with you."))
    return see_other("/code/mine")


@post("/code/exchanges/{code:str}/hide", opt=PUBLIC)
async def hide_by_code(
    request: Browser, session: NamedDependency[Session], code: FromPath[str]
) -> Redirect:
    client = await speaking(session, request)
    for stand in await queries.exchanges_of_client(session, client.id):
        if stand.exchange.code == code:
            await client_word.keep_contact_back(session, client, stand.exchange.id, RevokedVia.CODE)
            flash(_("The phone numbers are hidden again."))
    return see_other("/code/mine")


@post("/code/exchanges/{code:str}/leave", opt=PUBLIC)
async def leave_by_code(
    request: Browser, session: NamedDependency[Session], code: FromPath[str]
) -> Redirect:
    client = await speaking(session, request)
    for stand in await queries.exchanges_of_client(session, client.id):
        if stand.exchange.code == code:
            duty = await actions.leave_now(session, stand.exchange, Via.CODE.value)
            phone = duty.phone if duty else client.organisation.phone
            flash(_("You have left. Call now: %(phone)s. In danger: 112.", phone=phone))
    return see_other("/code/mine")


@get("/code/revoke", opt=PUBLIC)
async def show_revoke_by_code(request: Browser, reader: NamedDependency[ReadSession]) -> Template:
    await speaking(reader, request)
    return page("exchanges/revoke.html", noindex=True)


@post("/code/revoke", opt=PUBLIC)
async def revoke_by_code(request: Browser, session: NamedDependency[Session]) -> Redirect:
    client = await speaking(session, request)
    withdrawn = await client_word.revoke(session, client, RevokedVia.CODE)
    flash(_("Everything is taken back. Nobody speaks for you here any more."))
    if withdrawn:
        flash(ngettext("%(n)s post is withdrawn.", "%(n)s posts are withdrawn.", withdrawn))
    return see_other("/code/mine")


@post("/code/close", opt=PUBLIC)
async def close_code() -> Redirect:
    end_pass()
    flash(_("Closed. Nothing stays on this phone."))
    return see_other("/code")


async def _mine(reader: ReadSession, client: Client) -> Template:
    view = await queries.client_view(reader, client)
    return page(
        "exchanges/client_mine.html",
        noindex=True,
        sensitive=True,
        view=view,
        needs=[shown_need(one) for one in view.posts],
        proposals=[shown_proposal(one) for one in view.proposals],
        exchanges=[shown_exchange(one, view) for one in view.exchanges],
        explicit=shown_consents(view),
    )


def _again(form: ClientCodeForm, status: int) -> Template:
    return page("exchanges/client_code.html", status=status, noindex=True, form=form, known=False)


def _change(found: Post, form: ChangeForm, status: int) -> Template:
    return page(
        "exchanges/ask_for_change.html",
        status=status,
        noindex=True,
        form=form,
        code=found.code,
        title=title(found.category, openly=True),
    )


def _network(request: Browser) -> bytes:
    """As reports count them: no address is kept."""
    address = request.client.host if request.client else ""
    return crypto.sign("code.network", network_of(address), 16)


handlers: list[ControllerRouterHandler] = [
    show_client_code,
    enter_client_code,
    client_mine,
    show_ask_for_change,
    ask_for_change,
    withdraw_by_code,
    unsay_by_code,
    hide_by_code,
    leave_by_code,
    show_revoke_by_code,
    revoke_by_code,
    close_code,
]
