"""How many open posts lie in each cell of an area: grouped here, so that the page stays small."""

from sqlalchemy import func, select

from app.db import ReadSession
from app.posts.models import Post
from app.posts.queries.browse import is_shown, within_box
from app.posts.queries.cards import BrowseFilter, Spot
from app.territories.rules import CellBounds, cell_of


async def spots(reader: ReadSession, wanted: BrowseFilter, area: CellBounds) -> list[Spot]:
    """One spot for each cell of the area that holds open posts, by row and column."""
    rows = await reader.execute(
        select(Post.lat, Post.lon, func.count())
        .where(is_shown(wanted.kind, wanted.viewer_id), within_box(area))
        .where(*([Post.category.in_(wanted.categories)] if wanted.categories else []))
        .group_by(Post.lat, Post.lon)
    )
    return sorted(
        (Spot(cell_of(lat, lon), count) for lat, lon, count in rows), key=lambda spot: spot.cell
    )
