"""Posts by cells: the newest few of each cell are enough for the newest of a step of distance."""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil, cos, floor, radians, sin

from sqlalchemy import (
    ColumnElement,
    Double,
    Float,
    Select,
    TableValuedAlias,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from app.posts.models import Cube, Post
from app.territories.rules import (
    EARTH_RADIUS_KM,
    EQUATOR_KM,
    ROWS_PER_DEGREE,
    Cell,
    CellBounds,
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
    cells = cells_table(cells_between(near, *step))
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


def cells_table(cells: Sequence[Cell]) -> TableValuedAlias:
    """The centres of cells as a table of latitude and longitude."""
    centres = [cell_centre(cell) for cell in cells]
    return (
        func.unnest(
            literal([lat for lat, _lon in centres], ARRAY(Double)),
            literal([lon for _lat, lon in centres], ARRAY(Double)),
        )
        .table_valued("lat", "lon", name="cell")
        .render_derived()
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


@lru_cache(maxsize=256)
def cells_within(area: CellBounds) -> tuple[Cell, ...]:
    """Cells whose centres lie inside."""
    found: list[Cell] = []
    for row in range(floor(area.south * ROWS_PER_DEGREE), ceil(area.north * ROWS_PER_DEGREE)):
        columns = columns_in(row) / 360
        first, last = floor((area.west + 180) * columns), ceil((area.east + 180) * columns)
        found += [Cell(row, column) for column in range(first, last)]
    return tuple(cell for cell in found if _is_inside(cell_centre(cell), area))


def _is_inside(point: tuple[float, float], area: CellBounds) -> bool:
    lat, lon = point
    return area.south <= lat <= area.north and area.west <= lon <= area.east


def _point(cell: Cell) -> ColumnElement[str]:
    metres = cube_of(*cell_centre(cell))
    return func.cube(array([literal(one, Float) for one in metres]), type_=Cube())


def _chord(km: float) -> float:
    """Metres straight through the earth, as the cube extension measures."""
    return 2_000 * EARTH_RADIUS_KM * sin(km / (2 * EARTH_RADIUS_KM))
