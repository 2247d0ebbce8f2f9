"""Open posts as anybody may look through them: cells only, newest first within a distance step.

The conditions of partial indexes are written as literals: under a generic plan a bound
parameter would miss the index. Counting stops at a thousand.
"""

from bisect import bisect_right
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    all_,
    and_,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from app.accounts.models import Person
from app.accounts.queries import blocked
from app.db import ReadSession
from app.paging import PAGE_SIZE, Page, offset
from app.posts.models import Post
from app.posts.queries.cards import BrowseFilter, Card, cards
from app.posts.queries.nearby import is_beyond, newest_of_cells
from app.posts.rules import PostKind, by_number
from app.posts.rules.attested import VISITS
from app.posts.rules.expiry import day_start
from app.territories.rules import Cell, cell_centre, distance_km

COUNT_TO = 1_000
SIMILAR = 3
# The steps in which people read distances, in kilometres.
STEPS = (0, 2, 5, 10)


async def browse(reader: ReadSession, wanted: BrowseFilter) -> Page[Card]:
    """One page of open posts and how many there are, up to a thousand."""
    found = shown(wanted)
    total = await reader.scalar(select(func.count()).select_from(found.limit(COUNT_TO).subquery()))
    total = total or 0
    number = min(max(1, wanted.page), COUNT_TO // PAGE_SIZE)
    skip = offset(number)
    if total < COUNT_TO:
        ids = (await _few(reader, found, wanted.near))[skip : skip + PAGE_SIZE]
    elif wanted.near is None:
        ids = await _newest(reader, found, PAGE_SIZE, skip)
    else:
        ids = (await _by_steps(reader, found, wanted.near, skip + PAGE_SIZE))[skip:]
    return Page(await cards(reader, ids, wanted.near), number, total, counted_to=COUNT_TO)


async def similar_posts(reader: ReadSession, post: Post, viewer_id: int | None) -> list[Card]:
    """Three open posts of the same kind near a closed one."""
    near = Cell(post.place.cell_row, post.place.cell_column)
    wanted = BrowseFilter(
        kind=PostKind(post.kind),
        categories=by_number(post.category).veil,
        near=near,
        viewer_id=viewer_id,
    )
    found = shown(wanted).where(Post.id != post.id)
    return await cards(reader, await _by_steps(reader, found, near, SIMILAR), near)


def shown(wanted: BrowseFilter) -> Select[int]:
    """Ids of all posts that a list shows to this viewer, in no order."""
    return select(Post.id).where(
        is_shown(wanted.kind, wanted.viewer_id), *_of_kind(wanted), *wishes(wanted, Post)
    )


def listed(wanted: BrowseFilter) -> Select[*tuple[Any, ...]]:
    """Posts of that kind of help before all other wishes, with the columns that these ask."""
    asked_of = (Post.lat, Post.lon, Post.places, Post.taken, Post.languages, Post.is_open)
    return select(Post.id, *asked_of, Post.ends_at).where(
        is_shown(wanted.kind, wanted.viewer_id), *_of_kind(wanted)
    )


def is_known_visitor(kind: PostKind) -> ColumnElement[bool]:
    """Who offers to visit people is shown once somebody stands up for them."""
    if kind is PostKind.NEED:
        return true()
    return or_(Post.attested_at.is_not(None), Post.organisation_id.is_not(None))


def is_shown(kind: PostKind, viewer_id: int | None) -> ColumnElement[bool]:
    """Listed, unended, of an author who may be here and whom the viewer has not blocked."""
    # Few people are gone, so they are read once; a join would look at the author of every row.
    gone = select(Person.id).where(
        or_(Person.suspended_at.is_not(None), Person.erased_at.is_not(None))
    )
    fits = and_(
        literal_column(f"post.kind = '{kind.value}'"),
        literal_column("is_listed"),
        or_(Post.category.not_in(VISITS), is_known_visitor(kind)),
        Post.ends_at > func.now(),
        Post.author_id != all_(func.array(gone.scalar_subquery())),
    )
    if viewer_id is None:
        return fits
    return and_(fits, ~blocked(Post.author_id.expression, literal(viewer_id)))


def _of_kind(wanted: BrowseFilter) -> list[ColumnElement[bool]]:
    if not wanted.categories:
        return []
    numbers: BindParameter[tuple[int, ...]] = bindparam(
        "kinds", wanted.categories, expanding=True, literal_execute=True
    )
    return [Post.category.in_(numbers)]


def wishes(wanted: BrowseFilter, post: type[Post]) -> list[ColumnElement[bool]]:
    """What else is wished, asked of posts or of an alias of them."""
    found: list[ColumnElement[bool]] = []
    if wanted.cell is not None:
        lat, lon = cell_centre(wanted.cell)
        found += [post.lat == lat, post.lon == lon]
    if wanted.people is not None:
        found.append(post.places - post.taken >= _told("people", wanted.people))
    if wanted.speaks is not None:
        spoken = cast(array([_told("speaks", wanted.speaks)]), ARRAY(String(3)))
        found.append(post.languages.op("&&")(spoken))
    if wanted.from_day is not None:
        # A post ends with its last window at the latest, so its end says enough. The index by end
        # serves the sweeps too, so it holds all that is open.
        found += [post.is_open.expression, post.ends_at > day_start(wanted.from_day)]
    return found


def _told(name: str, value: int | str) -> ColumnElement[Any]:
    """A value the planner sees: how rare it is decides between the newest and an index."""
    return bindparam(name, value, literal_execute=True)


async def _newest(reader: ReadSession, found: Select[int], size: int, skip: int = 0) -> list[int]:
    rows = await reader.scalars(
        found.order_by(Post.published_at.desc(), Post.id.desc()).limit(size).offset(skip)
    )
    return list(rows)


async def _few(reader: ReadSession, found: Select[int], near: Cell | None) -> list[int]:
    """All ids in the order of the list, where they are few: what is rare is not found by age."""
    rows = await reader.execute(
        found.add_columns(Post.published_at, Post.lat, Post.lon).limit(COUNT_TO)
    )
    ordered = sorted(rows, key=lambda row: (row.published_at, row.id), reverse=True)
    if near is not None:
        here = cell_centre(near)
        ordered.sort(key=lambda row: _step(distance_km(row.lat, row.lon, *here)))
    return [row.id for row in ordered]


def _step(km: float) -> int:
    return bisect_right(STEPS, km)


async def _by_steps(reader: ReadSession, found: Select[int], near: Cell, size: int) -> list[int]:
    """Nearest step first; within a step only age decides, so order betrays no distance."""
    ids: list[int] = []
    for least, most in pairwise(STEPS):
        if len(ids) < size:
            query = newest_of_cells(found, near, (least, most), size - len(ids))
            ids += await reader.scalars(query)
    if len(ids) < size:
        ids += await _newest(reader, found.where(is_beyond(near, STEPS[-1])), size - len(ids))
    return ids
