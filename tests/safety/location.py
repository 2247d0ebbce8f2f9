"""How an attacker turns what a platform says into a point, whichever platform it is.

Each attack is the same code against two platforms: ours, over HTTP, and a careless one that keeps
true points. What is consistent with all answers is kept; its middle is the guess.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from numpy.typing import NDArray

from app.territories.rules import (
    EQUATOR_KM,
    ROWS_PER_DEGREE,
    Cell,
    cell_bounds,
    cell_centre,
    columns_in,
    distance_km,
)

Point = tuple[float, float]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
# The nineteen communes, and a step fine enough to see whoever can be found.
SOUTH, WEST, NORTH, EAST = 50.76, 4.24, 50.92, 4.49
STEP_KM = 0.06
KM_PER_DEGREE = EQUATOR_KM / 360


def metres(one: Point, other: Point) -> float:
    return 1000 * distance_km(*one, *other)


@dataclass(frozen=True)
class Candidates:
    """Every place where somebody might be, and the middle of the public cell around it."""

    lat: Floats
    lon: Floats
    cell_lat: Floats
    cell_lon: Floats
    _known: dict[tuple[Point, bool], Floats] = field(default_factory=dict, compare=False)

    @classmethod
    def everywhere(cls) -> "Candidates":
        step = STEP_KM / KM_PER_DEGREE
        lats = np.arange(SOUTH, NORTH, step)
        lons = np.arange(WEST, EAST, step / np.cos(np.radians(50.84)))
        lat, lon = (one.ravel() for one in np.meshgrid(lats, lons))
        return cls.of(lat, lon)

    @classmethod
    def of(cls, lat: Floats, lon: Floats) -> "Candidates":
        rows = np.floor(lat * ROWS_PER_DEGREE).astype(int)
        columns = np.array([columns_in(int(row)) for row in rows], dtype=float)
        cols = np.floor((lon + 180) / 360 * columns)
        cell_lat = (rows + 0.5) / ROWS_PER_DEGREE
        return cls(lat, lon, cell_lat, (cols + 0.5) * 360 / columns - 180)

    def middle(self, kept: Mask) -> Point:
        """The best guess; where nothing fits the answers lied, and the guess is the town."""
        if not kept.any():
            return (SOUTH + NORTH) / 2, (WEST + EAST) / 2
        return float(self.lat[kept].mean()), float(self.lon[kept].mean())

    def km_to(self, point: Point, *, by_cell: bool) -> Floats:
        if (point, by_cell) not in self._known:
            self._known[point, by_cell] = self._km_to(point, by_cell=by_cell)
        return self._known[point, by_cell]

    def _km_to(self, point: Point, *, by_cell: bool) -> Floats:
        lat = np.radians(self.cell_lat if by_cell else self.lat)
        lon = np.radians(self.cell_lon if by_cell else self.lon)
        here_lat, here_lon = np.radians(point[0]), np.radians(point[1])
        chord = np.sin((lat - here_lat) / 2) ** 2
        chord += np.cos(lat) * np.cos(here_lat) * np.sin((lon - here_lon) / 2) ** 2
        return np.asarray(2 * 6378.168 * np.arcsin(np.sqrt(chord)))


def by_answers(
    space: Candidates,
    answers: Mapping[Point, object],
    means: Callable[[Candidates, Point, object], Mask],
) -> Point:
    """The middle of all that fits every answer, each heard from its own probe."""
    kept = np.ones(space.lat.shape, dtype=bool)
    for probe, answer in answers.items():
        kept &= means(space, probe, answer)
    return space.middle(kept)


def by_average(reported: Iterable[Point]) -> Point:
    points = np.array(list(reported))
    return float(points[:, 0].mean()), float(points[:, 1].mean())


def by_halving(has: Callable[[float, float, float, float], bool]) -> Point:
    """Ask whether somebody is in a box, halve it, ask again: what a map or a count may answer."""
    south, west, north, east = SOUTH, WEST, NORTH, EAST
    for _ in range(14):
        lat, lon = (south + north) / 2, (west + east) / 2
        south, north = (lat, north) if has(lat, west, north, east) else (south, lat)
        west, east = (lon, east) if has(south, lon, north, east) else (west, lon)
    return (south + north) / 2, (west + east) / 2


def in_cell(space: Candidates, cell: Cell) -> Mask:
    edge = cell_bounds(cell)
    lat, lon = cell_centre(cell)
    assert edge.south < lat < edge.north
    return np.isclose(space.cell_lat, lat) & np.isclose(space.cell_lon, lon)


@dataclass
class Attack:
    """One way in: how far off it was against us, and against who keeps true points."""

    name: str
    ours: list[float] = field(default_factory=list)
    careless: list[float] = field(default_factory=list)
    asked: int = 0

    @property
    def error(self) -> float:
        return median(self.ours)

    @property
    def control(self) -> float:
        return median(self.careless)

    def line(self, cell: float) -> str:
        return (
            f"  {self.name:<34} ours {self.error:5.0f} m (cell {cell:.0f} m)"
            f"   control {self.control:5.1f} m   {self.asked} requests"
        )
