"""Prove a contact with a code; a new person then gives a name."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts import actions, queries
from app.accounts.forms import CodeForm, ContactInput, NameForm, SignInForm
from app.accounts.models import Person
from app.accounts.pages.steps import device, network, with_next
from app.accounts.rules import device_name, local_path
from app.accounts.rules.factors import ONE_FACTOR
from app.db import ReadSession, Session
from app.i18n import LANGUAGES, current_language
from app.i18n import gettext as _
from app.web import access
from app.web.answers import end_session, flash, page, see_other, start_session
from app.web.forms import read_form
from app.web.visit import Visitor, current_visit

INBOX = "/proposals"
Next = Annotated[str, QueryParameter(name="next")]


async def start(
    request: Request[Any, Any, Any],
    session: Session,
    person: Person,
    following: str,
    *,
    level: int = ONE_FACTOR,
) -> Redirect:
    """Open the session; whoever has a role and no second step yet goes and makes one first."""
    token = await actions.open_session(
        session,
        person.id,
        device_name(request.headers.get("user-agent", "")),
        replaces=current_visit().session_token,
        level=level,
    )
    start_session(token)
    if level == ONE_FACTOR and await queries.grants_of(session, person.id):
        return see_other(with_next("/account/factors", following))
    return see_other(local_path(following, LANGUAGES) or INBOX)


@get("/sign-in", opt=access.PUBLIC)
async def sign_in(visitor: NamedDependency[Visitor], following: Next = "") -> Template | Redirect:
    if visitor.signed_in:
        return see_other(local_path(following, LANGUAGES) or "/account")
    return _contact_page(SignInForm(), following, 200)


def _contact_page(form: SignInForm, following: str, status: int) -> Template:
    return page(
        "accounts/sign_in.html",
        status=status,
        form=form,
        act=with_next("/sign-in", following),
        passkey=with_next("/sign-in/passkey", following),
    )


@post("/sign-in", opt=access.PUBLIC, status_code=200)
async def ask_code(
    request: Request[Any, Any, Any], session: NamedDependency[Session], following: Next = ""
) -> Template | Redirect:
    form = SignInForm(await read_form(request))
    if not form.validate():
        return _contact_page(form, following, 422)
    contact = form.contact.contact
    await _send_code(session, contact)
    return see_other(with_next("/sign-in/code", following))


async def _send_code(session: Session, contact: ContactInput) -> None:
    await actions.ask_code(
        session,
        kind=contact.kind,
        value=contact.value,
        device=device(),
        language=current_language(),
        network=network(),
    )


def _code_page(form: CodeForm, contact: ContactInput, following: str, status: int) -> Template:
    return page(
        "accounts/enter_code.html",
        status=status,
        form=form,
        contact=contact,
        act=with_next("/sign-in/code", following),
        resend=with_next("/sign-in/code/resend", following),
        start=with_next("/sign-in", following),
    )


@get("/sign-in/code", opt=access.PUBLIC)
async def code_form(
    reader: NamedDependency[ReadSession], following: Next = ""
) -> Template | Redirect:
    contact = await queries.asked_contact(reader, device())
    if contact is None:
        return see_other(with_next("/sign-in", following))
    return _code_page(CodeForm(), contact, following, 200)


@post("/sign-in/code", opt=access.PUBLIC, status_code=200)
async def enter_code(
    request: Request[Any, Any, Any], session: NamedDependency[Session], following: Next = ""
) -> Template | Redirect:
    form = CodeForm(await read_form(request))
    contact = await queries.asked_contact(session, device())
    if contact is None:
        return see_other(with_next("/sign-in", following))
    if not form.validate():
        return _code_page(form, contact, following, 422)
    outcome = await actions.enter_code(session, code=form.digits, device=device())
    if outcome.name_needed or outcome.factor_needed:
        return see_other(with_next(_missing(outcome), following))
    if outcome.person is None:
        # Answered, not raised: the wrong try is counted in this transaction.
        form.add_problems({"code": [_(outcome.problem)]})
        return _code_page(form, contact, following, 422)
    return await start(request, session, outcome.person, following)


def _missing(outcome: actions.CodeOutcome) -> str:
    return "/sign-in/name" if outcome.name_needed else "/sign-in/factor"


@post("/sign-in/code/resend", opt=access.PUBLIC, status_code=200)
async def resend_code(session: NamedDependency[Session], following: Next = "") -> Redirect:
    contact = await queries.asked_contact(session, device())
    if contact is None:
        return see_other(with_next("/sign-in", following))
    await _send_code(session, contact)
    flash(_("A new code is on its way. The earlier one has ended."))
    return see_other(with_next("/sign-in/code", following))


@get("/sign-in/name", opt=access.PUBLIC)
async def name_form(
    reader: NamedDependency[ReadSession], following: Next = ""
) -> Template | Redirect:
    if await queries.asked_contact(reader, device()) is None:
        return see_other(with_next("/sign-in", following))
    form = NameForm(data={"languages": [current_language()]})
    return page("accounts/give_name.html", form=form, act=with_next("/sign-in/name", following))


@post("/sign-in/name", opt=access.PUBLIC, status_code=200)
async def give_name(
    request: Request[Any, Any, Any], session: NamedDependency[Session], following: Next = ""
) -> Template | Redirect:
    form = NameForm(await read_form(request))
    if not form.validate():
        act = with_next("/sign-in/name", following)
        return page("accounts/give_name.html", status=422, form=form, act=act)
    outcome = await actions.finish_registration(
        session, device=device(), draft=form.draft(), language=current_language()
    )
    if outcome.factor_needed:
        return see_other(with_next("/sign-in/factor", following))
    if outcome.person is None:
        flash(_(outcome.problem), "error")
        return see_other(with_next("/sign-in", following))
    return await start(request, session, outcome.person, following)


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
