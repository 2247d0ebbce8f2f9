"""Which posts may meet at all, as conditions in SQL: used to look around and again to propose."""

from datetime import date, timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Float,
    SQLColumnExpression,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.accounts.queries import blocked
from app.organisations.models import Organisation
from app.posts.models import Occurrence, Post
from app.posts.rules import CATEGORIES
from app.posts.rules.attested import VISITS
from app.proposals.models import Proposal
from app.proposals.rules import ASKS_PER_OFFER

HOSTING = tuple(category.number for category in CATEGORIES if category.is_hosting)
EXPIRED_PAIRS_REST = timedelta(days=14)
# The last round reaches half as far again as was asked.
WIDEST = 1.5
KM_SLACK = 1e-6

# What both aliases and the table itself offer.
PostColumns = type[Post]
Number = SQLColumnExpression[int]


def is_in_the_market(post: PostColumns) -> ColumnElement[bool]:
    """Not past, by people and organisations in good standing, vouched for where that is needed."""
    today = func.date(func.timezone("Europe/Brussels", func.now()))
    return and_(
        post.ends_at > func.now(),
        or_(post.latest_by.is_(None), post.latest_by >= today),
        or_(post.category.not_in(HOSTING), is_vouched_for(post)),
        or_(post.category.not_in(VISITS), is_known(post)),
        exists().where(
            Person.id == post.author_id,
            Person.suspended_at.is_(None),
            Person.closing_at.is_(None),
            Person.erased_at.is_(None),
        ),
        ~exists().where(
            or_(Organisation.id == post.organisation_id, Organisation.id == post.adopted_by),
            or_(Organisation.suspended_at.is_not(None), Organisation.closed_at.is_not(None)),
        ),
    )


def is_vouched_for(post: PostColumns) -> ColumnElement[bool]:
    """Hosting: a worker adopted the need; the host's verification holds at this moment."""
    return and_(
        post.adopted_at.is_not(None), or_(post.kind == "need", post.checked_until > func.now())
    )


def is_known(post: PostColumns) -> ColumnElement[bool]:
    """Visits: somebody stands up for the helper, or an organisation answers for its own."""
    return or_(
        post.kind == "need", post.organisation_id.is_not(None), post.attested_at.is_not(None)
    )


def may_host(need: PostColumns, offer: PostColumns) -> ColumnElement[bool]:
    """The household accepts everybody who comes, and is as the guest asked; whoever proposes."""
    return and_(
        offer.accepts.op("&")(need.profile) == need.profile,
        or_(
            offer.category.not_in(HOSTING),
            offer.features.op("&")(need.required) == need.required,
        ),
    )


def is_wanting(need: PostColumns) -> ColumnElement[bool]:
    """Nobody helps yet; a recurring need may have several helpers."""
    return or_(need.recurring, need.taken == 0)


def free(offer: PostColumns) -> ColumnElement[int]:
    """Places left of an offer that does not recur."""
    return case(
        (and_(offer.exclusive, offer.taken > 0), literal(0)), else_=offer.places - offer.taken
    )


def free_on(offer: PostColumns, day: date | None) -> ColumnElement[int]:
    """Places left on that day of a recurring offer, else of the offer itself."""
    if day is None:
        return free(offer)
    taken = func.coalesce(
        select(Occurrence.taken)
        .where(Occurrence.post_id == offer.id, Occurrence.day == day)
        .scalar_subquery(),
        0,
    )
    return case((and_(offer.exclusive, taken > 0), literal(0)), else_=offer.places - taken)


def is_barred(need_id: Number, offer_id: Number) -> ColumnElement[bool]:
    """A proposal between the two keeps them apart."""
    return exists().where(
        Proposal.need_id == need_id, Proposal.offer_id == offer_id, bars_the_pair()
    )


def bars_the_pair() -> ColumnElement[bool]:
    """Declined or once agreed: for ever; left unanswered: for 14 days."""
    return or_(
        Proposal.declined_at.is_not(None),
        Proposal.agreed_at.is_not(None),
        Proposal.expired_at > func.now() - EXPIRED_PAIRS_REST,
    )


def is_blocked(one: Number, other: Number) -> ColumnElement[bool]:
    """Silent and symmetric; accounts alone knows what it means."""
    return blocked(type_coerce(one, BigInteger), type_coerce(other, BigInteger))


def is_live() -> ColumnElement[bool]:
    """Unanswered by at least one side, and in time."""
    return and_(literal_column("proposal.is_live", Proposal.is_live.type), is_in_time())


def is_in_time() -> ColumnElement[bool]:
    return Proposal.expires_at > func.now()


def live_of_need(need: PostColumns) -> ColumnElement[int]:
    return (
        select(func.count())
        .where(Proposal.need_id == need.id, is_live())
        .select_from(Proposal)
        .scalar_subquery()
    )


def live_of_offer(offer: PostColumns, day: date | None) -> ColumnElement[int]:
    return (
        select(func.count())
        .where(Proposal.offer_id == offer.id, Proposal.day.is_not_distinct_from(day), is_live())
        .select_from(Proposal)
        .scalar_subquery()
    )


def live_asks_of(offer: PostColumns) -> ColumnElement[int]:
    """How many people who asked this offer themselves wait for its answer."""
    return (
        select(func.count())
        .where(Proposal.offer_id == offer.id, Proposal.proposer == "person", is_live())
        .select_from(Proposal)
        .scalar_subquery()
    )


def may_be_asked(
    offer: PostColumns, day: date | None, places: ColumnElement[int]
) -> ColumnElement[bool]:
    """Room for one more direct ask besides what the engine proposed; a host hears one at a time."""
    return or_(
        live_of_offer(offer, day) < live_cap(offer, places),
        and_(offer.category.not_in(HOSTING), live_asks_of(offer) < ASKS_PER_OFFER),
    )


def is_day_open(need: PostColumns, day: date | None) -> ColumnElement[bool]:
    """Nobody helps a recurring need on that day yet."""
    if day is None:
        return true()
    return ~exists().where(
        Occurrence.post_id == need.id, Occurrence.day == day, Occurrence.taken > 0
    )


def live_cap(offer: PostColumns, places: ColumnElement[int]) -> ColumnElement[int]:
    """Live proposals for k free places: min(3k, k + 2); one at a time where one hosts."""
    return case(
        (offer.category.in_(HOSTING), func.least(1, places)),
        else_=func.least(3 * places, places + 2),
    )


def is_within(need: PostColumns, offer: PostColumns) -> ColumnElement[bool]:
    """Not further apart than the need's round allows, or remote on both sides."""
    waited = waited_hours(need)
    share = case((waited < 24, 0.5), (waited < 72, 1.0), else_=WIDEST)  # noqa: PLR2004 - matching.waiting's rounds
    away = func.sec_to_gc(need.pos.op("<->", return_type=Double())(offer.pos))
    reach = func.least(need.radius_km, offer.radius_km) * share + KM_SLACK
    return or_(and_(need.remote, offer.remote), away <= 1000 * reach)


def waited_hours(need: PostColumns) -> ColumnElement[float]:
    since = func.coalesce(need.waiting_since, need.published_at)
    hours = func.extract("epoch", func.now() - since) / 3600
    return cast(func.greatest(hours, 0), Float)


def sides() -> tuple[PostColumns, PostColumns]:
    """The two posts of a pair under names of their own."""
    return aliased(Post, name="need"), aliased(Post, name="offer")
