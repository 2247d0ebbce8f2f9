"""Proposals for programs: what waits, one of them, and saying no; yes belongs to exchanges."""

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import ReadSession, Session
from app.proposals import actions, queries
from app.proposals.queries import Card
from app.proposals.rules import Side, Stand, side_of
from app.territories.rules import DistanceBucket
from app.web.access import SIGNED_IN
from app.web.api import Listing, PageNumber, once


class ProposalShown(msgspec.Struct):
    """One proposal as one side may see it: `stand` says whose turn it is.

    `distance` is a step, never a number; `reasons` and `doubts` are sentences in the language of
    the request. `post` is the path of the reader's own post.
    """

    code: str
    side: Side
    stand: Stand
    category: str
    post: str
    with_name: str
    municipality_fr: str
    municipality_nl: str
    distance: DistanceBucket | None
    far: bool
    languages: list[str]
    units: int
    unit: str
    day: date | None
    vouched_by: str | None
    other_said_yes: bool
    reasons: list[str]
    doubts: list[str]
    answer_by: datetime
    proposed_at: datetime


def shown(card: Card) -> ProposalShown:
    return ProposalShown(
        code=card.code,
        side=card.side,
        stand=card.stand,
        category=card.category.code,
        post=card.own_path,
        with_name=card.other_name,
        municipality_fr=card.place.name_fr,
        municipality_nl=card.place.name_nl,
        distance=card.bucket,
        far=card.far,
        languages=list(card.languages),
        units=card.units,
        unit=card.unit,
        day=card.day,
        vouched_by=card.vouched_by,
        other_said_yes=card.other_said_yes,
        reasons=list(card.reasons),
        doubts=list(card.doubts),
        answer_by=card.answer_by,
        proposed_at=card.proposed_at,
    )


@get("/api/v1/proposals", opt=SIGNED_IN, summary="What was put before you, newest first")
async def list_proposals(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    page: PageNumber = 1,
) -> Listing[ProposalShown]:
    found = await queries.own_proposals(reader, visitor, page)
    cards = [shown(card) for card in found.items]
    return Listing(cards, page=found.number, pages=found.last, total=found.total)


@get("/api/v1/proposals/{code:str}", opt=SIGNED_IN, summary="One proposal")
async def read_proposal(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> ProposalShown:
    proposal = await queries.proposal_by_code(session, visitor, code)
    side = side_of(visitor, proposal)
    if side is not None:
        await actions.mark_seen(session, proposal, side)
    return shown(await queries.read_card(session, visitor, proposal))


@post("/api/v1/proposals/{code:str}/decline", opt=SIGNED_IN, status_code=200, summary="Say no")
async def decline_proposal(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> ProposalShown:
    proposal = await queries.proposal_by_code(session, visitor, code)

    async def act() -> ProposalShown:
        side = side_of(visitor, proposal)
        if side is not None:
            await actions.decline(session, proposal, side)
        return shown(await queries.read_card(session, visitor, proposal))

    return await once(request, session, ProposalShown, act)


handlers: list[ControllerRouterHandler] = [list_proposals, read_proposal, decline_proposal]
