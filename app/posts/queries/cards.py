"""What a list of posts asks and answers; no coordinates and nothing exact stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import select

from app.db import ReadSession
from app.posts.forms.search import Search
from app.posts.models import Post
from app.posts.queries.one import windows_of
from app.posts.rules import PostKind, Window, free_places
from app.territories.models import Place
from app.territories.rules import Cell, DistanceBucket, cell_centre, distance_bucket, distance_km


@dataclass(frozen=True)
class BrowseFilter:
    """What a person looks for; `near` sorts by distance step, `cell` keeps one cell only."""

    kind: PostKind = PostKind.OFFER
    categories: tuple[int, ...] = ()  # none: all
    near: Cell | None = None
    cell: Cell | None = None
    from_day: date | None = None
    people: int | None = None
    speaks: str | None = None
    page: int = 1
    viewer_id: int | None = None

    @classmethod
    def of(cls, kind: PostKind, search: Search, viewer_id: int | None) -> "BrowseFilter":
        """The same wish for list, map and program.

        What nobody may read of a need, nobody may search by: filters answer questions too.
        """
        if kind is PostKind.NEED:
            search = replace(search, from_day=None, people=None, speaks=None)
        return cls(
            kind=kind,
            categories=search.categories,
            near=search.near,
            cell=search.cell,
            from_day=search.from_day,
            people=search.people,
            speaks=search.speaks,
            page=search.page,
            viewer_id=viewer_id,
        )


@dataclass(frozen=True)
class Card:
    """A post as a list shows it."""

    code: str
    kind: PostKind
    category: int
    name_fr: str
    name_nl: str
    postcode: str | None
    languages: tuple[str, ...]
    interpreter: bool
    places: int
    free: int
    unit: str
    urgency: int
    remote: bool
    recurring: bool
    published_at: datetime
    distance: DistanceBucket | None = None
    windows: tuple[Window, ...] = field(default=())


@dataclass(frozen=True)
class Spot:
    """How many open posts lie in one cell, or at least how many."""

    cell: Cell
    count: int
    at_least: bool = False


async def cards(reader: ReadSession, ids: Sequence[int], near: Cell | None) -> list[Card]:
    """Cards in the order of the ids."""
    rows = await reader.execute(
        select(Post, Place).join(Place, Place.id == Post.place_id).where(Post.id.in_(ids))
    )
    windows = await windows_of(reader, ids)
    found = {post.id: _card(post, place, windows[post.id], near) for post, place in rows}
    return [found[post_id] for post_id in ids]


def _card(post: Post, place: Place, windows: list[Window], near: Cell | None) -> Card:
    return Card(
        code=post.code,
        kind=PostKind(post.kind),
        category=post.category,
        name_fr=place.name_fr,
        name_nl=place.name_nl,
        postcode=place.postcode,
        languages=tuple(post.languages),
        interpreter=post.interpreter,
        places=post.places,
        free=post.places
        if post.recurring
        else free_places(post.places, post.taken, exclusive=post.exclusive),
        unit=post.unit,
        urgency=post.urgency,
        remote=post.remote,
        recurring=post.recurring,
        published_at=post.published_at or post.created_at,
        distance=_distance(place, near),
        windows=tuple(windows),
    )


def _distance(place: Place, near: Cell | None) -> DistanceBucket | None:
    if near is None:
        return None
    return distance_bucket(distance_km(place.lat, place.lon, *cell_centre(near)))
