"""Who is told what about a proposal: facts that stand on both public cards, and a link."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Row, select
from sqlalchemy.orm import InstrumentedAttribute

from app.accounts.models import Person
from app.db import Session
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.posts.models import Post
from app.posts.rules import Urgency, by_number
from app.proposals.models import Proposal
from app.proposals.rules import SIDES, Side
from app.territories.models import Place
from app.territories.rules import DistanceBucket, distance_bucket, distance_km

# A letter says "about 2 km": the far end of the step.
ABOUT_KM = {
    DistanceBucket.UNDER_2: "2",
    DistanceBucket.FROM_2_TO_5: "5",
    DistanceBucket.FROM_5_TO_10: "10",
}


class NewProposal(Protocol):
    """What a notice says of a proposal, from a row or an entity."""

    @property
    def need_id(self) -> int: ...
    @property
    def offer_id(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def units(self) -> int: ...
    @property
    def day(self) -> date | None: ...
    @property
    def expires_at(self) -> datetime: ...


class PostSeen(Protocol):
    """What a notice says of a post."""

    @property
    def author_id(self) -> int: ...
    @property
    def place_id(self) -> int: ...
    @property
    def category(self) -> int: ...
    @property
    def urgency(self) -> int: ...
    @property
    def remote(self) -> bool: ...
    @property
    def lat(self) -> float: ...
    @property
    def lon(self) -> float: ...


@dataclass(frozen=True)
class _Meeting:
    """A proposal with all that its notices say."""

    proposal: NewProposal
    need: PostSeen
    offer: PostSeen


async def tell_sides(
    session: Session, proposal: Proposal, kind: NoticeKind, sides: Collection[Side]
) -> None:
    """Tell these sides, each in its own language, through the author of its post."""
    need = await session.get_one(Post, proposal.need_id)
    offer = await session.get_one(Post, proposal.offer_id)
    for side in sorted(sides):
        mine, other = (need, offer) if side == "need" else (offer, need)
        person = await session.get_one(Person, mine.author_id)
        place = await session.get_one(Place, other.place_id)
        await notifications.tell(
            session,
            person.id,
            kind,
            facts=_facts(_Meeting(proposal, need, offer), side, person.language, place)
            | _by(kind, other),
            link=(LinkPurpose.PROPOSAL, proposal.code),
            urgent=need.urgency == Urgency.TODAY and kind is NoticeKind.PROPOSAL,
        )


def _by(kind: NoticeKind, other: Post) -> dict[str, str]:
    """What stands for a client is withdrawn by the organisation; why is nobody's to know."""
    is_word = kind is NoticeKind.PROPOSAL_WITHDRAWN and other.client_id is not None
    return {"by": "organisation"} if is_word else {}


async def tell_of_many(
    session: Session, proposals: Sequence[NewProposal], posts: Mapping[int, PostSeen]
) -> None:
    """Put each new proposal before both sides; `posts` are those they stand between."""
    meetings = [_Meeting(one, posts[one.need_id], posts[one.offer_id]) for one in proposals]
    there = [post for one in meetings for post in (one.need, one.offer)]
    # Whole entities of thousands of people would be a quarter of all the work of a re-balance.
    places = await _by_id(
        session, (Place.id, Place.name_nl, Place.name_fr), {post.place_id for post in there}
    )
    people = await _by_id(session, (Person.id, Person.language), {post.author_id for post in there})
    tellings = []
    for one in meetings:
        for side in SIDES:
            mine, other = (one.need, one.offer) if side == "need" else (one.offer, one.need)
            facts = _facts(one, side, people[mine.author_id].language, places[other.place_id])
            tellings.append(
                notifications.Telling(
                    person_id=mine.author_id,
                    kind=NoticeKind.PROPOSAL,
                    facts=facts,
                    link=(LinkPurpose.PROPOSAL, one.proposal.code),
                    urgent=one.need.urgency == Urgency.TODAY,
                )
            )
    await notifications.tell_many(session, tellings)


async def _by_id(
    session: Session, columns: Sequence[InstrumentedAttribute[Any]], ids: Collection[int]
) -> Mapping[int, Row[Any]]:
    """These columns of the rows with these ids; the first is the id."""
    rows = await session.execute(select(*columns).where(columns[0].in_(ids)))
    return {row.id: row for row in rows}


def _facts(meeting: _Meeting, side: Side, language: str, place: Place | Row[Any]) -> dict[str, str]:
    """What one side reads; `place` is where the other side's post is."""
    proposal, need, offer = meeting.proposal, meeting.need, meeting.offer
    facts = {
        "category": by_number(need.category).code,
        "municipality": place.name_nl if language == "nl" else place.name_fr,
        "side": side,
        "code": proposal.code,
        "units": str(proposal.units),
        "until": proposal.expires_at.isoformat(),
    }
    if proposal.day is not None:
        facts["day"] = proposal.day.isoformat()
    bucket = distance_bucket(distance_km(need.lat, need.lon, offer.lat, offer.lon))
    if bucket in ABOUT_KM and not (need.remote and offer.remote):
        facts["bucket"] = ABOUT_KM[bucket]
    return facts
