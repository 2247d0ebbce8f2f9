"""Did it happen? Asked on a page with three buttons, signed in or from a message."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import ReadSession, Session
from app.exchanges import actions, queries, rules
from app.exchanges.forms import SayForm
from app.exchanges.pages.words import answer_flash, next_step, status_tag
from app.exchanges.queries import Stand
from app.notifications.rules import LinkPurpose
from app.proposals.queries import link_visitor
from app.web.access import PUBLIC, SIGNED_IN
from app.web.answers import flash, page, see_other
from app.web.forms import read_form


def _question(stand: Stand, action: str, form: SayForm | None = None) -> Template:
    return page(
        "exchanges/confirm.html",
        status=422 if form else 200,
        stand=stand,
        exchange=stand.exchange,
        is_open=rules.is_open(stand.exchange),
        tag=status_tag(stand),
        next_step=next_step(stand),
        action=action,
        form=form or SayForm(),
    )


async def _answer(
    request: Request[Any, Any, Any],
    session: Session,
    person: Visitor,
    code: str,
    ways: tuple[str, str],
) -> Redirect | Template:
    """Answer, then go to the second way; what cannot be read comes back with the first."""
    stand = await queries.stand(session, person, code)
    form = SayForm(await read_form(request))
    if not form.validate():
        return _question(stand, ways[0], form)
    said = form.said
    await actions.say(session, stand, person.person_id, said)
    flash(answer_flash(stand, said.answer))
    return see_other(ways[1])


@get("/exchanges/{code:str}/confirm", opt=SIGNED_IN)
async def confirm(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Template:
    stand = await queries.stand(reader, visitor, code)
    return _question(stand, f"/exchanges/{code}/say")


@post("/exchanges/{code:str}/say", opt=SIGNED_IN)
async def say(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Redirect | Template:
    ways = f"/exchanges/{code}/say", f"/exchanges/{code}"
    return await _answer(request, session, visitor, code, ways)


@get("/x/{token:str}", opt=PUBLIC)
async def confirm_by_link(reader: NamedDependency[ReadSession], token: FromPath[str]) -> Template:
    person, code = await link_visitor(reader, token, LinkPurpose.EXCHANGE)
    return _question(await queries.stand(reader, person, code), f"/x/{token}/say")


@post("/x/{token:str}/say", opt=PUBLIC)
async def say_by_link(
    request: Request[Any, Any, Any], session: NamedDependency[Session], token: FromPath[str]
) -> Redirect | Template:
    person, code = await link_visitor(session, token, LinkPurpose.EXCHANGE)
    return await _answer(request, session, person, code, (f"/x/{token}/say", f"/x/{token}"))


handlers: list[ControllerRouterHandler] = [confirm, say, confirm_by_link, say_by_link]
