"""Rows around one post become the engine's frozen snapshot.

Only cells are compared, only posts that may meet enter. The index finds the nearest of the same
category; the engine then ranks them: the nearest are not yet the best.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Row,
    Select,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from app.accounts.rules.spoken import SPOKEN
from app.db import ReadSession
from app.posts.models import Cube, Post
from app.posts.rules import by_number
from app.proposals.queries.meeting import (
    KM_SLACK,
    WIDEST,
    free,
    is_barred,
    is_blocked,
    is_in_the_market,
    is_wanting,
    waited_hours,
)
from app.proposals.queries.record import Record, read_record
from app.proposals.queries.times import Times, read_times
from matching.market import Market, NeedRow, OfferRow, market_of
from matching.waiting import round_factor

NEAREST = 200
FRESHEST = 200
_BITS = {code: 1 << bit for bit, code in enumerate(SPOKEN)}

Seen = Row[*tuple[Any, ...]]

COLUMNS = (
    Post.id,
    Post.kind,
    Post.category,
    Post.author_id,
    Post.organisation_id,
    Post.lat,
    Post.lon,
    Post.pos,
    Post.languages,
    Post.interpreter,
    Post.radius_km,
    Post.remote,
    Post.places,
    Post.taken,
    Post.exclusive,
    Post.recurring,
    Post.urgency,
    Post.latest_by,
    Post.required,
    Post.wished,
    Post.features,
    Post.profile,
    Post.accepts,
    Post.adopted_at,
    Post.attested_at,
    Post.confirmed_at,
    Post.published_at,
    Post.ends_at,
    waited_hours(Post).label("waited_h"),
    func.now().label("now"),
)


@dataclass(frozen=True)
class _Around:
    """Everything read for one snapshot."""

    center: Seen
    others: Sequence[Seen]
    times: Times
    record: Record

    @property
    def now(self) -> datetime:
        moment: datetime = self.center.now
        return moment


async def market_around(reader: ReadSession, post_id: int) -> Market | None:
    """The snapshot in which this post may meet others; None where it may not meet anybody."""
    center = (
        await reader.execute(
            select(*COLUMNS).where(
                Post.id == post_id,
                literal_column("is_open"),
                is_in_the_market(Post),
                or_(Post.kind == "offer", is_wanting(Post)),
            )
        )
    ).one_or_none()
    if center is None:
        return None
    others = await _others(reader, center)
    offers = others if center.kind == "need" else [center]
    ids = [center.id, *(other.id for other in others)]
    times = await read_times(reader, ids, center.now)
    record = await read_record(reader, ids, [offer.author_id for offer in offers])
    return _market(_Around(center, others, times, record))


async def _others(reader: ReadSession, center: Seen) -> list[Seen]:
    """The nearest on the other side and, where help can be remote, the freshest anywhere."""
    rows = list(await reader.execute(nearest(center)))
    if center.remote and by_number(center.category).remote:
        rows += await reader.execute(_freshest_remote(center))
    return list({row.id: row for row in rows}.values())


def nearest(center: Seen) -> Select[*tuple[Any, ...]]:
    """The statement that walks the index outward from a post."""
    away = _away(cast(literal(center.pos), Cube()))
    return select(*COLUMNS).where(*_fits(center), *_near(center)).order_by(away).limit(NEAREST)


def _freshest_remote(center: Seen) -> Select[*tuple[Any, ...]]:
    newest = (Post.published_at.desc(), Post.id.desc())
    return select(*COLUMNS).where(*_fits(center), Post.remote).order_by(*newest).limit(FRESHEST)


def _fits(center: Seen) -> tuple[ColumnElement[bool], ...]:
    return (
        Post.category == center.category,
        Post.author_id != center.author_id,
        is_in_the_market(Post),
        *(_fitting_offers(center) if center.kind == "need" else _fitting_needs(center)),
    )


def _away(point: ColumnElement[str]) -> ColumnElement[float]:
    return Post.pos.op("<->", return_type=Double())(point)


def _near(center: Seen) -> tuple[ColumnElement[bool], ...]:
    """Within the smaller of both radii, scaled by the need's round; the box lets the index work."""
    point = cast(literal(center.pos), Cube())
    reach = round_factor(center.waited_h) if center.kind == "need" else WIDEST
    box = func.cube_enlarge(point, literal(1000 * (center.radius_km * reach + KM_SLACK), Double), 3)
    away = func.sec_to_gc(_away(point))
    smaller = func.least(Post.radius_km, literal(center.radius_km, Double))
    waited = waited_hours(Post)
    share: ColumnElement[float] = literal(reach, Double)
    if center.kind == "offer":
        share = case((waited < 24, 0.5), (waited < 72, 1.0), else_=WIDEST)  # noqa: PLR2004 - matching.waiting's rounds
    return Post.pos.op("<@")(box), away <= 1000 * (smaller * share + KM_SLACK)


