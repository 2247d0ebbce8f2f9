"""Tokens for one's own programs: made, shown once, taken back."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts import actions, queries
from app.accounts.forms import TokenForm
from app.accounts.rules import Visitor, clean_name
from app.db import ReadSession, Session
from app.i18n import gettext as _
from app.web import access
from app.web.answers import flash, page, see_other
from app.web.forms import read_form

RowId = Annotated[int, PathParameter(gt=0, lt=2**62)]


async def _tokens_page(
    reader: ReadSession, visitor: Visitor, form: TokenForm, *, token: str = "", status: int = 200
) -> Template:
    tokens = await queries.tokens_of(reader, visitor.person_id)
    return page("accounts/tokens.html", status=status, form=form, tokens=tokens, token=token)


@get("/account/tokens", opt=access.SIGNED_IN)
async def tokens(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    return await _tokens_page(reader, visitor, TokenForm())


@post("/account/tokens", opt=access.SIGNED_IN | access.FRESH, status_code=200)
async def issue_token(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Template:
    form = TokenForm(await read_form(request))
    if not form.validate():
        return await _tokens_page(session, visitor, form, status=422)
    label = clean_name(form.label.data or "")
    token = await actions.issue_token(session, visitor.person_id, label, form.scopes)
    # The page itself answers the POST: an address or a cookie must never carry the token.
    return await _tokens_page(session, visitor, TokenForm(), token=token)


@post("/account/tokens/{token_id:int}/revoke", opt=access.SIGNED_IN, status_code=200)
async def revoke_token(
    token_id: RowId,
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect:
    await actions.revoke_token(session, visitor.person_id, token_id)
    flash(_("The token is taken back. Programs that use it are stopped."))
    return see_other("/account/tokens")


handlers: list[ControllerRouterHandler] = [tokens, issue_token, revoke_token]
