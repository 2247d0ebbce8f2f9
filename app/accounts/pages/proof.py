"""Prove once more that it is you, before what cannot be undone; then go on where you were."""

import json
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts import actions, queries
from app.accounts.forms import AnswerForm, PasskeyForm
from app.accounts.models import Contact
from app.accounts.pages.steps import device, masked, network, site_of, with_next
from app.accounts.rules import Purpose, Visitor, local_path
from app.accounts.rules.factors import TWO_FACTORS
from app.db import ReadSession, Session, transaction
from app.errors import NotFoundError, ProofNeededError
from app.i18n import LANGUAGES, current_language
from app.i18n import gettext as _
from app.web import access, csrf
from app.web.answers import flash, page, see_other, start_session
from app.web.forms import read_form
from app.web.visit import current_visit

Next = Annotated[str, QueryParameter(name="next")]
Browser = Request[Any, Any, Any]
PROOF = "/account/proof"


async def ask_for_proof(request: Browser) -> Redirect | None:
    """Lead to the proof where a handler wants a fresh one; what was typed waits meanwhile."""
    if not access.lacks_proof(request.route_handler):
        return None
    if request.method == "GET":
        raise ProofNeededError("Prove once more that it is you.")
    form = await read_form(request)
    typed = [
        (name, value)
        for name, value in form.multi_items()
        if name not in (csrf.FIELD, csrf.KEY) and isinstance(value, str)
    ]
    visit = current_visit()
    async with transaction(request.app.state.maker, visit.visitor.person_id) as session:
        await actions.keep_form(session, visit.visitor.session_id, visit.path, json.dumps(typed))
    return see_other(f"{PROOF}?next={PROOF}/continue")


async def _proof_page(
    reader: ReadSession, visitor: Visitor, form: AnswerForm, following: str, status: int = 200
) -> Template:
    factors = await queries.factors_of(reader, visitor.person_id)
    contacts = await queries.contacts_of(reader, visitor.person_id)
    asked = await queries.asked_contact(reader, device(), Purpose.PROOF)
    return page(
        "accounts/proof.html",
        status=status,
        noindex=True,
        form=form,
        factors=factors,
        passkeys=[one for one in factors if one.kind == "passkey"],
        contacts=[(one.id, masked(one.kind, one.value)) for one in contacts],
        sent_to=masked(asked.kind, asked.value) if asked else "",
        act=with_next(PROOF, following),
        send=with_next(f"{PROOF}/send", following),
        passkey=with_next(f"{PROOF}/passkey", following),
    )


@get("/account/proof", opt=access.SIGNED_IN)
async def show_proof(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor], following: Next = ""
) -> Template:
    return await _proof_page(reader, visitor, AnswerForm(), following)


@post("/account/proof/send", opt=access.SIGNED_IN, status_code=200)
async def send_proof_code(
    request: Browser,
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    following: Next = "",
) -> Redirect:
    chosen = str((await read_form(request)).get("contact", ""))
    contacts = await queries.contacts_of(session, visitor.person_id)
    if not contacts:
        raise NotFoundError("No phone number or e-mail address is proven yet.")
    contact = next((one for one in contacts if str(one.id) == chosen), contacts[0])
    await _send(session, visitor, contact)
    return see_other(with_next(PROOF, following))


async def _send(session: Session, visitor: Visitor, contact: Contact) -> None:
    await actions.ask_code(
        session,
        kind=contact.kind,
        value=contact.value,
        device=device(),
        language=current_language(),
        network=network(),
        purpose=Purpose.PROOF,
        person_id=visitor.person_id,
    )


@post("/account/proof", opt=access.SIGNED_IN, status_code=200)
async def give_proof(
    request: Browser,
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    following: Next = "",
) -> Template | Redirect:
    form = AnswerForm(await read_form(request))
    valid = form.validate()
    problem = await _problem(session, visitor, form.typed) if valid else ""
    if not valid or problem:
        form.add_problems({"code": [_(problem)]} if problem else {})
        return await _proof_page(session, visitor, form, following, 422)
    return await _go_on(session, visitor, following)


async def _problem(session: Session, visitor: Visitor, typed: str) -> str:
    """Whoever has a second step proves it; everybody else a contact."""
    if await queries.factors_of(session, visitor.person_id):
        return await actions.prove_factor(session, visitor.person_id, typed)
    spent = await actions.spend_code(session, code=typed, device=device(), purpose=Purpose.PROOF)
    if not spent.problem and spent.person_id != visitor.person_id:
        raise NotFoundError("There is no such code.")
    return spent.problem


async def _go_on(session: Session, visitor: Visitor, following: str) -> Redirect:
    has_factor = bool(await queries.factors_of(session, visitor.person_id))
    level = TWO_FACTORS if has_factor else None
    token = current_visit().session_token
    start_session(await actions.renew_session(session, token, level=level))
    return see_other(local_path(following, LANGUAGES) or "/account")


@get("/account/proof/passkey", opt=access.SIGNED_IN)
async def show_proof_passkey(
    request: Browser,
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    following: Next = "",
) -> Template:
    options = await actions.ask_passkey(session, site_of(request), device(), visitor.person_id)
    return page(
        "accounts/use_passkey.html",
        noindex=True,
        form=PasskeyForm(),
        options=options,
        act=with_next(f"{PROOF}/passkey", following),
        back=with_next(PROOF, following),
    )


@post("/account/proof/passkey", opt=access.SIGNED_IN, status_code=200)
async def prove_passkey(
    request: Browser,
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    following: Next = "",
) -> Redirect:
    form = PasskeyForm(await read_form(request))
    person = await actions.prove_passkey(
        session, site_of(request), device(), form.credential.data or ""
    )
    if person is None or person.id != visitor.person_id:
        flash(_("We do not know this passkey. Use another way."), "error")
        return see_other(with_next(PROOF, following))
    return await _go_on(session, visitor, following)


@get("/account/proof/continue", opt=access.SIGNED_IN | access.FRESH)
async def continue_where_i_was(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template | Redirect:
    kept = await queries.kept_form(reader, visitor.session_id)
    if kept is None:
        flash(_("Thank you. Now do it once more."))
        return see_other("/account")
    path, typed = kept
    return page("accounts/go_on.html", noindex=True, act=path, fields=json.loads(typed))


handlers: list[ControllerRouterHandler] = [
    show_proof,
    send_proof_code,
    give_proof,
    show_proof_passkey,
    prove_passkey,
    continue_where_i_was,
]
