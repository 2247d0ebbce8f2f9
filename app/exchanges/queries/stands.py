"""Exchanges as their two sides see them, and as the ledger must find them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.accounts import queries as accounts
from app.accounts.models import RoleGrant
from app.accounts.rules import Visitor, may_work_for
from app.clock import local
from app.db import ReadSession
from app.errors import NotFoundError
from app.exchanges.models import Exchange, Message
from app.exchanges.rules import CONTACTS_STAY, MOST_MESSAGES, Side, Voice
from app.i18n import gettext, sentence
from app.ledger.models import Entry
from app.ledger.rules import LARGE_ENOUGH, Kind
from app.organisations.models import Mandate, Organisation
from app.paging import PAGE_SIZE, Page, offset
from app.posts.models import Post, PostWindow
from app.posts.queries import has_mandate
from app.posts.rules import Category, by_number, owns
from app.proposals.models import Proposal
from app.territories.models import Place

NO_EXCHANGE = sentence("There is no such exchange, or it is not yours.")
NO_PROPOSAL = sentence("There is no such proposal, or it is not yours.")


@dataclass(frozen=True)
class Stand:
    """An exchange seen from one of its two sides."""

    exchange: Exchange
    side: Side

    @property
    def own_post(self) -> Post:
        return self.exchange.offer if self.side is Side.GIVER else self.exchange.need

    @property
    def other_post(self) -> Post:
        return self.exchange.need if self.side is Side.GIVER else self.exchange.offer

    @property
    def other_name(self) -> str:
        return name_of(self.other_post)

    @property
    def category(self) -> Category:
        return by_number(self.exchange.need.category)

    @property
    def said(self) -> str | None:
        one = self.exchange
        return one.giver_said if self.side is Side.GIVER else one.receiver_said

    @property
    def other_said(self) -> str | None:
        one = self.exchange
        return one.receiver_said if self.side is Side.GIVER else one.giver_said


def name_of(post: Post) -> str:
    """How the other side may call whoever stands behind a post."""
    if post.organisation is not None:
        return post.organisation.name
    # Whoever was erased has no name any more.
    return post.author.name or gettext("Someone")


def both_posts(of: Any) -> list[ORMOption]:  # noqa: ANN401 - the need and offer of either model
    """Loads the two posts with their authors and organisations, and where the need is."""
    return [
        joinedload(of.need).options(
            joinedload(Post.author), joinedload(Post.organisation), joinedload(Post.place)
        ),
        joinedload(of.offer).options(joinedload(Post.author), joinedload(Post.organisation)),
    ]


def _mine(post: type[Post], visitor: Visitor) -> ColumnElement[bool]:
    return or_(
        and_(post.organisation_id.is_(None), post.author_id == visitor.person_id),
        post.organisation_id.in_(visitor.organisation_ids),
    )


def _stands_of(visitor: Visitor) -> Select[Exchange]:
    """Exchanges of which the visitor is one side: nobody else's are ever read."""
    need, offer = aliased(Post), aliased(Post)
    return (
        select(Exchange)
        .join(need, need.id == Exchange.need_id)
        .join(offer, offer.id == Exchange.offer_id)
        .where(or_(_mine(need, visitor), _mine(offer, visitor)))
        .options(*both_posts(Exchange))
    )


def _stand(exchange: Exchange, visitor: Visitor) -> Stand:
    side = Side.GIVER if owns(visitor, exchange.offer) else Side.RECEIVER
    return Stand(exchange, side)


async def stand(reader: ReadSession, visitor: Visitor, code: str) -> Stand:
    """One exchange of the visitor's own, or `NotFoundError` for everybody else."""
    found = await reader.scalar(_stands_of(visitor).where(Exchange.code == code))
    if found is None:
        raise NotFoundError(NO_EXCHANGE)
    return _stand(found, visitor)


async def stands(reader: ReadSession, visitor: Visitor, page: int = 1) -> Page[Stand]:
    """The visitor's exchanges, newest first."""
    page = min(max(1, page), 10_000)
    mine = _stands_of(visitor)
    ids = mine.with_only_columns(Exchange.id).order_by(None)
    total = await reader.scalar(select(func.count()).select_from(ids.subquery())) or 0
    rows = await reader.scalars(
        mine.order_by(Exchange.id.desc()).limit(PAGE_SIZE).offset(offset(page))
    )
    return Page([_stand(row, visitor) for row in rows], page, total)


async def own_meetings(reader: ReadSession, visitor: Visitor) -> Sequence[Stand]:
    """Where a time is agreed and nothing has ended it, the next ones last."""
    rows = await reader.scalars(
        _stands_of(visitor)
        .where(Exchange.meeting_at > func.now() - CONTACTS_STAY)
        .order_by(Exchange.meeting_at)
        .limit(PAGE_SIZE * 5)
    )
    return [_stand(row, visitor) for row in rows]


async def messages_of(reader: ReadSession, exchange_id: int) -> Sequence[Message]:
    """The newest messages, oldest first."""
    rows = await reader.scalars(
        select(Message)
        .where(Message.exchange_id == exchange_id)
        .order_by(Message.id.desc())
        .limit(MOST_MESSAGES)
    )
    return rows.all()[::-1]


async def message_count(reader: ReadSession, exchange_id: int) -> int:
    """How often the sides wrote to each other."""
    found = await reader.scalar(
        select(func.count()).select_from(Message).where(Message.exchange_id == exchange_id)
    )
    return found or 0


async def entry_number(reader: ReadSession, exchange: Exchange) -> int | None:
    """Where a completed exchange stands in the ledger, for its two sides alone."""
    if exchange.completed_at is None:
        return None
    return await reader.scalar(
        select(Entry.id).where(
            Entry.reference == exchange.reference, Entry.kind == Kind.EXCHANGE.value
        )
    )


