"""Offer rows laid out for the search: by category and cell, what each row alone is worth first.

The plane is equirectangular with the smallest cosine of any latitude, so that great circles are
never shorter than `shrink` times the distance on the plane, wherever on earth.
"""

from dataclasses import dataclass, replace

import numpy as np

from matching.columns import F64, I16, I64, U32, U64, Bool
from matching.geo import EARTH_KM
from matching.market import Needs, Offers
from matching.records import FAR, HARD, INTERPRETER, KIND, NEED, ROW, Records, Rows
from matching.score import ENOUGH_QUARTERS, FADE_H, REMOTE_ONLY, Weights
from matching.taxonomy import TAXONOMY

_KINDS = len(TAXONOMY)
_CELL_IN_LAMBDAS = 0.7
_LARGEST_CELL_KM = 60.0
_CELLS_PER_ROW = 4.0
_LANGUAGE_HARD = np.array([params.language_hard for params in TAXONOMY.values()])
_UPPER = np.uint64(32)
_DOUBT_KM = 1e-6  # per km of span: storing and subtracting in float32
_DOUBT_SCORE = 1e-6
_NEAR_POLE = 1e-3
_NEIGHBOURS_KM = 10.0


@dataclass(frozen=True, eq=False, repr=False)
class OfferIndex:
    """Offers under one version of the weights, ready to be searched.

    A row without free places is skipped. The first `laid` rows stand in cells, later ones apart
    at the end of `rows`, after its first `core` records. No category has more rows than `room`.
    """

    offers: Offers
    weights: Weights
    rows: Rows
    laid: int
    core: int
    centre: F64
    cosine: float
    span: float
    loudest: float
    room: int

    def extended(self, more: Offers) -> "OfferIndex":
        """With further rows at the end; exact, but slow once they are many."""
        names = self.offers.dtypes
        offers = Offers(
            **{n: np.concatenate((getattr(self.offers, n), getattr(more, n))) for n in names}
        )
        return _with_fresh(self, offers)

    def with_free(self, free: I16) -> "OfferIndex":
        """The same rows with other numbers of free places."""
        record = self.rows.record.copy()
        record["free"] = free[self.rows.row]
        rows = self.rows._replace(record=record)
        return replace(self, offers=replace(self.offers, free=free), rows=rows)


def _plane(points: F64, cosine: float) -> tuple[F64, F64]:
    east = EARTH_KM * cosine * np.arctan2(points[:, 1], points[:, 0])
    return east, EARTH_KM * np.arcsin(np.clip(points[:, 2] / EARTH_KM, -1, 1))


def _cosines(points: F64) -> F64:
    return np.asarray(np.hypot(points[:, 0], points[:, 1]) / EARTH_KM)


def _chord(radius: F64) -> F64:
    """Straight through the earth; no limit where the circle covers it all."""
    half = radius / (2 * EARTH_KM)
    return np.where(half < np.pi / 2, 2 * EARTH_KM * np.sin(np.minimum(half, 1.6)), np.inf)


def _flags(side: Needs | Offers, hard: Bool) -> I64:
    return np.asarray(side.interpreter * INTERPRETER + hard * HARD + side.remote * FAR)


def _both(low: U32, high: U32) -> U64:
    return np.asarray(low.astype(np.uint64) | high.astype(np.uint64) << _UPPER)


def _records(offers: Offers, weights: Weights, centre: F64) -> Records:
    beta = weights.of(offers.category.astype(np.int64))
    record = np.zeros(len(offers), dtype=ROW)
    record["windows"], record["languages"] = offers.windows, offers.languages
    record["has"] = _both(offers.features, offers.accepts)
    for axis, name in enumerate("xyz"):
        record[name] = offers.xyz[:, axis] - centre[axis]
    record["chord"] = _chord(offers.radius)
    fresh = np.exp(-offers.confirmed_h.astype(np.float64) / FADE_H)
    own = beta[:, 4] * offers.attested + beta[:, 5] * fresh + offers.owner_effect
    record["base"] = weights.a[offers.category] + own
    record["free"] = offers.free
    record["flags"] = _flags(offers, offers.language_hard)
    return record