def _fitting_offers(need: Seen) -> tuple[ColumnElement[bool], ...]:
    """The predicate of the partial index stands in literals: a bound value would miss it."""
    return (
        literal_column("post.kind = 'offer' AND post.is_open"),
        or_(Post.recurring, free(Post) >= need.places),
        Post.features.op("&")(need.required) == need.required,
        Post.accepts.op("&")(need.profile) == need.profile,
        ~is_barred(literal(need.id), Post.id),
        ~is_blocked(literal(need.author_id), Post.author_id),
    )


def _fitting_needs(offer: Seen) -> tuple[ColumnElement[bool], ...]:
    room = offer.places if offer.recurring else free_places(offer)
    return (
        literal_column("post.kind = 'need' AND post.is_open"),
        is_wanting(Post),
        Post.places <= room,
        Post.required.op("&")(literal(offer.features)) == Post.required,
        Post.profile.op("&")(literal(offer.accepts)) == Post.profile,
        ~is_barred(Post.id, literal(offer.id)),
        ~is_blocked(Post.author_id, literal(offer.author_id)),
    )


def free_places(offer: Seen) -> int:
    return 0 if offer.exclusive and offer.taken else int(offer.places - offer.taken)


def _market(around: _Around) -> Market:
    center, others = around.center, around.others
    if center.kind == "need":
        share = round_factor(center.waited_h)
        needs = [_need(around, center, center.radius_km * share)]
        offers = [row for o in others for row in _offer_rows(around, o, o.radius_km * share)]
    else:
        # The round belongs to the need, so the offer's radius is scaled on the need's side.
        needs = [
            _need(around, n, min(n.radius_km, center.radius_km) * round_factor(n.waited_h))
            for n in others
        ]
        offers = _offer_rows(around, center, center.radius_km * WIDEST)
    return market_of(
        needs,
        offers,
        live=around.record.live,
        as_of=int(around.now.timestamp()),
        versions={"taxonomy": "1"},
    )


def _need(around: _Around, post: Seen, radius: float) -> NeedRow:
    return NeedRow(
        id=post.id,
        owner=post.author_id,
        category=post.category,
        lat=post.lat,
        lon=post.lon,
        radius=radius,
        radius_asked=post.radius_km,
        remote=post.remote,
        windows=around.times.mask(post),
        size=post.places,
        languages=language_mask(post.languages),
        interpreter=post.interpreter,
        req=post.required,
        profile=post.profile,
        soft=post.wished,
        urgency=post.urgency,
        waited_h=post.waited_h,
    )


def _offer_rows(around: _Around, post: Seen, radius: float) -> list[OfferRow]:
    """One row, or one for each day on which a recurring offer happens."""
    if not post.recurring:
        return [_offer(around, post, radius, (0, around.times.mask(post), free_places(post)))]
    return [_offer(around, post, radius, one) for one in around.times.days(post)]


def _offer(around: _Around, post: Seen, radius: float, one: tuple[int, int, int]) -> OfferRow:
    occurrence, windows, places = one
    return OfferRow(
        id=post.id,
        owner=post.author_id,
        occurrence=occurrence,
        category=post.category,
        lat=post.lat,
        lon=post.lon,
        radius=radius,
        radius_asked=post.radius_km,
        remote=post.remote,
        windows=windows,
        free=places,
        exclusive=post.exclusive,
        languages=language_mask(post.languages),
        interpreter=post.interpreter,
        features=post.features,
        accepts=post.accepts,
        attested=float(is_attested(post)),
        confirmed_h=_hours(around.now - (post.confirmed_at or post.published_at)),
        ends_h=_hours(post.ends_at - around.now),
        live_cap=around.record.cap(post.id, post.places),
        owner_effect=around.record.effect(post.author_id),
    )


def is_attested(post: Seen) -> bool:
    """An organisation stands behind it, in one way or another."""
    return bool(post.adopted_at or post.organisation_id or post.attested_at)


def _hours(span: timedelta) -> float:
    return max(0.0, span.total_seconds() / 3600)


def language_mask(languages: Sequence[str]) -> int:
    mask = 0
    for code in languages:
        mask |= _BITS.get(code, 0)
    return mask
