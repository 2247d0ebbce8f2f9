"""How many open posts lie in each cell of an area: grouped here, so that the page stays small."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import aliased

from app.db import ReadSession
from app.posts.models import Post
from app.posts.queries.browse import listed, shown, wishes
from app.posts.queries.cards import BrowseFilter, Spot
from app.posts.queries.nearby import cells_table, cells_within
from app.territories.rules import Cell, CellBounds, cell_of

# Up to so many posts are all counted; beyond, the first of each cell stand for the rest of it.
FEW = 2_000
SEEN = 60
ENOUGH = 50


async def spots(reader: ReadSession, wanted: BrowseFilter, area: CellBounds) -> list[Spot]:
    """One spot for each cell of the area that holds open posts, by row and column."""
    rows = list(await reader.execute(_every_one(wanted, area)))
    sampled = sum(row.posts for row in rows) > FEW
    if sampled:
        rows = list(await reader.execute(_some_of_each(wanted, cells_within(area))))
    searched = bool(wishes(wanted, Post))
    found = (
        Spot(
            cell_of(row.lat, row.lon),
            row.posts,
            at_least=sampled and (searched or row.posts == ENOUGH),
        )
        for row in rows
    )
    return sorted(found, key=lambda spot: spot.cell)


def _every_one(wanted: BrowseFilter, area: CellBounds) -> Select[float, float, int]:
    found = (
        shown(wanted)
        .add_columns(Post.lat, Post.lon)
        .where(
            Post.lat.between(area.south, area.north),
            Post.lon.between(area.west, area.east),
        )
        .limit(FEW + 1)
        .subquery()
    )
    place = found.c.lat, found.c.lon
    return select(*place, func.count().label("posts")).group_by(*place)


def _some_of_each(wanted: BrowseFilter, within: Sequence[Cell]) -> Select[float, float, int]:
    """Wishes that no index of cells answers are asked of the first few of each cell."""
    cells = cells_table(within)
    few = (
        listed(wanted)
        .where(Post.lat == cells.c.lat, Post.lon == cells.c.lon)
        .limit(SEEN)
        .correlate(cells)
        .lateral("few")
    )
    one = aliased(Post, few)
    fits = select(one.id).where(*wishes(wanted, one)).limit(ENOUGH).correlate(cells).lateral("fits")
    place = cells.c.lat, cells.c.lon
    joined = select(*place, func.count().label("posts")).select_from(cells.join(fits, true()))
    return joined.group_by(*place)
