"""Where the people of the demo live: drawn by inhabitants, most of them in Brussels."""

from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from random import Random

from app.posts.rules import PlaceDraft
from app.territories.geocoder import shipped
from app.territories.rules import distance_km

IN_BRUSSELS = 0.85
BRUSSELS_CENTRE = (50.8467, 4.3525)
NEAR_KM = 25
LARGE_TOWN = 60_000
SMALLEST_PLACE = 1_500
SPREAD_KM = 0.7
KM_PER_DEGREE = 111.3


@dataclass(frozen=True, slots=True)
class Spot:
    """A point that people live around, and how many of them."""

    nis: str
    postcode: str | None
    lat: float
    lon: float
    inhabitants: int


def draw_place(random: Random) -> PlaceDraft:
    """A home: its commune as likely as it has inhabitants."""
    spots = in_brussels() if random.random() < IN_BRUSSELS else around_brussels()
    spot = random.choices(spots, inhabitants(spots))[0]
    return around(random, spot)


def draw_place_in(random: Random, nis: str) -> PlaceDraft:
    """A home in one commune of Brussels."""
    return around(random, random.choice([spot for spot in in_brussels() if spot.nis == nis]))


def around(random: Random, spot: Spot) -> PlaceDraft:
    """A point near the spot, in the same municipality."""
    lat = spot.lat + random.gauss(0, SPREAD_KM) / KM_PER_DEGREE
    lon = spot.lon + random.gauss(0, SPREAD_KM) / (KM_PER_DEGREE * cos(radians(spot.lat)))
    if not _outlines()[spot.nis].contains(lat, lon):
        lat, lon = spot.lat, spot.lon
    return PlaceDraft(lat=lat, lon=lon, nis=spot.nis, postcode=spot.postcode)


@lru_cache(maxsize=1)
def in_brussels() -> tuple[Spot, ...]:
    """The postcodes of the 19 communes; the inhabitants of a commune spread over its postcodes."""
    points = {row["postcode"]: row for row in shipped.rows("postcodes.csv")}
    return tuple(
        Spot(
            nis=commune["nis"],
            postcode=postcode,
            lat=float(points[postcode]["latitude"]),
            lon=float(points[postcode]["longitude"]),
            inhabitants=int(commune["inhabitants"]) // len(commune["postcodes"].split("|")),
        )
        for commune in shipped.rows("brussels_communes.csv")
        for postcode in commune["postcodes"].split("|")
    )


@lru_cache(maxsize=1)
def around_brussels() -> tuple[Spot, ...]:
    """Places within reach of Brussels, and the larger towns of the country."""
    communes = {spot.nis for spot in in_brussels()}
    spots = [
        Spot(
            row["nis"],
            None,
            float(row["latitude"]),
            float(row["longitude"]),
            int(row["population"] or 0),
        )
        for row in shipped.rows("belgium_places.csv")
    ]
    return tuple(
        spot for spot in spots if spot.nis in _outlines().keys() - communes and _drawn(spot)
    )


def _drawn(spot: Spot) -> bool:
    near = distance_km(spot.lat, spot.lon, *BRUSSELS_CENTRE) < NEAR_KM
    return spot.inhabitants >= (SMALLEST_PLACE if near else LARGE_TOWN)


def inhabitants(spots: tuple[Spot, ...]) -> list[int]:
    return [spot.inhabitants for spot in spots]


@lru_cache(maxsize=1)
def _outlines() -> dict[str, shipped.Outline]:
    return {outline.nis: outline for outline in shipped.municipality_outlines()}
