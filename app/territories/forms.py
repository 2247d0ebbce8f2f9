"""A found place as a short text that a program can hand back; it holds a cell, never a point."""

import re

from app.territories.geocoder.port import FoundPlace
from app.territories.rules import Cell, cell_centre, cell_of, columns_in

_ID = re.compile(r"(\d{5})\.(-?\d{1,5})\.(\d{1,5})(?:\.(\d{4}))?")


def place_id(found: FoundPlace) -> str:
    """Municipality, row and column of the cell, postcode where known."""
    cell = cell_of(found.lat, found.lon)
    postcode = f".{found.postcode}" if found.postcode else ""
    return f"{found.municipality_nis}.{cell.row}.{cell.col}{postcode}"


def read_place_id(text: str) -> tuple[str, Cell, str | None] | None:
    """Municipality, cell and postcode of such a text; None for anything else."""
    match = _ID.fullmatch(text)
    if match is None:
        return None
    cell = Cell(int(match[2]), int(match[3]))
    if abs(cell_centre(cell)[0]) >= 90 or cell.col >= columns_in(cell.row):  # noqa: PLR2004 - the poles
        return None
    return match[1], cell, match[4]
