"""Exchanges for programs: the same drafts, rules and acts as the pages."""

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import ReadSession, Session
from app.exchanges import actions, queries, rules
from app.exchanges.forms import read_body, read_meeting, read_plan, read_said
from app.exchanges.models import Message
from app.exchanges.queries import Stand, stays
from app.exchanges.rules import Answer, Company, Side, Status, Warn
from app.web.access import SIGNED_IN
from app.web.api import Listing, PageNumber, Received, once


class AcceptAnswer(msgspec.Struct):
    """`exchange` is the code of the exchange that opened, or null while others must answer."""

    proposal: str
    exchange: str | None


class ExchangeSummary(msgspec.Struct):
    """One exchange as one of its sides sees it, without anybody's contacts or words."""

    code: str
    side: Side
    status: Status
    category: str
    with_name: str
    units: int
    unit: str
    day: date | None
    agreed_at: datetime
    meeting_at: datetime | None
    said: Answer | None
    other_said: Answer | None


class ContactShown(msgspec.Struct):
    field: str
    value: str


class MessageShown(msgspec.Struct):
    side: Side
    body: str
    sent_at: datetime


class ExchangeDetail(msgspec.Struct):
    """Contacts stand here while they are released; each reading is logged."""

    exchange: ExchangeSummary
    meeting_place: str | None
    contacts: list[ContactShown]
    messages: list[MessageShown]
    ledger_entry: int | None


class NewMessage(Received):
    body: str


class NewMeeting(Received):
    """The first visit of two people names its `company`: a public place or a third person."""

    at: datetime
    place: str = ""
    company: Company | None = None


class NewAnswer(Received):
    answer: Answer
    thanks: str = ""


class NewPlan(Received):
    """Until when a guest stays and where they go next; before the organisation's yes."""

    ends_on: date
    move_on: str


class StayPlan(msgspec.Struct):
    proposal: str
    ends_on: date


class MessageSent(msgspec.Struct):
    """`warnings` name wording that deserves care; the message is sent all the same."""

    id: int
    warnings: list[Warn]


def _summary(stand: Stand) -> ExchangeSummary:
    exchange = stand.exchange
    return ExchangeSummary(
        code=exchange.code,
        side=stand.side,
        status=rules.status(exchange),
        category=stand.category.code,
        with_name=stand.other_name,
        units=exchange.units,
        unit=exchange.offer.unit,
        day=exchange.day,
        agreed_at=exchange.agreed_at,
        meeting_at=exchange.meeting_at,
        said=Answer(stand.said) if stand.said else None,
        other_said=Answer(stand.other_said) if stand.other_said else None,
    )


def _message(message: Message) -> MessageShown:
    return MessageShown(Side(message.side), message.body, message.sent_at)


@post("/api/v1/proposals/{code:str}/accept", opt=SIGNED_IN, status_code=200, summary="Say yes")
async def accept_proposal(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> AcceptAnswer:
    await queries.proposal_for(session, visitor, code)

    async def act() -> AcceptAnswer:
        accepted = await actions.accept(session, visitor, code)
        return AcceptAnswer(code, accepted.exchange.code if accepted.exchange else None)

    return await once(request, session, AcceptAnswer, act)


@post(
    "/api/v1/proposals/{code:str}/plan",
    opt=SIGNED_IN,
    status_code=200,
    summary="Write the end and the plan of a stay",
)
async def plan_stay(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
    data: JSONBody[NewPlan],
) -> StayPlan:
    await stays.vouched_proposal(session, visitor, code)

    async def act() -> StayPlan:
        plan = read_plan(data.ends_on, data.move_on)
        await actions.write_plan(session, visitor, code, plan)
        return StayPlan(code, plan.ends_on)

    return await once(request, session, StayPlan, act)


@get("/api/v1/exchanges", opt=SIGNED_IN, summary="Your exchanges, newest first")
async def list_exchanges(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    page: PageNumber = 1,
) -> Listing[ExchangeSummary]:
    found = await queries.stands(reader, visitor, page)
    items = [_summary(stand) for stand in found.items]
    return Listing(items, found.number, found.last, found.total)


@get(
    "/api/v1/exchanges/{code:str}",
    opt=SIGNED_IN,
    summary="One exchange with its messages and released contacts",
)
async def get_exchange(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> ExchangeDetail:
    stand = await queries.stand(session, visitor, code)
    contacts = await actions.read_contacts(session, stand, visitor.person_id)
    messages = await queries.messages_of(session, stand.exchange.id)
    return ExchangeDetail(
        exchange=_summary(stand),
        meeting_place=await queries.meeting_place(session, stand),
        contacts=[ContactShown(one.field, one.value) for one in contacts],
        messages=[_message(one) for one in messages],
        ledger_entry=await queries.entry_number(session, stand.exchange),
    )


@post("/api/v1/exchanges/{code:str}/messages", opt=SIGNED_IN, summary="Write to the other side")
async def send_exchange_message(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
    data: JSONBody[NewMessage],
) -> MessageSent:
    stand = await queries.stand(session, visitor, code)

    async def act() -> MessageSent:
        body = read_body(data.body)
        message = await actions.send_message(session, stand, visitor.person_id, body)
        return MessageSent(message.id, list(rules.warnings_in(body)))

    return await once(request, session, MessageSent, act)


@post(
    "/api/v1/exchanges/{code:str}/arrange",
    opt=SIGNED_IN,
    status_code=200,
    summary="Say when and where you meet",
)
async def arrange_exchange(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
    data: JSONBody[NewMeeting],
) -> ExchangeSummary:
    stand = await queries.stand(session, visitor, code)

    async def act() -> ExchangeSummary:
        await actions.arrange(session, stand, read_meeting(data.at, data.place, data.company))
        return _summary(stand)

    return await once(request, session, ExchangeSummary, act)


@post("/api/v1/exchanges/{code:str}/cancel", opt=SIGNED_IN, status_code=200, summary="Call it off")
async def cancel_exchange(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> ExchangeSummary:
    stand = await queries.stand(session, visitor, code)

    async def act() -> ExchangeSummary:
        await actions.cancel(session, stand)
        return _summary(stand)

    return await once(request, session, ExchangeSummary, act)


@post(
    "/api/v1/exchanges/{code:str}/say",
    opt=SIGNED_IN,
    status_code=200,
    summary="Say whether it happened",
)
async def say_exchange(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
    data: JSONBody[NewAnswer],
) -> ExchangeSummary:
    stand = await queries.stand(session, visitor, code)

    async def act() -> ExchangeSummary:
        said = read_said(data.answer, data.thanks)
        await actions.say(session, stand, visitor.person_id, said)
        return _summary(stand)

    return await once(request, session, ExchangeSummary, act)


handlers: list[ControllerRouterHandler] = [
    accept_proposal,
    plan_stay,
    list_exchanges,
    get_exchange,
    send_exchange_message,
    arrange_exchange,
    cancel_exchange,
    say_exchange,
]
