"""The second step of signing in, and signing in by a passkey alone."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts import actions, queries
from app.accounts.forms import AnswerForm, PasskeyForm
from app.accounts.pages.sign_in import start
from app.accounts.pages.steps import device, site_of, with_next
from app.accounts.rules.factors import TWO_FACTORS, FactorKind
from app.db import ReadSession, Session
from app.i18n import gettext as _
from app.web import access
from app.web.answers import flash, page, see_other
from app.web.forms import read_form

Next = Annotated[str, QueryParameter(name="next")]
Browser = Request[Any, Any, Any]


async def _factor_page(
    reader: ReadSession, person_id: int, form: AnswerForm, following: str, status: int = 200
) -> Template:
    factors = await queries.factors_of(reader, person_id)
    return page(
        "accounts/second_step.html",
        status=status,
        noindex=True,
        form=form,
        has_app=any(one.kind == FactorKind.TOTP.value for one in factors),
        has_passkey=any(one.kind == FactorKind.PASSKEY.value for one in factors),
        act=with_next("/sign-in/factor", following),
        passkey=with_next("/sign-in/passkey", following),
        start=with_next("/sign-in", following),
    )


@get("/sign-in/factor", opt=access.PUBLIC)
async def show_second_step(
    reader: NamedDependency[ReadSession], following: Next = ""
) -> Template | Redirect:
    person_id = await queries.half_signed_in(reader, device())
    if person_id is None:
        return see_other(with_next("/sign-in", following))
    return await _factor_page(reader, person_id, AnswerForm(), following)


@post("/sign-in/factor", opt=access.PUBLIC, status_code=200)
async def take_second_step(
    request: Browser, session: NamedDependency[Session], following: Next = ""
) -> Template | Redirect:
    form = AnswerForm(await read_form(request))
    person_id = await queries.half_signed_in(session, device())
    if person_id is None:
        return see_other(with_next("/sign-in", following))
    if not form.validate():
        return await _factor_page(session, person_id, form, following, 422)
    outcome = await actions.finish_sign_in(session, device=device(), typed=form.typed)
    if outcome.person is None:
        form.add_problems({"code": [_(outcome.problem)]})
        return await _factor_page(session, person_id, form, following, 422)
    return await start(request, session, outcome.person, following, level=TWO_FACTORS)


@get("/sign-in/passkey", opt=access.PUBLIC)
async def show_passkey(
    request: Browser, session: NamedDependency[Session], following: Next = ""
) -> Template:
    return page(
        "accounts/use_passkey.html",
        noindex=True,
        form=PasskeyForm(),
        options=await actions.ask_passkey(session, site_of(request), device(), None),
        act=with_next("/sign-in/passkey", following),
        back=with_next("/sign-in", following),
    )


@post("/sign-in/passkey", opt=access.PUBLIC, status_code=200)
async def enter_by_passkey(
    request: Browser, session: NamedDependency[Session], following: Next = ""
) -> Redirect:
    answer = PasskeyForm(await read_form(request)).credential.data or ""
    person = await actions.prove_passkey(session, site_of(request), device(), answer)
    if person is None:
        flash(_("We do not know this passkey. Use another way."), "error")
        return see_other(with_next("/sign-in", following))
    await actions.finish_by_passkey(session, device=device(), person=person)
    return await start(request, session, person, following, level=TWO_FACTORS)


handlers: list[ControllerRouterHandler] = [
    show_second_step,
    take_second_step,
    show_passkey,
    enter_by_passkey,
]
