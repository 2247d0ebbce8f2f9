"""Put many pairings before both sides in one guarded statement; the conditions of propose.py.

Only for offers that do not recur: their days are asked one by one.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Boolean,
    ColumnElement,
    Double,
    FromClause,
    Integer,
    Text,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.types import TypeEngine

from app.crypto import new_code
from app.db import Session
from app.posts.models import Post
from app.posts.rules import Urgency
from app.proposals.actions.reasons import reasons_of
from app.proposals.actions.tell import PostSeen, tell_of_many
from app.proposals.models import Proposal
from app.proposals.queries.meeting import (
    PostColumns,
    free,
    is_barred,
    is_blocked,
    is_in_the_market,
    is_wanting,
    is_within,
    live_cap,
    live_of_need,
    live_of_offer,
    may_host,
    sides,
)
from app.proposals.rules import LIVE_PER_NEED, answer_by
from matching.pair import Pairing

_FIELDS: Mapping[str, TypeEngine[Any]] = {
    "place": Integer(),
    "code": Text(),
    "need_id": BigInteger(),
    "offer_id": BigInteger(),
    "need_version": Integer(),
    "offer_version": Integer(),
    "reasons": Text(),
    "score": Double(),
    "terms": Text(),
    "far": Boolean(),
}
_SEEN = (
    Post.id, Post.author_id, Post.place_id, Post.category, Post.urgency, Post.remote, Post.lat,
    Post.lon,
)  # fmt: skip
_TOLD = ("code", "need_id", "offer_id", "units", "expires_at")
_WRITTEN = (
    "code", "need_id", "offer_id", "units", "proposer", "reasons", "score", "weights", "terms",
    "far", "expires_at",
)  # fmt: skip


@dataclass(frozen=True)
class Basis:
    """What a plan was made from: the version of each post it saw, and of the weights."""

    versions: Mapping[int, int]
    weights: str


@dataclass(frozen=True)
class Made:
    """A new proposal as both sides are told of it."""

    code: str
    need_id: int
    offer_id: int
    units: int
    expires_at: datetime
    day: None = None


async def propose_many(session: Session, pairings: Sequence[Pairing], basis: Basis) -> list[Made]:
    """Insert what still holds, in the order given, and tell both sides of each.

    A post that somebody edited since the plan saw it, or holds at this moment, is left out with
    all its pairings: a plan waits for nobody, and nobody for a plan.
    """
    posts = await _locked(session, {one for p in pairings for one in (p.need, p.offer)})
    return await put_forward(session, pairings, basis, posts)


async def put_forward(
    session: Session, pairings: Sequence[Pairing], basis: Basis, posts: Mapping[int, PostSeen]
) -> list[Made]:
    """The same among `posts`, which the caller holds; pairings with others are left out."""
    known = [one for one in pairings if one.need in posts and one.offer in posts]
    if not known:
        return []
    now: datetime = (await session.execute(select(func.now()))).scalar_one()
    rows = await session.execute(_statement(known, basis, now))
    made = [Made(*row) for row in rows]
    await tell_of_many(session, made, posts)
    return made


async def _locked(session: Session, ids: Collection[int]) -> dict[int, PostSeen]:
    """The posts that nobody else holds at this moment, in ascending order of id."""
    rows = await session.execute(
        select(*_SEEN).where(Post.id.in_(ids)).order_by(Post.id).with_for_update(skip_locked=True)
    )
    return {row.id: row for row in rows}


def _statement(
    pairings: Sequence[Pairing], basis: Basis, now: datetime
) -> ReturningInsert[*tuple[Any, ...]]:
    pair, (need, offer) = _given(pairings, basis), sides()
    fits = _fitting(pair, need, offer, now)
    # Those that fit count against the caps in the order of the plan, even where another cap
    # then leaves them out: rather one too few than one too many.
    allowed = select(
        *(fits.c[name] if name != "weights" else literal(basis.weights) for name in _WRITTEN)
    ).where(
        fits.c.of_need + fits.c.nth_of_need <= LIVE_PER_NEED,
        fits.c.of_offer + fits.c.nth_of_offer <= fits.c.cap,
    )
    return (
        insert(Proposal)
        .from_select(list(_WRITTEN), allowed.order_by(fits.c.place))
        .on_conflict_do_nothing()
        .returning(*(getattr(Proposal, name) for name in _TOLD))
    )


def _fitting(pair: FromClause, need: PostColumns, offer: PostColumns, now: datetime) -> CTE:
    """The pairings that may still meet, with what the caps need."""
    urgent, usual = (literal(answer_by(now, urgent=one)) for one in (True, False))
    until = case((need.urgency == Urgency.TODAY, urgent), else_=usual)
    return (
        select(
            *(pair.c[name] for name in ("place", "code", "need_id", "offer_id", "score", "far")),
            need.places.label("units"),
            literal("engine").label("proposer"),
            cast(pair.c.reasons, JSONB).label("reasons"),
            cast(pair.c.terms, ARRAY(Double)).label("terms"),
            func.least(until, need.ends_at, offer.ends_at).label("expires_at"),
            live_of_need(need).label("of_need"),
            live_of_offer(offer, None).label("of_offer"),
            live_cap(offer, free(offer)).label("cap"),
            _nth(pair.c.need_id, pair.c.place).label("nth_of_need"),
            _nth(pair.c.offer_id, pair.c.place).label("nth_of_offer"),
        )
        .select_from(pair)
        .join(need, need.id == pair.c.need_id)
        .join(offer, offer.id == pair.c.offer_id)
        .where(*_may_meet(pair, need, offer))
        .cte("fits")
    )


def _may_meet(
    pair: FromClause, need: PostColumns, offer: PostColumns
) -> tuple[ColumnElement[bool], ...]:
    """All that the plan assumed, asked of the locked rows."""
    live = exists().where(
        Proposal.need_id == need.id, Proposal.offer_id == offer.id, literal_column("is_live")
    )
    return (
        literal_column("need.is_open AND offer.is_open AND NOT offer.recurring"),
        need.version == pair.c.need_version,
        offer.version == pair.c.offer_version,
        is_in_the_market(need),
        is_in_the_market(offer),
        is_wanting(need),
        need.places <= free(offer),
        may_host(need, offer),
        is_within(need, offer),
        ~live,
        ~is_barred(need.id, offer.id),
        ~is_blocked(need.author_id, offer.author_id),
    )


def _nth(of: ColumnElement[int], place: ColumnElement[int]) -> ColumnElement[int]:
    return func.row_number().over(partition_by=of, order_by=place)


def _given(pairings: Sequence[Pairing], basis: Basis) -> FromClause:
    """The pairings as rows of the statement."""
    columns: Mapping[str, list[object]] = {
        "place": list(range(len(pairings))),
        "code": [new_code() for _ in pairings],
        "need_id": [one.need for one in pairings],
        "offer_id": [one.offer for one in pairings],
        "need_version": [basis.versions.get(one.need) for one in pairings],
        "offer_version": [basis.versions.get(one.offer) for one in pairings],
        "reasons": [json.dumps(reasons_of(one)) for one in pairings],
        "score": [one.p for one in pairings],
        "terms": ["{" + ",".join(map(repr, one.terms)) + "}" for one in pairings],
        "far": [one.far for one in pairings],
    }
    arrays = [literal(columns[name], ARRAY(kind)) for name, kind in _FIELDS.items()]
    return (
        func.unnest(*arrays)
        .table_valued(*[column(name, kind) for name, kind in _FIELDS.items()])
        .render_derived(name="pair")
    )
