"""What a proposal is now, and how it stands with one of its two sides.

Who said no is never shown to the other side: for them it is simply no longer possible.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from app.accounts.rules import Visitor, may_work_for
from app.posts.rules import category_of, owns
from app.posts.rules.state import HasFacts

Side = Literal["need", "offer"]
SIDES: tuple[Side, Side] = ("need", "offer")
OTHER: Mapping[Side, Side] = {"need": "offer", "offer": "need"}


class ProposalStatus(StrEnum):
    PENDING = "pending"
    HALF_ACCEPTED = "half_accepted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


class Stand(StrEnum):
    """What one side can know and do."""

    TO_ANSWER = "to_answer"
    WAITING = "waiting"  # said yes; the other side has not answered
    AGREED = "agreed"
    DECLINED = "declined"  # this side said no
    TOO_LATE = "too_late"  # nobody answered in time
    NO_LONGER = "no_longer"  # taken, taken back, or the other side said no


@dataclass(frozen=True)
class ProposalFacts:
    """The time stamps everything is read from."""

    expires_at: datetime
    need_accepted_at: datetime | None
    offer_accepted_at: datetime | None
    organisation_agreed_at: datetime | None
    agreed_at: datetime | None
    declined_at: datetime | None
    declined_by: str | None
    withdrawn_at: datetime | None
    superseded_at: datetime | None
    expired_at: datetime | None


@dataclass(frozen=True)
class Seat:
    """Where somebody sits: on a side, or beside the guest as the organisation that vouches."""

    side: Side
    vouches: bool = False


class HasAdopter(HasFacts, Protocol):
    """A post that an organisation may have adopted."""

    @property
    def adopted_by(self) -> int | None: ...


class HasPosts(Protocol):
    """A proposal with its two posts loaded."""

    @property
    def need(self) -> HasAdopter: ...
    @property
    def offer(self) -> HasFacts: ...


def status(facts: ProposalFacts, now: datetime) -> ProposalStatus:
    """The one word; time may have passed before a sweep has noticed."""
    ends = (
        (facts.agreed_at, ProposalStatus.ACCEPTED),
        (facts.declined_at, ProposalStatus.DECLINED),
        (facts.withdrawn_at, ProposalStatus.WITHDRAWN),
        (facts.superseded_at, ProposalStatus.SUPERSEDED),
        (facts.expired_at, ProposalStatus.EXPIRED),
    )
    for moment, word in ends:
        if moment is not None:
            return word
    if facts.expires_at <= now:
        return ProposalStatus.EXPIRED
    said_yes = facts.need_accepted_at or facts.offer_accepted_at
    return ProposalStatus.HALF_ACCEPTED if said_yes else ProposalStatus.PENDING


def stand(facts: ProposalFacts, seat: Seat, now: datetime) -> Stand:
    """How it stands with whoever sits there, without telling on the others."""
    mine = {"need": facts.need_accepted_at, "offer": facts.offer_accepted_at}[seat.side]
    if seat.vouches:
        mine = facts.organisation_agreed_at
    match status(facts, now):
        case ProposalStatus.PENDING | ProposalStatus.HALF_ACCEPTED:
            return Stand.WAITING if mine else Stand.TO_ANSWER
        case ProposalStatus.ACCEPTED:
            return Stand.AGREED
        case ProposalStatus.EXPIRED:
            return Stand.TOO_LATE
        case ProposalStatus.DECLINED if facts.declined_by == seat.side:
            return Stand.DECLINED
    return Stand.NO_LONGER


def seat_of(visitor: Visitor, proposal: HasPosts) -> Seat | None:
    """Where a visitor sits: by authorship, by working for the organisation, or by vouching."""
    if owns(visitor, proposal.need):
        return Seat("need")
    if owns(visitor, proposal.offer):
        return Seat("offer")
    hosting = category_of(proposal.need).is_hosting
    if hosting and may_work_for(visitor, proposal.need.adopted_by):
        return Seat("need", vouches=True)
    return None


def side_of(visitor: Visitor, proposal: HasPosts) -> Side | None:
    """The side a visitor speaks for."""
    seat = seat_of(visitor, proposal)
    return seat.side if seat else None