async def proposal_for(reader: ReadSession, visitor: Visitor, code: str) -> Proposal:
    """A proposal that the visitor may answer, as a side or for the vouching organisation."""
    need, offer = aliased(Post), aliased(Post)
    found = await reader.scalar(
        select(Proposal)
        .join(need, need.id == Proposal.need_id)
        .join(offer, offer.id == Proposal.offer_id)
        .where(Proposal.code == code)
        .where(
            or_(
                _mine(need, visitor),
                _mine(offer, visitor),
                need.adopted_by.in_(visitor.organisation_ids),
            )
        )
    )
    if found is None:
        raise NotFoundError(NO_PROPOSAL)
    return found


async def meeting_place(reader: ReadSession, stand: Stand) -> str | None:
    """Where they agreed to meet, as long as contacts may be seen."""
    if stand.own_post.held_at is not None:
        return None
    ended = func.coalesce(Exchange.completed_at, Exchange.unconfirmed_at)
    found: str | None = await reader.scalar(
        select(Exchange.meeting_place).where(
            Exchange.id == stand.exchange.id,
            or_(ended.is_(None), ended > func.now() - CONTACTS_STAY),
        )
    )
    return found


async def may_meet(reader: ReadSession, pairing: Proposal | Exchange) -> bool:
    """False where either author or organisation is stopped or gone, or one blocked the other."""
    one, other = pairing.need.author, pairing.offer.author
    if any(person.suspended_at or person.erased_at for person in (one, other)):
        return False
    if await _is_stopped(reader, pairing):
        return False
    return not await reader.scalar(select(accounts.blocked(literal(one.id), literal(other.id))))


async def is_allowed(reader: ReadSession, need: Post) -> bool:
    """False where it stands for a client who allows it no longer."""
    if need.client_id is None:
        return True
    return await has_mandate(reader, need.client_id, need.organisation_id, need.category)


async def _is_stopped(reader: ReadSession, pairing: Proposal | Exchange) -> bool:
    """True where an organisation that speaks or vouches for either side may not work now."""
    behind = {
        organisation_id
        for post in (pairing.need, pairing.offer)
        for organisation_id in (post.organisation_id, post.adopted_by)
    }
    stopped = await reader.scalar(
        select(Organisation.id)
        .where(
            Organisation.id.in_(behind - {None}),
            or_(Organisation.suspended_at.is_not(None), Organisation.closed_at.is_not(None)),
        )
        .limit(1)
    )
    return stopped is not None


def voices_of(visitor: Visitor, proposal: Proposal) -> frozenset[Voice]:
    """Whose yes the visitor can give; a caseworker may speak for client and organisation."""
    need = proposal.need
    may = {
        Voice.NEED: owns(visitor, need),
        Voice.OFFER: owns(visitor, proposal.offer),
        Voice.ORGANISATION: may_work_for(visitor, need.adopted_by),
    }
    return frozenset(voice for voice, allowed in may.items() if allowed)


async def workers_of(reader: ReadSession, organisation_id: int | None) -> Sequence[int]:
    """People who work for an organisation."""
    rows = await reader.scalars(
        select(RoleGrant.person_id).distinct().where(accounts.works_for(organisation_id))
    )
    return rows.all()


async def may_release_desk(reader: ReadSession, client_id: int) -> bool:
    """False where the client's newest valid mandate keeps even the desk's phone back."""
    said = await reader.scalar(
        select(Mandate.contact_release)
        .where(
            Mandate.client_id == client_id,
            Mandate.revoked_at.is_(None),
            Mandate.expires_at > func.now(),
        )
        .order_by(Mandate.id.desc())
        .limit(1)
    )
    return said is not False


async def last_day(reader: ReadSession, proposal: Proposal) -> date | None:
    """The local day after which the help should have happened, where one is known."""
    if proposal.day is not None:
        return proposal.day
    ends = await reader.scalar(
        select(func.min(PostWindow.ends_at)).where(
            PostWindow.post_id == proposal.need_id,
            PostWindow.rule.is_(None),
            PostWindow.ends_at > func.now(),
        )
    )
    return local(ends).date() if ends else proposal.need.latest_by


async def completed_in(reader: ReadSession, commune: str) -> int:
    """Completed exchanges whose need was in a commune, counted until they can hide each other."""
    some = (
        select(Exchange.id)
        .join(Post, Post.id == Exchange.need_id)
        .join(Place, Place.id == Post.place_id)
        .where(Place.nis == commune, Exchange.completed_at.is_not(None))
        .limit(LARGE_ENOUGH)
    )
    return await reader.scalar(select(func.count()).select_from(some.subquery())) or 0


@dataclass(frozen=True)
class Mismatch:
    """Codes of completed exchanges without an entry, and entries without their exchange."""

    missing: tuple[str, ...]
    orphans: tuple[int, ...]


async def ledger_mismatch(reader: ReadSession) -> Mismatch:
    """Both lists are empty while every completed exchange has its one entry."""
    same = and_(Entry.reference == Exchange.reference, Entry.kind == Kind.EXCHANGE.value)
    missing = await reader.scalars(
        select(Exchange.code)
        .where(Exchange.completed_at.is_not(None), ~exists().where(same))
        .order_by(Exchange.id)
    )
    orphans = await reader.scalars(
        select(Entry.id)
        .where(Entry.kind == Kind.EXCHANGE.value)
        .where(~exists().where(same, Exchange.completed_at.is_not(None)))
        .order_by(Entry.id)
    )
    return Mismatch(tuple(missing), tuple(orphans))
