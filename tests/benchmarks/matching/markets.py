"""Invented markets of any size for benchmarks and tests: same seed, same columns.

A square of 1,000 km with cities of very different size, laid around 50.5 degrees north. Each of
the eight kinds of help stands on a category of the taxonomy that is not hosting and agrees on
whether a shared language is required; radius and lambda are the market's own.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np

from matching.columns import F64, I64, U32, U64
from matching.geo import EARTH_KM, xyz
from matching.market import Market, Needs, Offers
from matching.score import LAM, Weights

SQUARE_KM = 1000.0
CITY_GAP_KM = 25.0
PLACES_PER_OFFER = 1.77
LATITUDE, LONGITUDE = 50.5, 4.5
SLOTS = 28
OWNERS_OF_OFFERS = 1_000_000_000


@dataclass(frozen=True)
class Kind:
    """One kind of help: its category, shares of needs and of offers, distances in km."""

    name: str
    category: int
    needs: float
    offers: float
    lam: float
    radius: float


KINDS = (
    Kind("bed", 20, 0.20, 0.12, 12, 40),
    Kind("shower", 4, 0.08, 0.07, 2.5, 8),
    Kind("meal", 7, 0.20, 0.22, 3.5, 12),
    Kind("admin", 23, 0.14, 0.13, 10, 40),
    Kind("clothes", 11, 0.12, 0.18, 6, 20),
    Kind("conversation", 28, 0.10, 0.14, 150, 1500),
    Kind("transport", 19, 0.10, 0.09, 10, 30),
    Kind("childcare", 37, 0.06, 0.05, 5, 15),
)
_CATEGORY = np.array([kind.category for kind in KINDS], dtype=np.int16)
_RADIUS = np.array([kind.radius for kind in KINDS])

REQ = (0.06, 0.07, 0.08, 0.05, 0.12, 0.10)
FEATURES = (0.35, 0.45, 0.45, 0.30, 0.55, 0.45)
PROFILE = (0.45, 0.12, 0.10)
ACCEPTS = (0.80, 0.75, 0.75)
FIRST_LANGUAGE = (0, 0.30, 0.16, 0.12, 0.10, 0.08, 0.07, 0.06, 0.04, 0.03, 0.02, 0.02)


def _scales() -> F64:
    lam = LAM.copy()
    lam[_CATEGORY] = [kind.lam for kind in KINDS]
    return lam


WEIGHTS = Weights(
    version="benchmark",
    a=np.full(39, 0.6),
    beta=np.array([1.6, 0, 0.9, 0.5, 0.8, 0.5, 0, 0.4]),
    delta=np.zeros((39, 8)),
    usual=np.zeros(8),
    lam=_scales(),
)


@dataclass(frozen=True)
class Cities:
    """Centres in km on the square, shares of the people, spread in km; largest first."""

    centre: F64
    share: F64
    spread: F64


def cities(draw: np.random.Generator, count: int) -> Cities:
    """Cities at least 25 km apart, sizes by Zipf 0.9."""
    centre: list[F64] = []
    while len(centre) < count:
        point = draw.random(2) * SQUARE_KM
        if all(np.hypot(*(point - other)) >= CITY_GAP_KM for other in centre):
            centre.append(point)
    share = np.arange(1, count + 1) ** -0.9
    spread = 2 + 6 * np.sqrt(share / share[0])
    return Cities(np.array(centre), share / share.sum(), spread)


def places(draw: np.random.Generator, towns: Cities, count: int) -> tuple[F64, I64]:
    """Where `count` people live, as points on the sphere, and their cities."""
    town = draw.choice(len(towns.share), count, p=towns.share)
    width = towns.spread[town] * draw.choice([0.4, 1, 2.2], count, p=[0.35, 0.45, 0.2])
    return on_sphere(towns.centre[town] + draw.normal(size=(count, 2)) * width[:, None]), town


def on_sphere(plane: F64) -> F64:
    """Points of the square, in km, as points on the earth."""
    lat = LATITUDE + np.degrees((plane[:, 1] - SQUARE_KM / 2) / EARTH_KM)
    along = EARTH_KM * np.cos(np.radians(lat))
    lon = LONGITUDE + np.degrees((plane[:, 0] - SQUARE_KM / 2) / along)
    return xyz(lat, lon)


def masks(draw: np.random.Generator, count: int, chances: tuple[float, ...]) -> U32:
    """Each bit set with its own chance."""
    bits = draw.random((count, len(chances))) < np.array(chances)
    return cast("U32", (bits << np.arange(len(chances))).sum(axis=1).astype(np.uint32))


def languages(draw: np.random.Generator, count: int, common: float) -> U64:
    """One first language each, and the common one (bit 0) with its chance."""
    first = draw.choice(len(FIRST_LANGUAGE), count, p=FIRST_LANGUAGE).astype(np.uint64)
    also = (draw.random(count) < common).astype(np.uint64)
    return cast("U64", (np.uint64(1) << first) | also)


def windows(draw: np.random.Generator, count: int, blocks: int) -> U64:
    """`blocks` blocks of one to eight slots each, somewhere among the 28."""
    mask = np.zeros(count, dtype=np.uint64)
    for _ in range(blocks):
        start = draw.integers(0, SLOTS, count).astype(np.uint64)
        length = draw.integers(1, 9, count).astype(np.uint64)
        mask |= ((np.uint64(1) << length) - np.uint64(1)) << start
    return cast("U64", mask & np.uint64((1 << SLOTS) - 1))


def _needs(draw: np.random.Generator, towns: Cities, count: int, *, groups: bool) -> Needs:
    kind = draw.choice(len(KINDS), count, p=[each.needs for each in KINDS])
    where, _ = places(draw, towns, count)
    radius = _RADIUS[kind] * draw.choice([0.5, 1, 1.5], count, p=[0.3, 0.5, 0.2])
    size = draw.choice([1, 2, 3, 4], count, p=[0.70, 0.17, 0.08, 0.05])
    none = np.zeros(count, dtype=np.bool_)
    return Needs(
        id=np.arange(1, count + 1),
        owner=np.arange(1, count + 1),
        category=_CATEGORY[kind],
        xyz=where,
        radius=radius,
        radius_asked=radius,
        remote=none,
        windows=windows(draw, count, 2),
        size=(size if groups else np.ones(count)).astype(np.int16),
        languages=languages(draw, count, 0.60),
        interpreter=none,
        language_hard=none,
        req=masks(draw, count, REQ),
        profile=masks(draw, count, PROFILE),
        soft=np.zeros(count, dtype=np.uint32),
        urgency=draw.choice(3, count, p=[0.60, 0.28, 0.12]).astype(np.int8),
        waited_h=(24 * draw.exponential(5, count)).astype(np.float32),
        live=np.zeros(count, dtype=np.int16),
    )


def _offers(draw: np.random.Generator, towns: Cities, count: int) -> Offers:
    kind = draw.choice(len(KINDS), count, p=[each.offers for each in KINDS])
    where, _ = places(draw, towns, count)
    radius = _RADIUS[kind] * draw.choice([0.5, 1, 2], count, p=[0.2, 0.5, 0.3])
    capacity = draw.choice([1, 2, 3, 4, 8], count, p=[0.62, 0.20, 0.09, 0.06, 0.03])
    fresh = 1 - draw.random(count)
    none = np.zeros(count, dtype=np.bool_)
    return Offers(
        id=np.arange(1, count + 1),
        owner=OWNERS_OF_OFFERS + np.arange(1, count + 1),
        occurrence=np.zeros(count, dtype=np.int32),
        category=_CATEGORY[kind],
        xyz=where,
        radius=radius,
        radius_asked=radius,
        remote=none,
        windows=windows(draw, count, 3),
        free=capacity.astype(np.int16),
        exclusive=none,
        languages=languages(draw, count, 0.93),
        interpreter=none,
        language_hard=none,
        features=masks(draw, count, FEATURES),
        accepts=masks(draw, count, ACCEPTS),
        attested=draw.beta(3, 2, count).astype(np.float32),
        confirmed_h=(-336 * np.log(fresh)).astype(np.float32),
        ends_h=np.full(count, np.inf, dtype=np.float32),
        live=np.zeros(count, dtype=np.int16),
        live_cap=np.full(count, 32767, dtype=np.int16),
        owner_effect=(0.7 * draw.beta(2, 2, count)).astype(np.float32),
    )


def market(
    needs: int,
    scarcity: float = 1,
    seed: int = 1,
    *,
    groups: bool = False,
    offers: int = 0,
    towns: int = 0,
) -> Market:
    """So many needs, `scarcity` units asked per place; sizes 1 to 4 with `groups`, else 1.

    `offers` sets the number of offers (and by it the number of cities) instead, `towns` that of
    cities.
    """
    draw = np.random.default_rng(seed)
    people = round(offers * PLACES_PER_OFFER) if offers else needs
    built = cities(draw, towns or max(3, round(people**0.5 / 6)))
    asked = _needs(draw, built, needs, groups=groups)
    count = offers or max(1, round(float(asked.size.sum()) / (scarcity * PLACES_PER_OFFER)))
    return Market(
        needs=asked,
        offers=_offers(draw, built, count),
        blocks=np.zeros((0, 2), dtype=np.int64),
        barred=np.zeros((0, 2), dtype=np.int64),
        live=np.zeros((0, 4), dtype=np.int64),
        as_of=0,
        versions={"generator": "1"},
    )
