"""Make a passkey: the one page that needs a script, with the app beside it for who has none."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts import actions, queries
from app.accounts.forms import PasskeyForm
from app.accounts.pages.factors import FACTORS, OWN, with_new_codes
from app.accounts.pages.steps import device, site_of, with_next
from app.accounts.rules import Visitor, clean_name, device_name, local_path
from app.accounts.rules.factors import TWO_FACTORS
from app.db import Session
from app.i18n import LANGUAGES
from app.i18n import gettext as _
from app.web.answers import flash, page, see_other, start_session
from app.web.forms import read_form
from app.web.visit import current_visit

Next = Annotated[str, QueryParameter(name="next")]
Browser = Request[Any, Any, Any]


@get("/account/factors/passkey", opt=OWN)
async def show_new_passkey(
    request: Browser,
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    following: Next = "",
) -> Template:
    named = device_name(request.headers.get("user-agent", ""))
    options = await actions.offer_passkey(session, site_of(request), visitor.person_id, device())
    return page(
        "accounts/make_passkey.html",
        noindex=True,
        form=PasskeyForm(data={"label": "" if named == "?" else named}),
        options=options,
        act=with_next(f"{FACTORS}/passkey", following),
        app=with_next(f"{FACTORS}/app", following),
    )


@post("/account/factors/passkey", opt=OWN, status_code=200)
async def make_passkey(
    request: Browser,
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    following: Next = "",
) -> Template | Redirect:
    form = PasskeyForm(await read_form(request))
    first = not await queries.factors_of(session, visitor.person_id)
    problem = await _keep(request, session, visitor, form)
    if problem:
        flash(_(problem), "error")
        return see_other(with_next(FACTORS, following))
    if first:
        return await with_new_codes(session, visitor, following)
    return await _added(session, following)


async def _keep(request: Browser, session: Session, visitor: Visitor, form: PasskeyForm) -> str:
    return await actions.add_passkey(
        session,
        site_of(request),
        visitor.person_id,
        device=device(),
        answer=form.credential.data or "",
        label=clean_name(form.label.data or ""),
    )


async def _added(session: Session, following: str) -> Redirect:
    token = current_visit().session_token
    start_session(await actions.renew_session(session, token, level=TWO_FACTORS))
    flash(_("Your passkey is added."))
    return see_other(local_path(following, LANGUAGES) or FACTORS)


handlers: list[ControllerRouterHandler] = [show_new_passkey, make_passkey]
