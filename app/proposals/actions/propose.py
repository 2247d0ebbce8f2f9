"""Put pairings before both sides: everything is asked again under lock, in the insert itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, literal, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from app.crypto import new_code
from app.db import Session
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.posts.actions import lock_posts
from app.posts.models import Post
from app.posts.queries import windows_of
from app.posts.rules import Urgency, by_number, occurrences
from app.posts.rules.schedule import HORIZON
from app.proposals.actions.propose_many import Basis, put_forward
from app.proposals.actions.reasons import kept, reasons_of
from app.proposals.actions.tell import tell_sides
from app.proposals.models import Proposal
from app.proposals.queries.meeting import (
    PostColumns,
    free_on,
    is_barred,
    is_blocked,
    is_day_open,
    is_in_the_market,
    is_wanting,
    live_cap,
    live_of_need,
    live_of_offer,
    may_be_asked,
    may_host,
    sides,
)
from app.proposals.rules import LIVE_PER_NEED, SIDES, ReasonFacts, Side, answer_by
from app.territories.rules import distance_bucket, distance_km
from matching.pair import Pairing
from matching.score import PRIOR

# A person who asks has no score; the engine reckons with an even chance.
ASKED_SCORE = 0.5


@dataclass(frozen=True)
class Pair:
    """What will stand in the row if both posts still may meet."""

    need: Post
    offer: Post
    day: date | None
    proposer: str
    reasons: Sequence[Mapping[str, object]]
    score: float
    far: bool
    weights: str = PRIOR.version
    terms: Sequence[float] | None = None
    # By hand: who proposed it, and the sides that said yes by doing so.
    proposed_by: int | None = None
    agreed: frozenset[Side] = frozenset()


async def propose(
    session: Session, pairings: Sequence[Pairing], weights: str = PRIOR.version
) -> list[Proposal]:
    """Insert what still holds and tell both sides; what no longer holds is left out.

    `weights` is the version that they were scored with.
    """
    ids = {post_id for pairing in pairings for post_id in (pairing.need, pairing.offer)}
    posts = await lock_posts(session, ids)
    basis = Basis({post.id: post.version for post in posts.values()}, weights)
    once = [pairing for pairing in pairings if not pairing.occurrence]
    codes = [one.code for one in await put_forward(session, once, basis, posts)]
    by_day = [
        await propose_pair(session, _pair_of(pairing, posts, weights))
        for pairing in pairings
        if pairing.occurrence and pairing.need in posts and pairing.offer in posts
    ]
    rows = await session.scalars(
        select(Proposal).where(Proposal.code.in_(codes)).order_by(Proposal.id)
    )
    return [*rows, *(proposal for proposal in by_day if proposal is not None)]


async def propose_asked(session: Session, need_id: int) -> Proposal | None:
    """A need written for one offer is put before that offer once; its own side has said yes.

    None where there is nobody to ask; where the offer cannot be asked, the asker is told.
    """
    asked = select(Post.asked_offer_id).where(Post.id == need_id, Post.kind == "need")
    offer_id = await session.scalar(asked)
    if offer_id is None:
        return None
    posts = await lock_posts(session, {need_id, offer_id})
    if await _was_proposed(session, need_id, offer_id):
        return await _say_yes_by_asking(session, need_id, offer_id)
    need, offer = posts[need_id], posts[offer_id]
    if not await _is_looking(session, need):
        return None
    proposal = None
    if need.category == offer.category and need.author_id != offer.author_id:
        proposal = await propose_pair(session, await asked_pair(session, need, offer))
    if proposal is None:
        await _look_elsewhere(session, need)
    return proposal


async def _say_yes_by_asking(session: Session, need_id: int, offer_id: int) -> Proposal | None:
    """The engine was faster: what it put before both gets the yes that asking was; once.

    Where the other side has answered already, the asker's own answer opens the exchange.
    """
    said: Proposal | None = await session.scalar(
        update(Proposal)
        .where(
            Proposal.need_id == need_id,
            Proposal.offer_id == offer_id,
            Proposal.is_live,
            Proposal.expires_at > func.now(),
            Proposal.need_accepted_at.is_(None),
            Proposal.offer_accepted_at.is_(None),
        )
        .values(need_accepted_at=func.now(), proposer="person")
        .returning(Proposal)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return said


async def _is_looking(session: Session, need: Post) -> bool:
    """False while the need itself rests or waits for somebody to vouch: it asks later."""
    looking = select(and_(literal_column("is_open"), is_in_the_market(Post), is_wanting(Post)))
    return bool(await session.scalar(looking.where(Post.id == need.id)))


async def _look_elsewhere(session: Session, need: Post) -> None:
    """The asked offer cannot hear it: the asker is told in words, and others are looked for.

    Whatever the reason is, the words are the same: nobody learns of a block by them.
    """
    need.asked_offer_id = None
    await session.flush()
    await notifications.tell(
        session,
        need.author_id,
        NoticeKind.NO_LONGER_FREE,
        facts={"category": by_number(need.category).code, "side": "need", "code": need.code},
        link=(LinkPurpose.POST, need.address),
    )


def _pair_of(pairing: Pairing, posts: Mapping[int, Post], weights: str) -> Pair:
    return Pair(
        need=posts[pairing.need],
        offer=posts[pairing.offer],
        day=date.fromordinal(pairing.occurrence) if pairing.occurrence else None,
        proposer="engine",
        reasons=reasons_of(pairing),
        score=pairing.p,
        far=pairing.far,
        weights=weights,
        terms=pairing.terms,
    )


async def asked_pair(session: Session, need: Post, offer: Post) -> Pair:
    km = distance_km(need.lat, need.lon, offer.lat, offer.lon)
    remote = need.remote and offer.remote
    shared = ",".join(code for code in need.languages if code in offer.languages)
    reasons = []
    for side in SIDES:
        if not remote:
            near = {"bucket": distance_bucket(km).value}
            reasons.append(ReasonFacts("distance.near", side, near))
        if shared:
            reasons.append(ReasonFacts("language.shared", side, {"languages": shared}))
    return Pair(
        need=need,
        offer=offer,
        day=await _first_common_day(session, need, offer) if offer.recurring else None,
        proposer="person",
        reasons=kept(reasons),
        score=ASKED_SCORE,
        far=not remote and km > min(need.radius_km, offer.radius_km),
        agreed=frozenset({"need"}),
    )


async def _first_common_day(session: Session, need: Post, offer: Post) -> date | None:
    """The first day of a recurring offer at a time the need can; any day if the need says none."""
    windows = await windows_of(session, [need.id, offer.id])
    now = await _now(session)
    wished = occurrences(windows[need.id], now, now + HORIZON)
    for slot in occurrences(windows[offer.id], now, now + HORIZON):
        if not wished or any(
            w.starts_at < slot.ends_at > slot.starts_at < w.ends_at for w in wished
        ):
            return slot.day
    return None


async def _was_proposed(session: Session, need_id: int, offer_id: int) -> bool:
    found = await session.scalar(
        select(Proposal.id)
        .where(Proposal.need_id == need_id, Proposal.offer_id == offer_id)
        .limit(1)
    )
    return found is not None


async def propose_pair(session: Session, pair: Pair) -> Proposal | None:
    """One guarded insert; None where the pair may not meet any more or is proposed already."""
    if pair.offer.recurring and pair.day is None:
        return None
    now = await _now(session)
    row = {
        "code": new_code(),
        "need_id": pair.need.id,
        "offer_id": pair.offer.id,
        "units": pair.need.places,
        "day": pair.day,
        "proposer": pair.proposer,
        "reasons": list(pair.reasons),
        "score": pair.score,
        "weights": pair.weights,
        "terms": None if pair.terms is None else list(pair.terms),
        "far": pair.far,
        "expires_at": _expires_at(pair, now),
        "need_accepted_at": now if "need" in pair.agreed else None,
        "offer_accepted_at": now if "offer" in pair.agreed else None,
        "proposed_by": pair.proposed_by,
    }
    values = [literal(value, Proposal.__table__.c[name].type) for name, value in row.items()]
    need, offer = sides()
    proposal_id = await session.scalar(
        insert(Proposal)
        .from_select(list(row), select(*values).where(_may_meet(need, offer, pair)))
        .on_conflict_do_nothing()
        .returning(Proposal.id)
    )
    if proposal_id is None:
        return None
    proposal = await session.get_one(Proposal, proposal_id)
    told = [side for side in SIDES if side not in pair.agreed]
    await tell_sides(session, proposal, NoticeKind.PROPOSAL, told)
    return proposal


def _may_meet(need: PostColumns, offer: PostColumns, pair: Pair) -> ColumnElement[bool]:
    """All that the engine assumed, asked of the locked rows."""
    room = free_on(offer, pair.day)
    caps = (
        may_be_asked(offer, pair.day, room)
        if pair.proposer == "person"
        else and_(
            live_of_need(need) < LIVE_PER_NEED,
            live_of_offer(offer, pair.day) < live_cap(offer, room),
        )
    )
    return and_(
        need.id == pair.need.id,
        offer.id == pair.offer.id,
        literal_column("need.is_open AND offer.is_open"),
        is_in_the_market(need),
        is_in_the_market(offer),
        is_wanting(need),
        need.places <= room,
        may_host(need, offer),
        is_day_open(need, pair.day),
        caps,
        ~is_barred(need.id, offer.id),
        ~is_blocked(need.author_id, offer.author_id),
    )


def _expires_at(pair: Pair, now: datetime) -> datetime:
    urgent = pair.need.urgency == Urgency.TODAY
    return min(answer_by(now, urgent=urgent), pair.need.ends_at, pair.offer.ends_at)


async def _now(session: Session) -> datetime:
    moment: datetime = (await session.execute(select(func.now()))).scalar_one()
    return moment
