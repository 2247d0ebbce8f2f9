"""Prove a contact with a code; a new person then gives a name."""

from typing import Annotated, Any
from urllib.parse import quote

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts import actions, queries
from app.accounts.forms import CodeForm, ContactInput, NameForm, SignInForm
from app.accounts.models import Person
from app.accounts.rules import device_name, local_path
from app.db import ReadSession, Session
from app.i18n import LANGUAGES, current_language
from app.i18n import gettext as _
from app.web import access
from app.web.answers import end_session, flash, page, see_other, start_session
from app.web.csrf import new_device
from app.web.forms import read_form
from app.web.visit import Visitor, current_visit

INBOX = "/proposals"
Next = Annotated[str, QueryParameter(name="next")]


def _with_next(path: str, following: str) -> str:
    """The path, with the place to go to afterwards if that is one of our own."""
    place = local_path(following, LANGUAGES)
    return f"{path}?next={quote(place)}" if place else path


def _device() -> str:
    return new_device(current_visit())


async def _start(
    request: Request[Any, Any, Any], session: Session, person: Person, following: str
) -> Redirect:
    token = await actions.open_session(
        session,
        person.id,
        device_name(request.headers.get("user-agent", "")),
        replaces=current_visit().session_token,
    )
    start_session(token)
    return see_other(local_path(following, LANGUAGES) or INBOX)


@get("/sign-in", opt=access.PUBLIC)
async def sign_in(visitor: NamedDependency[Visitor], following: Next = "") -> Template | Redirect:
    if visitor.signed_in:
        return see_other(local_path(following, LANGUAGES) or "/account")
    return page("accounts/sign_in.html", form=SignInForm(), act=_with_next("/sign-in", following))


@post("/sign-in", opt=access.PUBLIC, status_code=200)
async def ask_code(
    request: Request[Any, Any, Any], session: NamedDependency[Session], following: Next = ""
) -> Template | Redirect:
    form = SignInForm(await read_form(request))
    if not form.validate():
        act = _with_next("/sign-in", following)
        return page("accounts/sign_in.html", status=422, form=form, act=act)
    contact = form.contact.contact
    await _send_code(session, contact)
    return see_other(_with_next("/sign-in/code", following))


async def _send_code(session: Session, contact: ContactInput) -> None:
    await actions.ask_code(
        session,
        kind=contact.kind,
        value=contact.value,
        device=_device(),
        language=current_language(),
    )


def _code_page(form: CodeForm, contact: ContactInput, following: str, status: int) -> Template:
    return page(
        "accounts/enter_code.html",
        status=status,
        form=form,
        contact=contact,
        act=_with_next("/sign-in/code", following),
        resend=_with_next("/sign-in/code/resend", following),
        start=_with_next("/sign-in", following),
    )


@get("/sign-in/code", opt=access.PUBLIC)
async def code_form(
    reader: NamedDependency[ReadSession], following: Next = ""
) -> Template | Redirect:
    contact = await queries.asked_contact(reader, _device())
    if contact is None:
        return see_other(_with_next("/sign-in", following))
    return _code_page(CodeForm(), contact, following, 200)


@post("/sign-in/code", opt=access.PUBLIC, status_code=200)
async def enter_code(
    request: Request[Any, Any, Any], session: NamedDependency[Session], following: Next = ""
) -> Template | Redirect:
    form = CodeForm(await read_form(request))
    contact = await queries.asked_contact(session, _device())
    if contact is None:
        return see_other(_with_next("/sign-in", following))
    if not form.validate():
        return _code_page(form, contact, following, 422)
    outcome = await actions.enter_code(session, code=form.digits, device=_device())
    if outcome.name_needed:
        return see_other(_with_next("/sign-in/name", following))
    if outcome.person is None:
        # Answered, not raised: the wrong try is counted in this transaction.
        form.add_problems({"code": [_(outcome.problem)]})
        return _code_page(form, contact, following, 422)
    return await _start(request, session, outcome.person, following)


@post("/sign-in/code/resend", opt=access.PUBLIC, status_code=200)
async def resend_code(session: NamedDependency[Session], following: Next = "") -> Redirect:
    contact = await queries.asked_contact(session, _device())
    if contact is None:
        return see_other(_with_next("/sign-in", following))
    await _send_code(session, contact)
    flash(_("A new code is on its way. The earlier one has ended."))
    return see_other(_with_next("/sign-in/code", following))


@get("/sign-in/name", opt=access.PUBLIC)
async def name_form(
    reader: NamedDependency[ReadSession], following: Next = ""
) -> Template | Redirect:
    if await queries.asked_contact(reader, _device()) is None:
        return see_other(_with_next("/sign-in", following))
    form = NameForm(data={"languages": [current_language()]})
    return page("accounts/give_name.html", form=form, act=_with_next("/sign-in/name", following))


@post("/sign-in/name", opt=access.PUBLIC, status_code=200)
async def give_name(
    request: Request[Any, Any, Any], session: NamedDependency[Session], following: Next = ""
) -> Template | Redirect:
    form = NameForm(await read_form(request))
    if not form.validate():
        act = _with_next("/sign-in/name", following)
        return page("accounts/give_name.html", status=422, form=form, act=act)
    outcome = await actions.finish_registration(
        session, device=_device(), draft=form.draft(), language=current_language()
    )
    if outcome.person is None:
        flash(_(outcome.problem), "error")
        return see_other(_with_next("/sign-in", following))
    return await _start(request, session, outcome.person, following)


@post("/sign-out", opt=access.PUBLIC, status_code=200)
async def sign_out(session: NamedDependency[Session]) -> Redirect:
    await actions.forget_session(session, current_visit().session_token)
    end_session()
    return see_other("/")


handlers: list[ControllerRouterHandler] = [
    sign_in,
    ask_code,
    code_form,
    enter_code,
    resend_code,
    name_form,
    give_name,
    sign_out,
]