def _falling(base: F64) -> U64:
    """Whole numbers of 32 bits in the opposite order of these float32."""
    bits = base.view(np.uint32)
    rising = np.where(bits >> np.uint32(31), ~bits, bits | np.uint32(1 << 31))
    return (~rising).astype(np.uint64)


def _kinds(weights: Weights) -> Records:
    kinds = np.zeros(_KINDS, dtype=KIND)
    beta = weights.beta + weights.delta
    kinds["scale"] = np.where(REMOTE_ONLY, 0, 1 / weights.lam)
    kinds["remote_km"] = np.where(REMOTE_ONLY, 0, 2 * weights.lam)
    for place, name in enumerate(("near", "log_near", "time", "speak", "", "", "soft", "fit")):
        if name:
            kinds[name] = beta[:, place]
    kinds["cell"], kinds["base"] = 1.0, -np.inf
    return kinds


def _lay(kinds: Records, offers: Offers, east: F64, north: F64, lam: F64) -> I64:
    """Give each category its cells; the cell of each row."""
    cell = np.zeros(len(offers), dtype=np.int64)
    first = 0
    for number in np.unique(offers.category):
        own = np.flatnonzero(offers.category == number)
        x, y = east[own], north[own]
        kind = kinds[number]
        wide, high = np.ptp(x), np.ptp(y)
        least = max(
            (wide * high / (_CELLS_PER_ROW * len(own))) ** 0.5,
            max(wide, high) / (_CELLS_PER_ROW * len(own)),
        )
        edge = max(least, min(_LARGEST_CELL_KM, _CELL_IN_LAMBDAS * lam[number]))
        kind["east"], kind["north"], kind["cell"] = x.min(), y.min(), edge
        kind["columns"], kind["lines"] = wide // edge + 1, high // edge + 1
        kind["first_cell"] = first
        column, line = ((x - x.min()) // edge), ((y - y.min()) // edge)
        cell[own] = first + line * kind["columns"] + column
        first += int(kind["columns"]) * int(kind["lines"])
    kinds["first_cell"][kinds["columns"] == 0] = first
    return cell


def index(offers: Offers, weights: Weights) -> OfferIndex:
    """The layout; in the order of 0.2 s for a million rows."""
    points = offers.xyz
    centre = points.mean(axis=0) if len(points) else np.zeros(3)
    span = float(np.abs(points - centre).max(initial=1.0))
    cosine = max(_NEAR_POLE, float(_cosines(points).min(initial=1.0)))
    east, north = _plane(points, cosine)
    kinds = _kinds(weights)
    cell = _lay(kinds, offers, east, north, weights.lam)
    record = _records(offers, weights, centre)
    falling = _falling(record["base"])
    order = np.argsort(cell.astype(np.uint64) << _UPPER | falling, kind="stable")
    distant = np.flatnonzero(offers.remote)
    by_kind = offers.category[distant].astype(np.uint64) << _UPPER | falling[distant]
    distant = distant[np.argsort(by_kind, kind="stable")]
    cells = int((kinds["columns"].astype(np.int64) * kinds["lines"]).sum())
    count = np.bincount(cell, minlength=cells)
    np.maximum.at(kinds["base"], offers.category, record["base"].astype(np.float64))
    places = np.searchsorted(offers.category[distant], np.arange(_KINDS + 1))
    kinds["remote"], kinds["remote_end"] = places[:-1] + len(offers), places[1:] + len(offers)
    row = np.concatenate((order, distant)).astype(np.int32)
    rows = Rows(
        record=record[row],
        row=row,
        kinds=kinds,
        cells=np.concatenate(([0], np.cumsum(count))).astype(np.int32),
        id=offers.id,
        owner=offers.owner,
    )
    loudest = float(np.abs(record["base"]).max(initial=0.0))
    return OfferIndex(
        offers, weights, rows, len(offers), len(row), centre, cosine, span, loudest, _most(offers)
    )


def _most(offers: Offers) -> int:
    return int(np.bincount(offers.category, minlength=1).max())


def _with_fresh(old: OfferIndex, offers: Offers) -> OfferIndex:
    """The same layout, and the rows that are not in it by category at its end."""
    late = offers.take(np.arange(old.laid, len(offers)))
    record = _records(late, old.weights, old.centre)
    by_kind = late.category.astype(np.uint64) << _UPPER | _falling(record["base"])
    order = np.argsort(by_kind, kind="stable")
    places = old.core + np.searchsorted(late.category[order], np.arange(_KINDS + 1))
    kinds = old.rows.kinds.copy()
    kinds["fresh"], kinds["fresh_end"] = places[:-1], places[1:]
    rows = Rows(
        record=np.concatenate((old.rows.record[: old.core], record[order])),
        row=np.concatenate((old.rows.row[: old.core], order + old.laid)).astype(np.int32),
        kinds=kinds,
        cells=old.rows.cells,
        id=offers.id,
        owner=offers.owner,
    )
    span = max(old.span, float(np.abs(late.xyz - old.centre).max(initial=0.0)))
    return replace(old, offers=offers, rows=rows, span=span, room=_most(offers))


def asked(
    index: OfferIndex, needs: Needs, least: F64, budget: I64, *, priced: bool
) -> tuple[Records, float]:
    """Needs as the search reads them, and how wrong its distances may be, in km.

    `least` is the score below which nothing is wanted, `budget` what a need can pay.
    """
    record = np.zeros(len(needs), dtype=NEED)
    points, category = needs.xyz, needs.category.astype(np.int64)
    for name in ("windows", "languages", "soft", "owner", "size", "radius"):
        record[name] = getattr(needs, name)
    record["asks"] = _both(needs.req, needs.profile)
    record["east"], record["north"] = _plane(points, index.cosine)
    record["chord"], record["kind"] = _chord(needs.radius), category
    for axis, name in enumerate("xyz"):
        record[name] = points[:, axis] - index.centre[axis]
    record["quarters"] = np.clip(np.bitwise_count(needs.windows), 1, ENOUGH_QUARTERS)
    record["wishes"] = np.bitwise_count(needs.soft)
    record["flags"] = _flags(needs, needs.language_hard | _LANGUAGE_HARD[category])
    record["shrink"] = _shrink(index, record, points)
    span = max(index.span, float(np.abs(points - index.centre).max(initial=0.0)))
    slack = _DOUBT_KM * (2 + span)
    near = index.weights.of(category)[:, :2].sum(axis=1) / index.weights.lam[category]
    record["doubt"] = 2 * (near * slack + _DOUBT_SCORE * (1 + index.loudest))
    record["margin"] = 25_000 * record["doubt"] + 1 if priced else record["doubt"]
    record["least"], record["budget"] = least, budget
    return record, slack


def neighbours(index: OfferIndex, needs: Needs) -> I64:
    """Needs by category and place."""
    east, north = _plane(needs.xyz, index.cosine)
    return np.lexsort((east // _NEIGHBOURS_KM, north // _NEIGHBOURS_KM, needs.category))


def _shrink(index: OfferIndex, record: Records, points: F64) -> F64:
    """Least share of a distance on the plane that a great circle to any row can have."""
    kinds = index.rows.kinds
    own = kinds[record["kind"]]
    spans = []
    for axis, count in (("east", "columns"), ("north", "lines")):
        low, high = own[axis], own[axis] + own[count] * own["cell"]
        spans.append(np.maximum(np.abs(record[axis] - low), np.abs(record[axis] - high)))
    turn = np.maximum(spans[0] / index.cosine, spans[1]) / (2 * EARTH_KM)
    bent = np.sinc(np.minimum(turn / np.pi, 1.0))
    level = np.sqrt(np.minimum(1.0, _cosines(points) / index.cosine))
    return np.asarray(np.maximum(1e-3, bent * level))
