"""All open posts of one category as the engine's frozen columns, straight from rows.

The same facts as around one post (market.py), read in one transaction that sees one moment, and
built column by column, so that a hundred thousand posts take seconds.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Double, Row, Select, cast, func, literal_column, select, text

from app.accounts.queries import all_blocks
from app.db import LONGEST_STATEMENT_SECONDS, ReadSession
from app.posts.models import Occurrence, Post, PostWindow
from app.posts.rules import Window
from app.proposals.models import Proposal
from app.proposals.queries.market import (
    COLUMNS,
    free_places,
    is_attested,
    language_mask,
)
from app.proposals.queries.meeting import (
    WIDEST,
    bars_the_pair,
    is_in_the_market,
    is_wanting,
    waited_hours,
)
from app.proposals.queries.record import Record, read_record
from app.proposals.queries.times import Times
from matching.columns import F64, I64, U64
from matching.geo import xyz
from matching.market import Market, Needs, Offers
from matching.policy import Policy
from matching.waiting import band, level, round_factor

_RECENT = text("interval '96 hours'")

_Scalar = TypeVar("_Scalar", bound=np.generic)
Rows = Sequence[Row[*tuple[Any, ...]]]
_LATEST = func.extract("epoch", func.now() - func.coalesce(Post.confirmed_at, Post.published_at))
_FIELDS = (
    *(column for column in COLUMNS if column is not Post.pos),
    Post.version,
    cast(func.greatest(_LATEST / 3600, 0), Double).label("confirmed_h"),
    cast(func.extract("epoch", Post.ends_at - func.now()) / 3600, Double).label("ends_h"),
)


@dataclass(frozen=True)
class Snapshot:
    """One moment of one category; `versions` tells later whether somebody edited a post."""

    market: Market
    versions: Mapping[int, int]
    as_of: datetime


@dataclass(frozen=True)
class _Read:
    now: datetime
    needs: Rows
    offers: Rows
    times: Times
    record: Record
    blocks: Sequence[tuple[int, int]]
    barred: Sequence[tuple[int, int]]
    recent: Rows


async def read_snapshot(reader: ReadSession, category: int) -> Snapshot:
    """Everything of a category that may meet; call it first in its transaction."""
    await reader.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    await reader.execute(text(f"SET LOCAL statement_timeout = '{LONGEST_STATEMENT_SECONDS}s'"))
    read = await _read(reader, category)
    market = await asyncio.to_thread(_market, category, read)
    versions = {row.id: row.version for row in (*read.needs, *read.offers)}
    return Snapshot(market, versions, read.now)


async def _read(reader: ReadSession, category: int) -> _Read:
    now: datetime = (await reader.execute(select(func.now()))).scalar_one()
    ids = select(Post.id).where(Post.category == category, literal_column("post.is_open"))
    helpers = _open("offer", category).with_only_columns(Post.author_id)
    return _Read(
        now=now,
        needs=(await reader.execute(_open("need", category).where(is_wanting(Post)))).all(),
        offers=(await reader.execute(_open("offer", category))).all(),
        times=await _times(reader, ids, now),
        record=await read_record(reader, ids, helpers),
        blocks=await all_blocks(reader),
        barred=await _barred(reader, ids),
        recent=await _recent(reader, category),
    )


def _open(kind: str, category: int) -> Select[*tuple[Any, ...]]:
    """The predicate of the partial index stands in literals: a bound value would miss it."""
    return select(*_FIELDS).where(
        literal_column(f"post.kind = '{kind}' AND post.is_open"),
        Post.category == category,
        is_in_the_market(Post),
    )


async def _times(reader: ReadSession, ids: Select[int], now: datetime) -> Times:
    windows: dict[int, list[Window]] = defaultdict(list)
    found = await reader.execute(
        select(PostWindow.post_id, PostWindow.starts_at, PostWindow.ends_at, PostWindow.rule)
        .where(PostWindow.post_id.in_(ids))
        .order_by(PostWindow.starts_at, PostWindow.id)
    )
    for post_id, starts_at, ends_at, rule in found:
        windows[post_id].append(Window(starts_at, ends_at, rule))
    times = Times(now, windows, {})
    rows = await reader.execute(
        select(Occurrence.post_id, Occurrence.day, Occurrence.taken).where(
            Occurrence.post_id.in_(ids), Occurrence.day >= times.first_day
        )
    )
    taken: dict[tuple[int, date], int] = {(row.post_id, row.day): row.taken for row in rows}
    return Times(now, windows, taken)


async def _barred(reader: ReadSession, ids: Select[int]) -> list[tuple[int, int]]:
    rows = await reader.execute(
        select(Proposal.need_id, Proposal.offer_id)
        .where(bars_the_pair(), Proposal.need_id.in_(ids))
        .distinct()
    )
    return [(need_id, offer_id) for need_id, offer_id in rows]


async def _recent(reader: ReadSession, category: int) -> Rows:
    """Arrivals of four days, each need with the best chance that it was ever given."""
    best = select(func.max(Proposal.score)).where(Proposal.need_id == Post.id).scalar_subquery()
    rows = await reader.execute(
        select(
            Post.kind,
            Post.places,
            Post.urgency,
            waited_hours(Post).label("waited_h"),
            func.coalesce(best, 0.0).label("best"),
        ).where(
            Post.category == category,
            Post.published_at > func.now() - _RECENT,
        )
    )
    return list(rows)


def _market(category: int, read: _Read) -> Market:
    return Market(
        needs=_needs(read),
        offers=_offers(read),
        blocks=_table(read.blocks, 2),
        barred=_table(read.barred, 2),
        live=_table(read.record.live, 4),
        as_of=int(read.now.timestamp()),
        versions={"taxonomy": "1"},
        recent=_arrivals(category, read.recent),
    )


def _needs(read: _Read) -> Needs:
    column = _columns(read.needs)
    waited = column("waited_h", np.float64)
    factor = np.array([round_factor(hours) for hours in waited.tolist()], dtype=np.float64)
    count = len(read.needs)
    return Needs(
        id=column("id", np.int64),
        owner=column("author_id", np.int64),
        category=column("category", np.int16),
        xyz=xyz(column("lat", np.float64), column("lon", np.float64)),
        radius=column("radius_km", np.float64) * factor,
        radius_asked=column("radius_km", np.float64),
        remote=column("remote", np.bool_),
        windows=np.array([read.times.mask(row) for row in read.needs], dtype=np.uint64),
        size=column("places", np.int16),
        languages=_languages(read.needs),
        interpreter=column("interpreter", np.bool_),
        language_hard=np.zeros(count, dtype=np.bool_),
        req=column("required", np.uint32),
        profile=column("profile", np.uint32),
        soft=column("wished", np.uint32),
        urgency=column("urgency", np.int8),
        waited_h=waited.astype(np.float32),
        live=np.zeros(count, dtype=np.int16),
    )


def _offers(read: _Read) -> Offers:
    """One row, or one for each day on which a recurring offer happens."""
    found = [(row, one) for row in read.offers for one in _occurrences(read.times, row)]
    rows = [row for row, _ in found]
    column = _columns(rows)
    record = read.record
    effects = {owner: record.effect(owner) for owner in record.answers}
    return Offers(
        id=column("id", np.int64),
        owner=column("author_id", np.int64),
        occurrence=np.array([one[0] for _, one in found], dtype=np.int32),
        category=column("category", np.int16),
        xyz=xyz(column("lat", np.float64), column("lon", np.float64)),
        # The round belongs to the need; what lies beyond it is refused when it is written.
        radius=column("radius_km", np.float64) * WIDEST,
        radius_asked=column("radius_km", np.float64),
        remote=column("remote", np.bool_),
        windows=np.array([one[1] for _, one in found], dtype=np.uint64),
        free=np.array([one[2] for _, one in found], dtype=np.int16),
        exclusive=column("exclusive", np.bool_),
        languages=_languages(rows),
        interpreter=column("interpreter", np.bool_),
        language_hard=np.zeros(len(rows), dtype=np.bool_),
        features=column("features", np.uint32),
        accepts=column("accepts", np.uint32),
        attested=np.array([is_attested(row) for row in rows], dtype=np.float32),
        confirmed_h=column("confirmed_h", np.float32),
        ends_h=np.maximum(column("ends_h", np.float32), 0),
        live=np.zeros(len(rows), dtype=np.int16),
        live_cap=np.array([record.cap(row.id, row.places) for row in rows], dtype=np.int16),
        owner_effect=np.array([effects.get(row.author_id, 0.0) for row in rows], dtype=np.float32),
    )


def _occurrences(times: Times, row: Row[*tuple[Any, ...]]) -> list[tuple[int, int, int]]:
    return times.days(row) if row.recurring else [(0, times.mask(row), free_places(row))]


def _columns(rows: Rows) -> Callable[[str, type[_Scalar]], NDArray[_Scalar]]:
    """A column of these rows by its name."""
    places = {field.name: i for i, field in enumerate(_FIELDS)}
    by_place = list(zip(*rows, strict=True)) if rows else [()] * len(places)

    def column(name: str, dtype: type[_Scalar]) -> NDArray[_Scalar]:
        return np.array(by_place[places[name]], dtype=dtype)

    return column


def _languages(rows: Rows) -> U64:
    return np.array([language_mask(row.languages) for row in rows], dtype=np.uint64)


def _table(pairs: Sequence[Sequence[int]], width: int) -> I64:
    return np.array(pairs, dtype=np.int64).reshape(-1, width)


def _arrivals(category: int, rows: Rows) -> F64:
    """Category, units asked, units offered, and for needs their band's gain times their chance."""
    gain = Policy().gain
    found = np.zeros((len(rows), 4))
    for place, row in enumerate(rows):
        asks = row.kind == "need"
        found[place] = category, row.places * asks, row.places * (not asks), 0.0
        if asks:
            urgency, waited = np.array([row.urgency], np.int8), np.array([row.waited_h], np.float32)
            found[place, 3] = gain[band(int(level(urgency, waited)[0]))] * row.best
    return found
