"""The snapshot: every open post that may meet, as frozen columns, one row per post.

An offer that recurs has one row per occurrence. Posts that may not be matched (hosting
without verification, a request nobody adopted, anything held) never enter.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, TypeVar

import numpy as np

from matching.columns import (
    F32,
    F64,
    I8,
    I16,
    I32,
    I64,
    U32,
    U64,
    Bool,
    Columns,
    MarketError,
    frozen,
)
from matching.geo import EARTH_KM, xyz
from matching.taxonomy import TAXONOMY
from matching.waiting import level
from matching.windows import ALWAYS, BITS

_INFINITE = float("inf")
_SURFACE_SLACK_KM = 1.0
_Side = TypeVar("_Side", bound=Columns)


@dataclass(frozen=True, eq=False, repr=False)
class Needs(Columns):
    """`radius` is scaled by the round, `radius_asked` is not; see NeedRow for the rest."""

    category: I16
    xyz: F64
    radius: F64
    radius_asked: F64
    remote: Bool
    windows: U64
    size: I16
    languages: U64
    interpreter: Bool
    language_hard: Bool
    req: U32
    profile: U32
    soft: U32
    urgency: I8
    waited_h: F32
    live: I16


@dataclass(frozen=True, eq=False, repr=False)
class Offers(Columns):
    """`radius` is scaled by the round, `radius_asked` is not; see OfferRow for the rest."""

    occurrence: I32
    category: I16
    xyz: F64
    radius: F64
    radius_asked: F64
    remote: Bool
    windows: U64
    free: I16
    exclusive: Bool
    languages: U64
    interpreter: Bool
    language_hard: Bool
    features: U32
    accepts: U32
    attested: F32
    confirmed_h: F32
    ends_h: F32
    live: I16
    live_cap: I16
    owner_effect: F32


@dataclass(frozen=True, kw_only=True)
class NeedRow:
    """One need; `lat`, `lon` are the centre of its public cell.

    `req` are features an offer must have, `soft` features wished for, `profile` facts an
    offer must accept. `language_hard` asks for a shared language where the category does not.
    `waited_h` leaves pauses out. `live` counts open proposals.
    """

    id: int
    owner: int
    category: int
    lat: float
    lon: float
    radius: float
    radius_asked: float = _INFINITE
    remote: bool = False
    windows: int = field(default=ALWAYS, repr=False)
    size: int = 1
    languages: int = field(default=0, repr=False)
    interpreter: bool = field(default=False, repr=False)
    language_hard: bool = False
    req: int = field(default=0, repr=False)
    profile: int = field(default=0, repr=False)
    soft: int = field(default=0, repr=False)
    urgency: int = 0
    waited_h: float = 0.0
    live: int = 0


@dataclass(frozen=True, kw_only=True)
class OfferRow:
    """One occurrence of one offer; `lat`, `lon` are the centre of its public cell.

    `free` places are left (accepted exchanges taken off, proposals not). `exclusive`: one
    party at a time. `attested` is the share of the class's checks done. `confirmed_h` is the
    time since "still there". `live_cap` lowers the policy's cap, 0 stops all proposals.
    """

    id: int
    owner: int
    category: int
    lat: float
    lon: float
    radius: float
    radius_asked: float = _INFINITE
    occurrence: int = 0
    remote: bool = False
    windows: int = field(default=ALWAYS, repr=False)
    free: int = 1
    exclusive: bool = False
    languages: int = field(default=0, repr=False)
    interpreter: bool = field(default=False, repr=False)
    language_hard: bool = False
    features: int = field(default=0, repr=False)
    accepts: int = field(default=0, repr=False)
    attested: float = 0.0
    confirmed_h: float = 0.0
    ends_h: float = _INFINITE
    live: int = 0
    live_cap: int = 32767
    owner_effect: float = field(default=0.0, repr=False)


def needs_of(rows: Iterable[NeedRow]) -> Needs:
    """Rows to columns; MarketError when a value does not fit its column."""
    return _columns(Needs, tuple(rows))


def offers_of(rows: Iterable[OfferRow]) -> Offers:
    """Rows to columns; MarketError when a value does not fit its column."""
    return _columns(Offers, tuple(rows))


def _columns(kind: type[_Side], rows: Sequence[NeedRow] | Sequence[OfferRow]) -> _Side:
    arrays: dict[str, Any] = {}
    for name, dtype in kind.dtypes.items():
        if name == "xyz":
            lat, lon = (np.array([getattr(row, axis) for row in rows]) for axis in ("lat", "lon"))
            arrays[name] = xyz(lat.astype(np.float64), lon.astype(np.float64))
            continue
        try:
            arrays[name] = np.array([getattr(row, name) for row in rows], dtype=dtype)
        except (OverflowError, TypeError, ValueError):
            raise MarketError(f"column {name} does not fit {dtype}") from None
    return kind(**arrays)


def _no_arrivals() -> F64:
    return np.zeros((0, 4))


@dataclass(frozen=True, eq=False, repr=False)
class Market:
    """`blocks` pairs owners, either way round; `barred` pairs need id and offer id.

    `live` holds each open proposal as need id, offer id, occurrence, rank; either side may
    stand outside the snapshot. `as_of` is in whole seconds since 1970; `versions` names what
    the answer depends on. `recent` holds the arrivals of the last 96 h as category, units asked,
    units offered, and for needs their band's gain times their best p: from it comes the reserve.
    """

    needs: Needs
    offers: Offers
    blocks: I64
    barred: I64
    live: I64
    as_of: int
    versions: Mapping[str, str]
    recent: F64 = field(default_factory=_no_arrivals)

    def __post_init__(self) -> None:
        for name, width in (("blocks", 2), ("barred", 2), ("live", 4)):
            array = getattr(self, name)
            if array.dtype != np.int64 or array.ndim != 2 or array.shape[1] != width:  # noqa: PLR2004 - a table
                raise MarketError(f"table {name} must be int64 with {width} columns")
            object.__setattr__(self, name, frozen(array))
        if self.recent.dtype != np.float64 or self.recent.shape[1:] != (4,):
            raise MarketError("table recent must be float64 with 4 columns")
        object.__setattr__(self, "recent", frozen(self.recent))


def market_of(
    needs: Iterable[NeedRow],
    offers: Iterable[OfferRow],
    *,
    blocks: Iterable[tuple[int, int]] = (),
    barred: Iterable[tuple[int, int]] = (),
    live: Iterable[tuple[int, int, int, int]] = (),
    as_of: int = 0,
    versions: Mapping[str, str] | None = None,
    recent: Iterable[tuple[float, float, float, float]] = (),
) -> Market:
    """The snapshot of these rows."""
    return Market(
        needs=needs_of(needs),
        offers=offers_of(offers),
        blocks=_table(blocks, 2),
        barred=_table(barred, 2),
        live=_table(live, 4),
        as_of=as_of,
        versions=dict(versions or {}),
        recent=np.array(list(chain.from_iterable(recent)), dtype=np.float64).reshape(-1, 4),
    )


def _table(rows: Iterable[tuple[int, ...]], width: int) -> I64:
    return np.array(list(chain.from_iterable(rows)), dtype=np.int64).reshape(-1, width)


def _natural(x: F64) -> Bool:
    return (x >= 0) & (x < _INFINITE)


_LEGAL: Mapping[str, Callable[..., Bool]] = {
    "category": lambda x: (x >= 0) & (x < len(TAXONOMY)),
    "radius": _natural,
    "radius_asked": lambda x: x >= 0,
    "windows": lambda x: x >> np.uint64(BITS) == 0,
    "languages": lambda x: x >> np.uint64(63) == 0,
    "size": lambda x: x >= 1,
    "free": lambda x: x >= 0,
    "urgency": lambda x: (x >= 0) & (x <= 2),  # noqa: PLR2004 - flexible, this week, today
    "waited_h": _natural,
    "live": lambda x: x >= 0,
    "live_cap": lambda x: x >= 0,
    "attested": lambda x: (x >= 0) & (x <= 1),
    "confirmed_h": _natural,
    "ends_h": lambda x: x >= 0,
    "owner_effect": np.isfinite,
}


def canonical(market: Market) -> Market:
    """The same snapshot in the one order: needs by level down, waiting down, id; offers by id.

    MarketError when a value is out of range or a post appears twice.
    """
    needs, offers = market.needs, market.offers
    _check(needs, np.column_stack((needs.id,)))
    _check(offers, np.column_stack((offers.id, offers.occurrence)))
    if not np.all(_natural(market.recent)):
        raise MarketError("table recent holds a value out of range")
    pressing = -level(needs.urgency, needs.waited_h)
    return replace(
        market,
        needs=needs.take(np.lexsort((needs.id, -needs.waited_h, pressing))),
        offers=offers.take(np.lexsort((offers.occurrence, offers.id))),
        blocks=np.unique(np.sort(market.blocks, axis=1), axis=0),
        barred=np.unique(market.barred, axis=0),
        live=np.unique(market.live[:, (0, 3, 1, 2)], axis=0)[:, (0, 2, 3, 1)],
        recent=market.recent[np.lexsort(market.recent.T)],
    )


def _check(side: Needs | Offers, key: I64) -> None:
    for name in side.dtypes:
        if name in _LEGAL and not np.all(_LEGAL[name](getattr(side, name))):
            raise MarketError(f"column {name} holds a value out of range")
    # not-a-number fails this comparison too
    if not np.all(np.abs(np.sqrt((side.xyz**2).sum(axis=1)) - EARTH_KM) < _SURFACE_SLACK_KM):
        raise MarketError("column xyz holds a point off the earth's surface")
    if len(np.unique(key, axis=0)) != len(key):
        raise MarketError("a post appears twice")
