"""How one's account is reached: see, add, prove and remove a contact; end links in messages."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts import actions, queries
from app.accounts.forms import CodeForm, SignInForm
from app.accounts.pages.steps import device, network
from app.accounts.rules import Purpose, Visitor
from app.db import ReadSession, Session
from app.i18n import current_language
from app.i18n import gettext as _
from app.web import access
from app.web.answers import flash, page, see_other, start_session
from app.web.forms import read_form
from app.web.visit import current_visit

RowId = Annotated[int, PathParameter(gt=0, lt=2**62)]
Browser = Request[Any, Any, Any]
CONTACTS = "/account/contacts"
OWN = access.SIGNED_IN | access.FRESH


async def _contacts_page(
    reader: ReadSession, visitor: Visitor, form: SignInForm, status: int = 200
) -> Template:
    contacts = await queries.contacts_of(reader, visitor.person_id)
    return page("accounts/contacts.html", status=status, form=form, contacts=contacts)


@get("/account/contacts", opt=access.SIGNED_IN)
async def show_contacts(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    return await _contacts_page(reader, visitor, SignInForm())


@post("/account/contacts", opt=OWN, status_code=200)
async def ask_contact_code(
    request: Browser, session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Template | Redirect:
    form = SignInForm(await read_form(request))
    if not form.validate():
        return await _contacts_page(session, visitor, form, 422)
    await actions.ask_code(
        session,
        kind=form.contact.contact.kind,
        value=form.contact.contact.value,
        device=device(),
        language=current_language(),
        network=network(),
        purpose=Purpose.CONTACT,
        person_id=visitor.person_id,
    )
    return see_other(f"{CONTACTS}/code")


@get("/account/contacts/code", opt=access.SIGNED_IN)
async def show_contact_code(reader: NamedDependency[ReadSession]) -> Template | Redirect:
    asked = await queries.asked_contact(reader, device(), Purpose.CONTACT)
    if asked is None:
        return see_other(CONTACTS)
    return page("accounts/prove_contact.html", form=CodeForm(), contact=asked)


@post("/account/contacts/code", opt=OWN, status_code=200)
async def add_contact(
    request: Browser, session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Template | Redirect:
    form = CodeForm(await read_form(request))
    asked = await queries.asked_contact(session, device(), Purpose.CONTACT)
    if asked is None:
        return see_other(CONTACTS)
    problem = await _add(session, visitor, form.digits) if form.validate() else ""
    if form.errors or problem:
        form.add_problems({"code": [_(problem)]} if problem else {})
        return page("accounts/prove_contact.html", status=422, form=form, contact=asked)
    return await _changed(session, _("Your new contact is added."))


async def _add(session: Session, visitor: Visitor, code: str) -> str:
    spent = await actions.spend_code(session, code=code, device=device(), purpose=Purpose.CONTACT)
    if spent.problem or spent.contact is None:
        return spent.problem
    if spent.person_id != visitor.person_id:
        return actions.ENDED
    return await actions.add_contact(session, visitor.person_id, spent.contact)


async def _changed(session: Session, words: str) -> Redirect:
    """A change of contacts gives the device a new id."""
    start_session(await actions.renew_session(session, current_visit().session_token))
    flash(words)
    return see_other(CONTACTS)


@post("/account/contacts/{contact_id:int}/remove", opt=OWN, status_code=200)
async def remove_contact(
    contact_id: RowId, session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    await actions.remove_contact(session, visitor.person_id, contact_id)
    return await _changed(session, _("The contact is removed. We told it so."))


@post("/account/links/end", opt=access.SIGNED_IN, status_code=200)
async def end_links(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    await actions.end_links(session, visitor.person_id)
    flash(_("Links in earlier messages open nothing any more."))
    return see_other("/account")


handlers: list[ControllerRouterHandler] = [
    show_contacts,
    ask_contact_code,
    show_contact_code,
    add_contact,
    remove_contact,
    end_links,
]
