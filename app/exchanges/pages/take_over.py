"""A client gets an account of their own: a proven contact, and the posts move."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts import actions as accounts
from app.accounts.models import Person
from app.accounts.rules import clean_name, device_name
from app.accounts.rules.network import network_mark
from app.db import ReadSession, Session
from app.exchanges.actions import client_word
from app.exchanges.pages.code_pass import end_pass, speaking
from app.i18n import current_language
from app.i18n import gettext as _
from app.organisations.forms import TakeOverCodeForm, TakeOverForm
from app.organisations.models import Client
from app.web.access import PUBLIC
from app.web.answers import flash, page, see_other, start_session
from app.web.csrf import new_device
from app.web.forms import read_form
from app.web.visit import current_visit

Browser = Request[Any, Any, Any]


@get("/code/take-over", opt=PUBLIC)
async def show_take_over(request: Browser, reader: NamedDependency[ReadSession]) -> Template:
    await speaking(reader, request)
    return _contact_page(TakeOverForm(), 200)


@post("/code/take-over", opt=PUBLIC)
async def take_over(request: Browser, session: NamedDependency[Session]) -> Redirect | Template:
    form = TakeOverForm(await read_form(request))
    await speaking(session, request)
    if not form.validate():
        return _contact_page(form, 422)
    await accounts.ask_code(
        session,
        kind=form.contact.contact.kind,
        value=form.contact.contact.value,
        device=new_device(current_visit()),
        language=current_language(),
        network=network_mark(current_visit().address),
    )
    return see_other("/code/take-over/prove")


@get("/code/take-over/prove", opt=PUBLIC)
async def show_prove_contact(request: Browser, reader: NamedDependency[ReadSession]) -> Template:
    await speaking(reader, request)
    return _prove_page(TakeOverCodeForm(), 200)


@post("/code/take-over/prove", opt=PUBLIC)
async def prove_contact(request: Browser, session: NamedDependency[Session]) -> Redirect | Template:
    form = TakeOverCodeForm(await read_form(request))
    client = await speaking(session, request)
    if not form.validate():
        return _prove_page(form, 422)
    outcome = await _try_code(session, client, form)
    if outcome.factor_needed:
        return see_other("/sign-in/factor?next=/code/take-over")
    if outcome.person is None:
        form.code.errors = [_(outcome.problem)]
        return _prove_page(form, 422)
    return await _move(session, request, client, outcome.person)


async def _try_code(
    session: Session, client: Client, form: TakeOverCodeForm
) -> accounts.CodeOutcome:
    return await accounts.enter_code(
        session,
        code=form.digits,
        device=new_device(current_visit()),
        name=clean_name(form.name.data or ""),
        language=current_language(),
        languages=client.languages,
        signed_in=current_visit().visitor.person_id,
    )


async def _move(session: Session, request: Browser, client: Client, person: Person) -> Redirect:
    await client_word.take_over(session, client, person)
    end_pass()
    if current_visit().visitor.person_id != person.id:
        name = device_name(request.headers.get("user-agent", ""))
        replaced = current_visit().session_token
        start_session(await accounts.open_session(session, person.id, name, replaces=replaced))
    flash(_("It is yours now. Your organisation no longer speaks for you here."))
    return see_other("/posts")


def _contact_page(form: TakeOverForm, status: int) -> Template:
    return page("exchanges/take_over.html", status=status, noindex=True, form=form)


def _prove_page(form: TakeOverCodeForm, status: int) -> Template:
    return page("exchanges/prove_contact.html", status=status, noindex=True, form=form)


handlers: list[ControllerRouterHandler] = [
    show_take_over,
    take_over,
    show_prove_contact,
    prove_contact,
]
