"""Posts by steps of distance: the newest few of each cell are enough for the newest of a step."""

from functools import lru_cache
from math import ceil, cos, radians, sin

from sqlalchemy import ColumnElement, Double, Float, Select, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY, array

from app.posts.models import Cube, Post
from app.territories.rules import (
    EARTH_RADIUS_KM,
    EQUATOR_KM,
    ROWS_PER_DEGREE,
    Cell,
    cell_centre,
    cell_distance_km,
    columns_in,
    cube_of,
)

_ROW_KM = EQUATOR_KM / 360 / ROWS_PER_DEGREE


def is_beyond(near: Cell, km: float) -> ColumnElement[bool]:
    """True for posts whose cell lies further away."""
    return func.cube_distance(Post.pos, _point(near), type_=Float) > _chord(km)


def newest_of_cells(
    found: Select[int], near: Cell, step: tuple[float, float], size: int
) -> Select[int]:
    """The newest posts of all cells within a step, from the newest few of each cell."""
    centres = [cell_centre(cell) for cell in cells_between(near, *step)]
    cells = (
        func.unnest(
            literal([lat for lat, _lon in centres], ARRAY(Double)),
            literal([lon for _lat, lon in centres], ARRAY(Double)),
        )
        .table_valued("lat", "lon", name="cell")
        .render_derived()
    )
    few = (
        found.add_columns(Post.published_at)
        .where(Post.lat == cells.c.lat, Post.lon == cells.c.lon)
        .order_by(Post.published_at.desc(), Post.id.desc())
        .limit(size)
        .lateral("few")
    )
    return (
        select(few.c.id)
        .select_from(cells.join(few, true()))
        .order_by(few.c.published_at.desc(), few.c.id.desc())
        .limit(size)
    )


@lru_cache(maxsize=4_096)
def cells_between(near: Cell, least: float, most: float) -> tuple[Cell, ...]:
    """Cells whose centres lie from `least` to below `most` kilometres from a cell's centre."""
    lat, lon = cell_centre(near)
    rows = ceil(most / _ROW_KM) + 1
    aside = most / (EQUATOR_KM / 360 * max(0.01, cos(radians(abs(lat) + rows / ROWS_PER_DEGREE))))
    found: list[Cell] = []
    for row in range(near.row - rows, near.row + rows + 1):
        columns = columns_in(row)
        first = int((lon - aside + 180) / 360 * columns) - 1
        last = int((lon + aside + 180) / 360 * columns) + 1
        found += [
            Cell(row, column)
            for column in range(first, last + 1)
            if least <= cell_distance_km(near, Cell(row, column)) < most
        ]
    return tuple(found)


def _point(cell: Cell) -> ColumnElement[str]:
    metres = cube_of(*cell_centre(cell))
    return func.cube(array([literal(one, Float) for one in metres]), type_=Cube())


def _chord(km: float) -> float:
    """Metres straight through the earth, as the cube extension measures."""
    return 2_000 * EARTH_RADIUS_KM * sin(km / (2 * EARTH_RADIUS_KM))
