"""The map as numbers: municipality outlines and one marker for each cell, ready to be drawn.

Only cell centres and published outlines enter; the ground needs no tiles and no third party.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, log2, radians

from app.i18n import current_language, ngettext
from app.i18n import gettext as _
from app.posts.pages.browse import address
from app.posts.queries import Spot
from app.territories.geocoder import shipped
from app.territories.rules import Cell, CellBounds, cell_centre

WIDTH = 1_000
# Around the nineteen communes, with a margin.
BRUSSELS = CellBounds(south=50.755, west=4.225, north=50.925, east=4.495)
AROUND_KM = 10
_KM_PER_DEGREE = 111.3


@dataclass(frozen=True)
class Marker:
    x: int
    y: int
    radius: int
    count: str
    label: str
    href: str


@dataclass(frozen=True)
class Drawing:
    """A picture `width` by `height` units."""

    width: int
    height: int
    ground: tuple[str, ...]
    names: tuple[tuple[int, int, str], ...]
    markers: tuple[Marker, ...]


def area_around(centre: Cell | None) -> CellBounds:
    """What the map shows: Brussels, or ten kilometres around a place."""
    if centre is None:
        return BRUSSELS
    lat, lon = cell_centre(centre)
    up = AROUND_KM / _KM_PER_DEGREE
    aside = up / cos(radians(lat))
    return CellBounds(south=lat - up, west=lon - aside, north=lat + up, east=lon + aside)


def draw(area: CellBounds, spots: Sequence[Spot], query: dict[str, str]) -> Drawing:
    """The ground of an area with a marker on every cell that holds something."""
    return Drawing(
        width=WIDTH,
        height=_height(area),
        ground=_ground(area),
        names=_names(area, current_language()),
        markers=tuple(_marker(area, spot, query) for spot in spots),
    )


def _marker(area: CellBounds, spot: Spot, query: dict[str, str]) -> Marker:
    lat, lon = cell_centre(spot.cell)
    x, y = _project(area, lat, lon)
    around = _municipality(spot.cell)
    name = (
        "" if around is None else (around.name_nl if current_language() == "nl" else around.name_fr)
    )
    return Marker(
        x=x,
        y=y,
        radius=round(14 + 3 * min(6.0, log2(spot.count))),
        count=f"{spot.count}+" if spot.at_least else str(spot.count),
        label=_label(spot, name),
        href=address("/offers", query, cell=f"{spot.cell.row}.{spot.cell.col}"),
    )


def _label(spot: Spot, name: str) -> str:
    if spot.at_least:
        return f"{name}: {_('More than %(most)s', most=spot.count - 1)}"
    return ngettext("%(n)s offer in %(name)s", "%(n)s offers in %(name)s", spot.count, name=name)


@lru_cache(maxsize=16_384)
def _municipality(cell: Cell) -> shipped.Municipality | None:
    return shipped.municipality_of(*cell_centre(cell))


@lru_cache(maxsize=256)
def _ground(area: CellBounds) -> tuple[str, ...]:
    """One path for each municipality that touches the area."""
    return tuple(
        "".join(_ring(area, ring) for polygon in outline.polygons for ring in polygon)
        for outline in _touching(area)
    )


@lru_cache(maxsize=512)
def _names(area: CellBounds, language: str) -> tuple[tuple[int, int, str], ...]:
    named = []
    for outline in _touching(area):
        town = shipped.municipalities()[outline.nis]
        if area.south < town.lat < area.north and area.west < town.lon < area.east:
            x, y = _project(area, town.lat, town.lon)
            named.append((x, y, town.name_nl if language == "nl" else town.name_fr))
    return tuple(named)


def _touching(area: CellBounds) -> list[shipped.Outline]:
    return [
        one
        for one in shipped.municipality_outlines()
        if one.west < area.east
        and one.east > area.west
        and one.south < area.north
        and one.north > area.south
    ]


def _ring(area: CellBounds, ring: shipped.Ring) -> str:
    """Relative moves: half the bytes of absolute ones."""
    points = [_project(area, lat, lon) for lon, lat in ring]
    (x, y), parts = points[0], [f"M{points[0][0]} {points[0][1]}"]
    for next_x, next_y in points[1:-1]:
        parts.append(f"l{next_x - x} {next_y - y}")
        x, y = next_x, next_y
    return "".join(parts) + "z"


def _project(area: CellBounds, lat: float, lon: float) -> tuple[int, int]:
    x = (lon - area.west) / (area.east - area.west) * WIDTH
    y = (area.north - lat) / (area.north - area.south) * _height(area)
    return round(x), round(y)


def _height(area: CellBounds) -> int:
    middle = cos(radians((area.south + area.north) / 2))
    return round(WIDTH * (area.north - area.south) / ((area.east - area.west) * middle))
