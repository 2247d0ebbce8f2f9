"""Open posts as anybody may look through them: cells only, newest first within a distance step.

The conditions of partial indexes are written as literals: under a generic plan a bound
parameter would miss the index. Counting stops at a thousand.
"""

from datetime import date
from math import sin

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    String,
    and_,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.types import DateTime

from app.accounts.models import Person
from app.accounts.queries import blocked
from app.db import ReadSession
from app.paging import PAGE_SIZE, Page, offset
from app.posts.models import Cube, Post, PostWindow
from app.posts.queries.cards import BrowseFilter, Card, cards
from app.posts.queries.one import HOSTING
from app.posts.rules import PostKind
from app.posts.rules.expiry import day_start
from app.territories.rules import EARTH_RADIUS_KM, Cell, CellBounds, cell_centre, cube_of

COUNT_TO = 1_000
SIMILAR = 3
# The steps in which people read distances, in kilometres.
STEPS = (0, 2, 5, 10)
_HOSTING = ", ".join(str(number) for number in HOSTING)


async def browse(reader: ReadSession, wanted: BrowseFilter) -> Page[Card]:
    """One page of open posts and how many there are, up to a thousand."""
    found = _open_posts(wanted)
    total = await reader.scalar(select(func.count()).select_from(found.limit(COUNT_TO).subquery()))
    number = min(max(1, wanted.page), COUNT_TO // PAGE_SIZE)
    if wanted.near is None:
        ids = await _newest(reader, found, PAGE_SIZE, offset(number))
    else:
        ids = (await _by_steps(reader, found, wanted.near, number * PAGE_SIZE))[offset(number) :]
    return Page(await cards(reader, ids, wanted.near), number, total or 0, counted_to=COUNT_TO)


async def similar_posts(reader: ReadSession, post: Post, viewer_id: int | None) -> list[Card]:
    """Three open posts of the same kind near a closed one."""
    near = Cell(post.place.cell_row, post.place.cell_column)
    wanted = BrowseFilter(
        kind=PostKind(post.kind), categories=(post.category,), near=near, viewer_id=viewer_id
    )
    found = _open_posts(wanted).where(Post.id != post.id)
    return await cards(reader, await _by_steps(reader, found, near, SIMILAR), near)


def is_shown(kind: PostKind, viewer_id: int | None) -> ColumnElement[bool]:
    """Open, unended, of an author who may be here and whom the viewer has not blocked."""
    hosting: ColumnElement[bool] = (
        literal_column(f"(adopted_at IS NOT NULL OR category NOT IN ({_HOSTING}))")
        if kind is PostKind.OFFER
        else literal_column(f"category NOT IN ({_HOSTING})")
    )
    author_gone = exists().where(
        Person.id == Post.author_id,
        or_(Person.suspended_at.is_not(None), Person.erased_at.is_not(None)),
    )
    shown = and_(
        literal_column(f"post.kind = '{kind.value}'"),
        literal_column("is_open"),
        hosting,
        Post.ends_at > func.now(),
        ~author_gone,
    )
    if viewer_id is None:
        return shown
    return and_(shown, ~blocked(Post.author_id.expression, literal(viewer_id)))


def _open_posts(wanted: BrowseFilter) -> Select[int]:
    return select(Post.id).where(is_shown(wanted.kind, wanted.viewer_id), *_wishes(wanted))


def _wishes(wanted: BrowseFilter) -> list[ColumnElement[bool]]:
    wishes: list[ColumnElement[bool]] = []
    if wanted.categories:
        wishes.append(Post.category.in_(wanted.categories))
    if wanted.cell is not None:
        lat, lon = cell_centre(wanted.cell)
        wishes.append(_within(_point(lat, lon), 0.1))
    if wanted.people is not None:
        wishes.append(Post.places - Post.taken >= wanted.people)
    if wanted.speaks is not None:
        wishes.append(Post.languages.op("&&")(array([wanted.speaks], type_=String(3))))
    if wanted.from_day is not None:
        wishes.append(_possible_from(wanted.from_day))
    return wishes


def _possible_from(day: date) -> ColumnElement[bool]:
    """Can still happen on or after that local day; recurring posts end after their last day."""
    start = literal(day_start(day), DateTime(timezone=True))
    windows = exists().where(PostWindow.post_id == Post.id)
    return and_(
        Post.ends_at > start,
        or_(
            ~windows,
            windows.where(or_(PostWindow.rule.is_not(None), PostWindow.ends_at > start)),
        ),
    )


def within_box(area: CellBounds) -> ColumnElement[bool]:
    """Cells whose centre lies inside; the box of the index comes first, the edges decide."""
    return and_(Post.lat.between(area.south, area.north), Post.lon.between(area.west, area.east))


async def _newest(reader: ReadSession, found: Select[int], size: int, skip: int = 0) -> list[int]:
    rows = await reader.scalars(
        found.order_by(Post.published_at.desc(), Post.id.desc()).limit(size).offset(skip)
    )
    return list(rows)


async def _by_steps(reader: ReadSession, found: Select[int], near: Cell, size: int) -> list[int]:
    """Nearest step first; within a step only age decides, so order betrays no distance."""
    here = _point(*cell_centre(near))
    ids: list[int] = []
    for least, most in zip(STEPS, [*STEPS[1:], None], strict=True):
        if len(ids) < size:
            ids += await _newest(reader, found.where(_in_step(here, least, most)), size - len(ids))
    return ids


def _in_step(here: ColumnElement[str], least: float, most: float | None) -> ColumnElement[bool]:
    away = func.cube_distance(Post.pos, here, type_=Float)
    if most is None:
        return away > _chord(least)
    # Ten kilometres still read as "five to ten"; cell centres never lie exactly on a step.
    return and_(_within(here, most), away >= _chord(least), away < _chord(most))


def _within(here: ColumnElement[str], km: float) -> ColumnElement[bool]:
    box = func.cube_enlarge(here, _chord(km), 3, type_=Cube())
    return Post.pos.op("<@", is_comparison=True)(box)


def _point(lat: float, lon: float) -> ColumnElement[str]:
    return func.cube(array([literal(metres, Float) for metres in cube_of(lat, lon)]), type_=Cube())


def _chord(km: float) -> float:
    """Metres straight through the earth, as the cube extension measures."""
    return 2_000 * EARTH_RADIUS_KM * sin(km / (2 * EARTH_RADIUS_KM))
