"""The inbox, and answering in two taps: from the inbox, or from a message without signing in."""

from typing import Literal

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import ReadSession, Session
from app.i18n import gettext as _
from app.posts.pages import words
from app.proposals import actions, queries
from app.proposals.rules import Stand, side_of
from app.web.access import PUBLIC, SIGNED_IN
from app.web.answers import flash, page, see_other

Answer = Literal["accept", "decline"]
DECLINED = "You said no. Nobody asks you why."
QUESTION = {
    "accept": "proposals/confirm_accept.html",
    "decline": "proposals/confirm_decline.html",
}
MAY_ANSWER = {
    "accept": frozenset({Stand.TO_ANSWER}),
    "decline": frozenset({Stand.TO_ANSWER, Stand.WAITING}),
}


async def _show(session: Session, visitor: Visitor, code: str, here: str) -> Template:
    proposal = await queries.proposal_by_code(session, visitor, code)
    side = side_of(visitor, proposal)
    if side is not None:
        await actions.mark_seen(session, proposal, side)
    card = await queries.read_card(session, visitor, proposal)
    return page("proposals/proposal.html", card=card, here=here, words=words)


async def _ask(
    reader: ReadSession, visitor: Visitor, code: str, here: str, answer: Answer
) -> Template | Redirect:
    """The page with the one button that acts; a stale answer goes back to the proposal."""
    proposal = await queries.proposal_by_code(reader, visitor, code)
    card = await queries.read_card(reader, visitor, proposal)
    if card.stand not in MAY_ANSWER[answer]:
        return see_other(here)
    return page(QUESTION[answer], card=card, here=here, words=words)


async def _decline(session: Session, visitor: Visitor, code: str) -> None:
    proposal = await queries.proposal_by_code(session, visitor, code)
    side = side_of(visitor, proposal)
    if side is not None:
        await actions.decline(session, proposal, side)
    flash(_(DECLINED))


@get("/proposals", opt=SIGNED_IN)
async def inbox(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    return page("proposals/inbox.html", inbox=await queries.inbox(reader, visitor), words=words)


@get("/proposals/{code:str}", opt=SIGNED_IN)
async def proposal(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Template:
    return await _show(session, visitor, code, f"/proposals/{code}")


@get("/proposals/{code:str}/confirm", opt=SIGNED_IN)
async def confirm(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
    answer: FromQuery[Answer],
) -> Template | Redirect:
    return await _ask(reader, visitor, code, f"/proposals/{code}", answer)


@post("/proposals/{code:str}/decline", opt=SIGNED_IN)
async def decline(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Redirect:
    await _decline(session, visitor, code)
    return see_other("/proposals")


@get("/p/{token:str}", opt=PUBLIC)
async def proposal_by_link(session: NamedDependency[Session], token: FromPath[str]) -> Template:
    person, code = await queries.link_visitor(session, token)
    return await _show(session, person, code, f"/p/{token}")


@get("/p/{token:str}/confirm", opt=PUBLIC)
async def confirm_by_link(
    reader: NamedDependency[ReadSession], token: FromPath[str], answer: FromQuery[Answer]
) -> Template | Redirect:
    person, code = await queries.link_visitor(reader, token)
    return await _ask(reader, person, code, f"/p/{token}", answer)


@post("/p/{token:str}/decline", opt=PUBLIC)
async def decline_by_link(session: NamedDependency[Session], token: FromPath[str]) -> Redirect:
    person, code = await queries.link_visitor(session, token)
    await _decline(session, person, code)
    return see_other(f"/p/{token}")


handlers: list[ControllerRouterHandler] = [
    inbox,
    proposal,
    confirm,
    decline,
    proposal_by_link,
    confirm_by_link,
    decline_by_link,
]
