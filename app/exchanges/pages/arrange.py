"""Messages, a time and a place."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import Session
from app.exchanges import actions, queries, rules
from app.exchanges.forms import MeetingForm, MessageForm
from app.exchanges.pages.exchange import exchange_page
from app.exchanges.pages.words import warning_words
from app.exchanges.queries.visits import is_first_visit
from app.i18n import gettext as _
from app.web.access import SIGNED_IN
from app.web.answers import flash, see_other
from app.web.forms import read_form


@post("/exchanges/{code:str}/send-message", opt=SIGNED_IN)
async def send_message(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Redirect | Template:
    stand = await queries.stand(session, visitor, code)
    form = MessageForm(await read_form(request))
    if not form.validate():
        return await exchange_page(session, visitor, stand, message=form)
    body = str(form.body.data).strip()
    await actions.send_message(session, stand, visitor.person_id, body)
    flash(_("Your message is sent."))
    if warning := warning_words(rules.warnings_in(body)):
        flash(warning, "warning")
    return see_other(f"/exchanges/{code}")


@post("/exchanges/{code:str}/arrange", opt=SIGNED_IN)
async def arrange(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Redirect | Template:
    stand = await queries.stand(session, visitor, code)
    form = MeetingForm(await read_form(request))
    first_visit = await is_first_visit(session, stand)
    if not form.validate() or not form.is_safe(first_visit=first_visit):
        return await exchange_page(session, visitor, stand, meeting=form)
    await actions.arrange(session, stand, form.meeting)
    flash(_("The time and place are set. The other side can see them."))
    return see_other(f"/exchanges/{code}")


handlers: list[ControllerRouterHandler] = [send_message, arrange]
