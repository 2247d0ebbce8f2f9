"""The place data that ships with the project, read once when first asked for."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"

Point = tuple[float, float]
Ring = tuple[Point, ...]
Polygon = tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class Municipality:
    """One of the 581 municipalities of 2020, with a point in its inhabited part."""

    nis: str
    name_fr: str
    name_nl: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Outline:
    """A municipality's coarse border: points are (longitude, latitude), first ring outside."""

    nis: str
    polygons: tuple[Polygon, ...]
    west: float
    south: float
    east: float
    north: float

    def contains(self, lat: float, lon: float) -> bool:
        if not (self.south <= lat <= self.north and self.west <= lon <= self.east):
            return False
        return any(
            _in_ring(lat, lon, outer) and not any(_in_ring(lat, lon, hole) for hole in holes)
            for outer, *holes in self.polygons
        )


def rows(name: str) -> Iterator[dict[str, str]]:
    """Rows of one shipped table."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@lru_cache(maxsize=1)
def municipalities() -> dict[str, Municipality]:
    """By NIS code."""
    return {
        row["nis"]: Municipality(
            nis=row["nis"],
            name_fr=row["name_fr"],
            name_nl=row["name_nl"],
            lat=float(row["latitude"]),
            lon=float(row["longitude"]),
        )
        for row in rows("municipalities.csv")
    }


def municipality_name(nis: str, language: str) -> str | None:
    """Dutch for Dutch readers, French for the others; None for a code that we do not know."""
    one = municipalities().get(nis)
    if one is None:
        return None
    return one.name_nl if language == "nl" else one.name_fr


@lru_cache(maxsize=1)
def municipality_outlines() -> tuple[Outline, ...]:
    """In order of NIS code."""
    collection = json.loads((DATA / "municipality_outlines.geojson").read_text(encoding="utf-8"))
    return tuple(
        _outline(feature["properties"]["nis"], feature["geometry"]["coordinates"])
        for feature in collection["features"]
    )


def municipality_of(lat: float, lon: float) -> Municipality | None:
    """The municipality around a point; near a border it may be the neighbour."""
    for outline in municipality_outlines():
        if outline.contains(lat, lon):
            return municipalities()[outline.nis]
    return None


def _outline(nis: str, coordinates: list[list[list[list[float]]]]) -> Outline:
    polygons = tuple(
        tuple(tuple((point[0], point[1]) for point in ring) for ring in polygon)
        for polygon in coordinates
    )
    longitudes = [lon for polygon in polygons for lon, _ in polygon[0]]
    latitudes = [lat for polygon in polygons for _, lat in polygon[0]]
    return Outline(
        nis=nis,
        polygons=polygons,
        west=min(longitudes),
        south=min(latitudes),
        east=max(longitudes),
        north=max(latitudes),
    )


def _in_ring(lat: float, lon: float, ring: Ring) -> bool:
    """Even-odd rule on a closed ring."""
    inside = False
    for (lon_a, lat_a), (lon_b, lat_b) in pairwise(ring):
        crosses = (lat_b > lat) != (lat_a > lat)
        if crosses and lon < (lon_b - lon_a) * (lat - lat_a) / (lat_b - lat_a) + lon_a:
            inside = not inside
    return inside
