"""One proposal as one side may see it, and all that waits for a person.

A card holds the alias, category, municipality, distance step, times, languages and who vouches;
no contact, no party's constraint, no score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.accounts.rules import Visitor
from app.clock import now
from app.db import ReadSession
from app.errors import GoneError, NotFoundError
from app.i18n import gettext
from app.i18n import sentence as marked
from app.notifications.rules import LINK_LIFE, LinkPurpose, SignedLink, read_link
from app.paging import PAGE_SIZE, Page, offset
from app.posts.models import Post
from app.posts.queries import windows_of
from app.posts.rules import Urgency, Window, by_number
from app.posts.rules.taxonomy import Category
from app.proposals.models import Proposal
from app.proposals.rules import (
    Seat,
    Side,
    Stand,
    is_doubt,
    kept_reasons,
    seat_of,
    sentence,
    stand,
)
from app.territories.models import Place
from app.territories.rules import DistanceBucket, distance_bucket, distance_km

NO_LINK = marked("This link is not complete. Copy the whole link, or sign in.")
LINK_ENDED = marked("This link has ended. Sign in to go on.")
NOT_FOUND = marked("There is nothing here for you. Sign in with the contact that got the message.")


@dataclass(frozen=True)
class Card:
    """What one side may know of a proposal."""

    code: str
    side: Side
    vouches: bool
    stand: Stand
    category: Category
    own_path: str
    other_name: str
    for_client: bool  # the reader says yes in a client's name
    taken_back: bool  # what stood for a client was withdrawn by the organisation
    place: Place
    bucket: DistanceBucket | None
    remote: bool
    far: bool
    languages: Sequence[str]
    units: int
    unit: str
    day: date | None
    windows: Sequence[Window]
    vouched_by: str | None
    insured_by: str | None
    note: str
    note_language: str
    urgent: bool
    was_asked: bool
    other_said_yes: bool
    reasons: Sequence[str]
    doubts: Sequence[str]
    answer_by: datetime
    proposed_at: datetime


@dataclass(frozen=True)
class Inbox:
    """What waits for a person, what they wait for, and what was answered lately."""

    to_answer: Sequence[Card]
    waiting: Sequence[Card]
    answered: Sequence[Card]


def _with_posts() -> Select[Proposal]:
    parts = (Post.place, Post.author, Post.organisation, Post.adopter)
    posts = (Proposal.need, Proposal.offer)
    return select(Proposal).options(
        *(joinedload(post).joinedload(part) for post in posts for part in parts)
    )


async def proposal_by_code(reader: ReadSession, visitor: Visitor, code: str) -> Proposal:
    """With its posts; `NotFoundError` for everybody but its two sides."""
    proposal = await reader.scalar(_with_posts().where(Proposal.code == code))
    if proposal is None or seat_of(visitor, proposal) is None:
        raise NotFoundError(NOT_FOUND)
    return proposal


async def link_visitor(
    reader: ReadSession, token: str, purpose: LinkPurpose = LinkPurpose.PROPOSAL
) -> tuple[Visitor, str]:
    """The person a message was written to, and the code of what its link opens."""
    link = read_link(purpose, token)
    person = await reader.get(Person, link.person_id) if link else None
    if link is None or person is None or person.erased_at or person.suspended_at:
        raise NotFoundError(NO_LINK)
    if await _has_ended(reader, link, person):
        raise GoneError(LINK_ENDED)
    grants = await accounts.grants_of(reader, person.id)
    return Visitor(person.id, person.name, person.language, grants), link.ref


async def _has_ended(reader: ReadSession, link: SignedLink, person: Person) -> bool:
    """Too old, or the person ended the links of earlier messages."""
    if link.written is None:
        return False
    moment = await reader.scalar(select(func.now())) or now()
    taken_back = person.links_since is not None and link.written < person.links_since
    return taken_back or link.written < moment - LINK_LIFE


async def read_card(reader: ReadSession, visitor: Visitor, proposal: Proposal) -> Card:
    """The proposal as this visitor may see it."""
    (card,) = await _cards(reader, visitor, [proposal])
    return card


async def inbox(reader: ReadSession, visitor: Visitor) -> Inbox:
    """The latest hundred of both sides, the most pressing first."""
    rows = await reader.scalars(
        _with_posts().where(_is_mine(visitor)).order_by(Proposal.id.desc()).limit(100)
    )
    cards = await _cards(reader, visitor, rows.all())
    by_deadline = sorted(cards, key=lambda card: card.answer_by)
    return Inbox(
        to_answer=[card for card in by_deadline if card.stand is Stand.TO_ANSWER],
        waiting=[card for card in by_deadline if card.stand is Stand.WAITING],
        answered=[card for card in cards if card.stand not in (Stand.TO_ANSWER, Stand.WAITING)],
    )


async def own_proposals(reader: ReadSession, visitor: Visitor, page: int) -> Page[Card]:
    """Everything that was put before a person, newest first."""
    mine = _is_mine(visitor)
    total = await reader.scalar(select(func.count()).select_from(Proposal).where(mine)) or 0
    rows = await reader.scalars(
        _with_posts().where(mine).order_by(Proposal.id.desc()).limit(PAGE_SIZE).offset(offset(page))
    )
    cards = await _cards(reader, visitor, rows.all())
    return Page(cards, max(1, page), total)


def _is_mine(visitor: Visitor) -> ColumnElement[bool]:
    posts = select(Post.id).where(
        or_(
            and_(Post.author_id == visitor.person_id, Post.organisation_id.is_(None)),
            Post.organisation_id.in_(visitor.organisation_ids),
            and_(Post.kind == "need", Post.adopted_by.in_(visitor.organisation_ids)),
        )
    )
    return or_(Proposal.need_id.in_(posts), Proposal.offer_id.in_(posts))


async def _cards(reader: ReadSession, visitor: Visitor, rows: Sequence[Proposal]) -> list[Card]:
    now: datetime = (await reader.execute(select(func.now()))).scalar_one()
    ids = {post_id for row in rows for post_id in (row.need_id, row.offer_id)}
    windows = await windows_of(reader, sorted(ids))
    cards = []
    for row in rows:
        seat = seat_of(visitor, row)
        if seat is not None:
            times = windows[row.need_id] or windows[row.offer_id]
            cards.append(_card(row, seat, now, times))
    return cards


def _card(row: Proposal, seat: Seat, now: datetime, windows: Sequence[Window]) -> Card:
    side = seat.side
    mine, other = (row.need, row.offer) if side == "need" else (row.offer, row.need)
    told = [reason for reason in kept_reasons(row.reasons) if reason.side == side]
    remote = mine.remote and other.remote
    km = distance_km(mine.lat, mine.lon, other.lat, other.lon)
    vouching = other.adopter or other.organisation
    other_yes = row.offer_accepted_at if side == "need" else row.need_accepted_at
    return Card(
        code=row.code,
        side=side,
        vouches=seat.vouches,
        stand=stand(row.facts, seat, now),
        category=by_number(row.need.category),
        own_path=f"/{mine.address}",
        for_client=mine.client_id is not None,
        taken_back=other.client_id is not None and row.withdrawn_at is not None,
        other_name=other.organisation.name
        if other.organisation
        else other.author.name or gettext("Someone"),
        place=other.place,
        bucket=None
        if remote and by_number(row.need.category).is_remote_only
        else distance_bucket(km),
        remote=remote,
        far=row.far,
        languages=other.languages,
        units=row.units,
        unit=row.offer.unit,
        day=row.day,
        windows=windows,
        vouched_by=vouching.name if vouching else None,
        insured_by=row.offer.insured_by,
        # A need's words are for its own side.
        note=other.note if side == "need" else "",
        note_language=other.note_language,
        urgent=row.need.urgency == Urgency.TODAY,
        was_asked=row.proposer == "person",
        other_said_yes=other_yes is not None,
        reasons=[sentence(reason) for reason in told if not is_doubt(reason)],
        doubts=[sentence(reason) for reason in told if is_doubt(reason)],
        answer_by=row.expires_at,
        proposed_at=row.proposed_at,
    )
