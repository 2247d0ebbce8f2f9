"""The public grid and its distances.

- A place is shown, searched and compared only by its cell of at least one kilometre each way.
- Cells lie in rows of 1/110 degree; a row has a column for each kilometre of its poleward edge.
- One sphere everywhere: the radius PostgreSQL's earthdistance uses.
- People read distances in four steps, never in numbers.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import asin, cos, floor, radians, sin, sqrt

EARTH_RADIUS_KM = 6378.168  # earth() of earthdistance, in kilometres
ROWS_PER_DEGREE = 110
EQUATOR_KM = 40_075
_LAST_ROW = 90 * ROWS_PER_DEGREE - 1


class DistanceBucket(StrEnum):
    """How far apart two cells lie, as people may know it."""

    UNDER_2 = "under_2"
    FROM_2_TO_5 = "2_5"
    FROM_5_TO_10 = "5_10"
    OVER_10 = "over_10"


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One square of the fixed public grid; the same point always lies in the same cell."""

    row: int
    col: int


@dataclass(frozen=True, slots=True)
class CellBounds:
    """Edges in degrees; south and west belong to the cell."""

    south: float
    west: float
    north: float
    east: float


def cell_of(lat: float, lon: float) -> Cell:
    """The cell around a point of WGS 84 degrees; ValueError outside the globe."""
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):  # noqa: PLR2004  (the globe; also refuses NaN)
        raise ValueError("not a point on the globe")
    row = min(floor(lat * ROWS_PER_DEGREE), _LAST_ROW)
    columns = columns_in(row)
    return Cell(row, min(floor((lon + 180) / 360 * columns), columns - 1))


def columns_in(row: int) -> int:
    """How many cells a row holds; at least one, at the poles."""
    poleward_edge = max(abs(row), abs(row + 1)) / ROWS_PER_DEGREE
    return max(1, floor(EQUATOR_KM * cos(radians(poleward_edge))))


def cell_bounds(cell: Cell) -> CellBounds:
    """The edges of a cell, for drawing it."""
    columns = columns_in(cell.row)
    return CellBounds(
        south=cell.row / ROWS_PER_DEGREE,
        west=cell.col * 360 / columns - 180,
        north=(cell.row + 1) / ROWS_PER_DEGREE,
        east=(cell.col + 1) * 360 / columns - 180,
    )


def cell_centre(cell: Cell) -> tuple[float, float]:
    """Latitude and longitude of the only point the world may know."""
    columns = columns_in(cell.row)
    return (cell.row + 0.5) / ROWS_PER_DEGREE, (cell.col + 0.5) * 360 / columns - 180


def distance_km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great-circle distance on the sphere of earthdistance."""
    half_lat = sin(radians(lat_b - lat_a) / 2)
    half_lon = sin(radians(lon_b - lon_a) / 2)
    chord = half_lat**2 + cos(radians(lat_a)) * cos(radians(lat_b)) * half_lon**2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


def cell_distance_km(here: Cell, there: Cell) -> float:
    """From centre to centre."""
    return distance_km(*cell_centre(here), *cell_centre(there))


def distance_bucket(km: float) -> DistanceBucket:
    """Each step holds its lower bound; ten kilometres still read as five to ten."""
    if km < 2:  # noqa: PLR2004  (the steps people read)
        return DistanceBucket.UNDER_2
    if km < 5:  # noqa: PLR2004  (the steps people read)
        return DistanceBucket.FROM_2_TO_5
    if km <= 10:  # noqa: PLR2004  (the steps people read)
        return DistanceBucket.FROM_5_TO_10
    return DistanceBucket.OVER_10


def cube_of(lat: float, lon: float) -> tuple[float, float, float]:
    """Earth-centred metres, equal to PostgreSQL's ll_to_earth(lat, lon)."""
    metres = EARTH_RADIUS_KM * 1000
    flat = cos(radians(lat))
    return (
        metres * flat * cos(radians(lon)),
        metres * flat * sin(radians(lon)),
        metres * sin(radians(lat)),
    )
