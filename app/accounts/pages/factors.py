"""Set up, see and remove the second step; recovery codes."""

from typing import Annotated, Any

import pyotp
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts import actions, queries
from app.accounts.forms import AnswerForm
from app.accounts.models import Factor
from app.accounts.pages.steps import with_next
from app.accounts.rules import Visitor, local_path
from app.accounts.rules.factors import TWO_FACTORS, spoken_recovery_code
from app.db import ReadSession, Session
from app.i18n import LANGUAGES
from app.i18n import gettext as _
from app.web import access
from app.web.answers import flash, page, see_other, start_session
from app.web.forms import read_form
from app.web.qr import qr_code
from app.web.visit import current_visit

Next = Annotated[str, QueryParameter(name="next")]
RowId = Annotated[int, PathParameter(gt=0, lt=2**62)]
Browser = Request[Any, Any, Any]
FACTORS = "/account/factors"
OWN = access.SIGNED_IN | access.FRESH


@get("/account/factors", opt=access.SIGNED_IN)
async def show_factors(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor], following: Next = ""
) -> Template:
    factors = await queries.factors_of(reader, visitor.person_id)
    return page(
        "accounts/factors.html",
        factors=factors,
        has_app=any(one.kind == "totp" for one in factors),
        needed=bool(visitor.held or visitor.grants),
        left=await queries.recovery_codes_left(reader, visitor.person_id),
        app=with_next(f"{FACTORS}/app", following),
        passkey=with_next(f"{FACTORS}/passkey", following),
        following=local_path(following, LANGUAGES),
    )


@post("/account/factors/app", opt=OWN, status_code=200)
async def begin_app(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor], following: Next = ""
) -> Template:
    return _app_page(await actions.begin_app(session, visitor.person_id), AnswerForm(), following)


def _app_page(app: Factor, form: AnswerForm, following: str, status: int = 200) -> Template:
    secret = app.secret or ""
    address = pyotp.TOTP(secret).provisioning_uri(
        name=current_visit().visitor.name, issuer_name="Solidare"
    )
    return page(
        "accounts/set_up_app.html",
        status=status,
        noindex=True,
        form=form,
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        address=address,
        drawn=qr_code(address),
        act=with_next(f"{FACTORS}/app/confirm", following),
    )


@post("/account/factors/app/confirm", opt=OWN, status_code=200)
async def confirm_app(
    request: Browser,
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    following: Next = "",
) -> Template:
    form = AnswerForm(await read_form(request))
    valid = form.validate()
    problem = await actions.confirm_app(session, visitor.person_id, form.typed) if valid else ""
    if not valid or problem:
        form.add_problems({"code": [_(problem)]} if problem else {})
        app = await actions.begin_app(session, visitor.person_id)
        return _app_page(app, form, following, 422)
    return await with_new_codes(session, visitor, following)


async def with_new_codes(session: Session, visitor: Visitor, following: str) -> Template:
    """The session is as strong as what was just proven; recovery codes are shown this once.

    The page itself answers the POST: an address or a cookie must never carry the codes.
    """
    token = current_visit().session_token
    start_session(await actions.renew_session(session, token, level=TWO_FACTORS))
    codes = await actions.renew_recovery_codes(session, visitor.person_id)
    return page(
        "accounts/recovery_codes.html",
        noindex=True,
        codes=[spoken_recovery_code(code) for code in codes],
        following=local_path(following, LANGUAGES) or FACTORS,
    )


@post("/account/factors/codes", opt=OWN, status_code=200)
async def renew_codes(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor], following: Next = ""
) -> Template | Redirect:
    if not await queries.factors_of(session, visitor.person_id):
        return see_other(FACTORS)
    return await with_new_codes(session, visitor, following)


@post("/account/factors/{factor_id:int}/remove", opt=OWN, status_code=200)
async def remove_factor(
    factor_id: RowId, session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    needed = bool(visitor.held or visitor.grants)
    await actions.remove_factor(session, visitor.person_id, factor_id, needed=needed)
    flash(_("It is removed."))
    return see_other(FACTORS)


handlers: list[ControllerRouterHandler] = [
    show_factors,
    begin_app,
    confirm_app,
    renew_codes,
    remove_factor,
]
