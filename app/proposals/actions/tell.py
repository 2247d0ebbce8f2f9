"""Who is told what about a proposal: facts that stand on both public cards, and a link."""

from collections.abc import Collection

from app.accounts.models import Person
from app.db import Session
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.posts.models import Post
from app.posts.rules import Urgency, by_number
from app.proposals.models import Proposal
from app.proposals.rules import Side
from app.territories.models import Place
from app.territories.rules import DistanceBucket, distance_bucket, distance_km

# A letter says "about 2 km": the far end of the step.
ABOUT_KM = {
    DistanceBucket.UNDER_2: "2",
    DistanceBucket.FROM_2_TO_5: "5",
    DistanceBucket.FROM_5_TO_10: "10",
}


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
        facts = {
            "category": by_number(need.category).code,
            "municipality": place.name_nl if person.language == "nl" else place.name_fr,
            "side": side,
            "code": proposal.code,
            "units": str(proposal.units),
            "until": proposal.expires_at.isoformat(),
        } | _optional(proposal, need, offer)
        await notifications.tell(
            session,
            person.id,
            kind,
            facts=facts,
            link=(LinkPurpose.PROPOSAL, proposal.code),
            urgent=need.urgency == Urgency.TODAY and kind is NoticeKind.PROPOSAL,
        )


def _optional(proposal: Proposal, need: Post, offer: Post) -> dict[str, str]:
    facts = {}
    if proposal.day is not None:
        facts["day"] = proposal.day.isoformat()
    bucket = distance_bucket(distance_km(need.lat, need.lon, offer.lat, offer.lon))
    if bucket in ABOUT_KM and not (need.remote and offer.remote):
        facts["bucket"] = ABOUT_KM[bucket]
    return facts
