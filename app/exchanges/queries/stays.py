"""Stays as the guest and the organisation see them; the host's side reads none of this."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.accounts.rules import Visitor
from app.db import ReadSession
from app.errors import NotFoundError
from app.exchanges.models import CheckIn, Exchange, Stay
from app.exchanges.queries.stands import NO_EXCHANGE, Stand, both_posts, stand
from app.exchanges.rules import Doing, Side
from app.organisations.models import Client, Organisation
from app.posts.models import Post
from app.posts.rules import by_number, category_of
from app.proposals.models import Proposal


@dataclass(frozen=True)
class Duty:
    """Who answers for a guest, and by which phone."""

    name: str
    phone: str


@dataclass(frozen=True)
class DueCheckIn:
    """A guest whom a worker should call: silent, without internet, or asking to talk."""

    exchange: str
    path: str
    who: str  # the client's alias, else the guest's first name
    day: int
    due_at: datetime
    answer: str | None


async def plan_of(reader: ReadSession, proposal_id: int) -> Stay | None:
    """The end and the plan of a stay, once somebody wrote them."""
    return await reader.get(Stay, proposal_id, populate_existing=True)


async def guest_stand(reader: ReadSession, visitor: Visitor, code: str) -> Stand:
    """A stay as its guest sees it; for the host and all others it does not exist."""
    found = await stand(reader, visitor, code)
    if found.side is not Side.RECEIVER or not category_of(found.exchange.need).is_hosting:
        raise NotFoundError(NO_EXCHANGE)
    return found


async def desk_stay(reader: ReadSession, visitor: Visitor, code: str) -> Exchange:
    """A stay whose guest the visitor's organisation vouches for."""
    need = aliased(Post)
    found = await reader.scalar(
        select(Exchange)
        .join(need, need.id == Exchange.need_id)
        .join(Stay, Stay.exchange_id == Exchange.id)
        .where(Exchange.code == code, _is_theirs(need, list(visitor.organisation_ids)))
        .options(*both_posts(Exchange))
    )
    if found is None:
        raise NotFoundError(NO_EXCHANGE)
    return found


async def duty_of(reader: ReadSession, need: Post) -> Duty | None:
    """The organisation that vouches for the guest."""
    responsible = need.adopted_by or need.organisation_id
    found = await reader.get(Organisation, responsible) if responsible else None
    return Duty(found.name, found.phone) if found else None


async def check_ins_of(reader: ReadSession, exchange_id: int) -> Sequence[CheckIn]:
    """For the worker's page, in order."""
    rows = await reader.scalars(
        select(CheckIn).where(CheckIn.exchange_id == exchange_id).order_by(CheckIn.day)
    )
    return rows.all()


async def open_check_in(reader: ReadSession, exchange_id: int) -> CheckIn | None:
    """The newest question that is due and unanswered."""
    found: CheckIn | None = await reader.scalar(
        select(CheckIn)
        .where(
            CheckIn.exchange_id == exchange_id,
            CheckIn.answered_at.is_(None),
            CheckIn.due_at <= func.now(),
        )
        .order_by(CheckIn.day.desc())
        .limit(1)
    )
    return found


async def due_check_ins(reader: ReadSession, organisation_id: int) -> Sequence[DueCheckIn]:
    """Whom to call today, the longest waiting first."""
    need, newer = aliased(Post), aliased(CheckIn)
    is_newest = (
        ~select(newer.id)
        .where(
            newer.exchange_id == CheckIn.exchange_id,
            newer.due_at <= func.now(),
            newer.day > CheckIn.day,
        )
        .exists()
    )
    rows = await reader.execute(
        select(CheckIn, Exchange.code, Client.alias, Person.name)
        .join(Exchange, Exchange.id == CheckIn.exchange_id)
        .join(Stay, Stay.exchange_id == Exchange.id)
        .join(need, need.id == Exchange.need_id)
        .join(Person, Person.id == need.author_id)
        .outerjoin(Client, Client.id == need.client_id)
        .where(
            _is_theirs(need, [organisation_id]),
            goes_on(),
            is_newest,
            CheckIn.due_at <= func.now(),
            needs_call(),
        )
        .order_by(CheckIn.due_at, CheckIn.id)
        .limit(100)
    )
    return [
        DueCheckIn(code, f"/desk/stays/{code}", alias or name, one.day, one.due_at, one.answer)
        for one, code, alias, name in rows
    ]


def needs_call() -> ColumnElement[bool]:
    """Unanswered, or an answer of the guest that asks for a voice."""
    asks = CheckIn.answer.in_([Doing.TALK.value, Doing.UNSAFE.value])
    return or_(CheckIn.answered_at.is_(None), and_(asks, CheckIn.recorded_by.is_(None)))


def goes_on() -> ColumnElement[bool]:
    """A stay that was neither called off nor left."""
    return and_(
        Exchange.cancelled_at.is_(None), Exchange.not_done_at.is_(None), Stay.left_at.is_(None)
    )


def _is_theirs(need: type[Post], organisation_ids: Sequence[int]) -> ColumnElement[bool]:
    return or_(
        need.adopted_by.in_(organisation_ids),
        and_(need.adopted_by.is_(None), need.organisation_id.in_(organisation_ids)),
    )


async def is_plan_needed(reader: ReadSession, proposal: Proposal) -> bool:
    """True for hosting as long as nobody wrote until when and where to next."""
    hosting = by_number(proposal.need.category).is_hosting
    return hosting and await plan_of(reader, proposal.id) is None


async def must_write_plan(reader: ReadSession, visitor: Visitor, code: str) -> bool:
    """True where the visitor's yes is also the organisation's, and the plan is missing."""
    need = aliased(Post)
    proposal = await reader.scalar(
        select(Proposal)
        .join(need, need.id == Proposal.need_id)
        .where(Proposal.code == code, need.adopted_by.in_(visitor.organisation_ids))
        .options(joinedload(Proposal.need))
    )
    return proposal is not None and await is_plan_needed(reader, proposal)


async def vouched_proposal(reader: ReadSession, visitor: Visitor, code: str) -> Proposal:
    """A hosting proposal for whose guest the visitor's organisation answers."""
    need = aliased(Post)
    found = await reader.scalar(
        select(Proposal)
        .join(need, need.id == Proposal.need_id)
        .where(Proposal.code == code, need.adopted_by.in_(visitor.organisation_ids))
        .options(joinedload(Proposal.need), joinedload(Proposal.offer))
    )
    if found is None or not category_of(found.need).is_hosting:
        raise NotFoundError(NO_EXCHANGE)
    return found


async def to_record(reader: ReadSession, exchange_id: int) -> CheckIn | None:
    """The newest question that a worker may answer after a call."""
    found: CheckIn | None = await reader.scalar(
        select(CheckIn)
        .where(CheckIn.exchange_id == exchange_id, CheckIn.due_at <= func.now(), needs_call())
        .order_by(CheckIn.day.desc())
        .limit(1)
    )
    return found


async def guest_name(reader: ReadSession, need: Post) -> str:
    """The client's alias, else the guest's first name."""
    if need.client_id is None:
        return need.author.name
    alias: str | None = await reader.scalar(select(Client.alias).where(Client.id == need.client_id))
    return alias or ""


async def guest_contacts(reader: ReadSession, need: Post) -> Sequence[str]:
    """How the organisation reaches a guest who asked alone; a client is in its own file."""
    if need.client_id is not None:
        return ()
    return [one.value for one in await accounts.contacts_of(reader, need.author_id)]
