"""Yes to a proposal. The last yes needed takes the places and opens the exchange at once.

Every yes locks the posts before the proposal, so two that arrive together cannot miss each other.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.accounts.rules import Visitor
from app.crypto import new_code
from app.db import Session
from app.errors import ConflictError, GoneError
from app.exchanges import queries, rules
from app.exchanges.actions.contacts import release_contacts
from app.exchanges.actions.held import database_now, facts_of, hold_people, tell_side
from app.exchanges.actions.stays import PLAN_FIRST, begin_stay
from app.exchanges.models import Exchange
from app.exchanges.queries import stays
from app.exchanges.rules import Side, Voice
from app.i18n import sentence
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.posts import actions as posts
from app.posts.models import Post
from app.posts.rules import category_of, is_matchable
from app.proposals import actions as proposals
from app.proposals.models import Proposal
from app.proposals.queries.meeting import is_in_the_market
from app.proposals.rules import SIDES

NO_LONGER_FREE = sentence(
    "This is no longer free: somebody else was first. We keep looking for you."
)
ENDED = sentence("This proposal has ended. We keep looking for you.")
NOT_ALLOWED = sentence(
    "The client's mandate has ended. Record a new one first; nothing was agreed."
)
TOO_LATE = sentence("The time to answer is over. We keep looking for you.")


@dataclass(frozen=True)
class Accepted:
    """Waiting for others while `exchange` is None."""

    proposal_code: str
    exchange: Exchange | None


async def accept(session: Session, visitor: Visitor, code: str) -> Accepted:
    """Record the visitor's yes, once; `GoneError` where it comes too late."""
    seen = await queries.proposal_for(session, visitor, code)
    await hold_people(session, seen.need_id, seen.offer_id)
    await posts.lock_posts(session, [seen.need_id, seen.offer_id])
    proposal = await _lock(session, seen.id)
    voices = queries.voices_of(visitor, proposal)
    if proposal.agreed_at is not None:
        return Accepted(code, await _opened(session, proposal))
    now = await database_now(session)
    _refuse_stale(proposal, now)
    if not await queries.may_meet(session, proposal):
        raise GoneError(ENDED)
    if not await queries.is_allowed(session, proposal.need):
        raise GoneError(NOT_ALLOWED if Voice.NEED in voices else ENDED)
    await _refuse_unvouched(session, proposal)
    if Voice.ORGANISATION in voices and await stays.is_plan_needed(session, proposal):
        raise ConflictError(PLAN_FIRST)
    heard = _heard(proposal)
    _record(proposal, voices, now)
    missing = rules.missing_voices(_heard(proposal), hosting=category_of(proposal.need).is_hosting)
    if not missing:
        return Accepted(code, await _open(session, proposal, now))
    if missing == {Voice.ORGANISATION} and heard != _heard(proposal):
        await _call_organisation(session, proposal)
    return Accepted(code, None)


async def _lock(session: Session, proposal_id: int) -> Proposal:
    found = await session.scalars(
        select(Proposal)
        .where(Proposal.id == proposal_id)
        .options(*queries.both_posts(Proposal))
        .with_for_update(of=Proposal)
        .execution_options(populate_existing=True)
    )
    return found.one()


async def _opened(session: Session, proposal: Proposal) -> Exchange:
    found = await session.scalars(select(Exchange).where(Exchange.proposal_id == proposal.id))
    return found.one()


def _refuse_stale(proposal: Proposal, now: datetime) -> None:
    if proposal.superseded_at is not None:
        raise GoneError(NO_LONGER_FREE)
    if not proposal.is_live:
        raise GoneError(ENDED)
    if proposal.expires_at <= now:
        raise GoneError(TOO_LATE)
    if not all(post.is_open and is_matchable(post) for post in (proposal.need, proposal.offer)):
        raise GoneError(ENDED)


async def _refuse_unvouched(session: Session, proposal: Proposal) -> None:
    """What was checked of a host or a visitor must hold at this very moment."""
    if not (category_of(proposal.need).is_hosting or category_of(proposal.need).is_visit):
        return
    vouched = select(func.count()).where(
        Post.id.in_([proposal.need_id, proposal.offer_id]), is_in_the_market(Post)
    )
    if await session.scalar(vouched) != len(SIDES):
        raise GoneError(ENDED)


def _heard(proposal: Proposal) -> frozenset[Voice]:
    said = {
        Voice.NEED: proposal.need_accepted_at,
        Voice.OFFER: proposal.offer_accepted_at,
        Voice.ORGANISATION: proposal.organisation_agreed_at,
    }
    return frozenset(voice for voice, at in said.items() if at is not None)


def _record(proposal: Proposal, voices: frozenset[Voice], now: datetime) -> None:
    if Voice.NEED in voices:
        proposal.need_accepted_at = proposal.need_accepted_at or now
    if Voice.OFFER in voices:
        proposal.offer_accepted_at = proposal.offer_accepted_at or now
    if Voice.ORGANISATION in voices:
        proposal.organisation_agreed_at = proposal.organisation_agreed_at or now


async def _call_organisation(session: Session, proposal: Proposal) -> None:
    """Guest and host agree: whoever vouches for the guest must say yes too."""
    for person_id in await queries.workers_of(session, proposal.need.adopted_by):
        await notifications.tell(
            session,
            person_id,
            NoticeKind.PROPOSAL,
            facts=facts_of(proposal.code, proposal.offer),
            link=(LinkPurpose.PROPOSAL, proposal.code),
        )


async def _open(session: Session, proposal: Proposal, now: datetime) -> Exchange:
    await _take(session, proposal)
    last_day = await queries.last_day(session, proposal)
    exchange = Exchange(
        code=new_code(),
        reference=UUID(bytes=secrets.token_bytes(16)),
        proposal_id=proposal.id,
        need_id=proposal.need_id,
        offer_id=proposal.offer_id,
        need=proposal.need,
        offer=proposal.offer,
        units=proposal.units,
        day=proposal.day,
        ask_at=rules.ask_at(last_day, now),
        agreed_at=now,
    )
    proposal.agreed_at = now
    session.add(exchange)
    await session.flush()
    is_stay = category_of(proposal.need).is_hosting
    if is_stay:
        await _move_in(session, exchange)
    await release_contacts(session, exchange)
    for side in Side:
        # A guest who has a contact got the link of the stay instead: it must not share its letter.
        if side is Side.GIVER or not is_stay or proposal.need.client_id is not None:
            await tell_side(session, exchange, side, NoticeKind.AGREED)
    # Whoever can no longer be helped here is told kindly in the same transaction.
    for post_id in (proposal.need_id, proposal.offer_id):
        await proposals.close_proposals(session, post_id)
    return exchange


async def _move_in(session: Session, exchange: Exchange) -> None:
    nights = await begin_stay(session, exchange)
    try:
        await posts.book_units(session, exchange.offer, exchange.units, nights, exchange.reference)
    except ConflictError as error:
        raise GoneError(NO_LONGER_FREE) from error


async def _take(session: Session, proposal: Proposal) -> None:
    met = await session.scalar(
        select(Exchange.id).where(
            Exchange.need_id == proposal.need_id,
            Exchange.day.is_not_distinct_from(proposal.day),
            Exchange.cancelled_at.is_(None),
            Exchange.not_done_at.is_(None),
        )
    )
    if met is not None:
        raise GoneError(NO_LONGER_FREE)
    try:
        await posts.take_need(session, proposal.need)
        if proposal.need.recurring and proposal.day is not None:
            await posts.take_places(session, proposal.need, proposal.units, proposal.day)
        if posts.is_counted(proposal.offer):
            await posts.take_places(session, proposal.offer, proposal.units, proposal.day)
    except ConflictError as error:
        raise GoneError(NO_LONGER_FREE) from error
