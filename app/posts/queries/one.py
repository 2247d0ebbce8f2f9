"""One post with what its page needs, a person's own posts, and what publishing must know."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, any_, func, literal, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.accounts.queries import blocked
from app.accounts.rules import Visitor
from app.db import ReadSession
from app.errors import NotFoundError
from app.organisations.models import Client, Mandate, Organisation
from app.paging import PAGE_SIZE, Page, offset
from app.posts.models import Post, PostWindow
from app.posts.rules import CATEGORIES, PostDraft, PostKind, Window
from app.territories import queries as territories
from app.territories.models import Place

HOSTING = [category.number for category in CATEGORIES if category.is_hosting]


async def find_post(reader: ReadSession, code: str, kind: PostKind | None = None) -> Post | None:
    """With its place, author and organisations."""
    found: Post | None = await reader.scalar(
        select(Post)
        .options(
            joinedload(Post.place),
            joinedload(Post.author),
            joinedload(Post.organisation),
            joinedload(Post.adopter),
        )
        .where(Post.code == code, *([Post.kind == kind.value] if kind else []))
    )
    return found


async def post_by_code(reader: ReadSession, code: str, kind: PostKind | None = None) -> Post:
    """`NotFoundError` where there is none; who may see it is for the rules to say."""
    post = await find_post(reader, code, kind)
    if post is None:
        raise NotFoundError("There is no such post.")
    return post


async def is_blocked(reader: ReadSession, post: Post, viewer_id: int | None) -> bool:
    """True where viewer and author do not meet; a stranger blocks nobody."""
    if viewer_id is None:
        return False
    found = await reader.scalar(select(blocked(literal(post.author_id), literal(viewer_id))))
    return bool(found)


async def own_posts(reader: ReadSession, visitor: Visitor, page: int = 1) -> Page[Post]:
    """Posts of the person and of the organisations they work for, newest first, with places."""
    mine = or_(
        and_(Post.author_id == visitor.person_id, Post.organisation_id.is_(None)),
        Post.organisation_id.in_(visitor.organisation_ids),
    )
    total = await reader.scalar(select(func.count()).select_from(Post).where(mine)) or 0
    rows = await reader.scalars(
        select(Post)
        .options(joinedload(Post.place))
        .where(mine)
        .order_by(Post.id.desc())
        .limit(PAGE_SIZE)
        .offset(offset(page))
    )
    return Page(rows.all(), max(1, page), total)


async def windows_of(reader: ReadSession, post_ids: Sequence[int]) -> dict[int, list[Window]]:
    """Every id has its windows in order of time; none means any time."""
    found: dict[int, list[Window]] = {post_id: [] for post_id in post_ids}
    rows = await reader.scalars(
        select(PostWindow)
        .where(PostWindow.post_id.in_(post_ids))
        .order_by(PostWindow.starts_at, PostWindow.id)
    )
    for row in rows:
        found[row.post_id].append(row.window)
    return found


async def place_with_address(reader: ReadSession, place_id: int) -> tuple[Place, str | None]:
    """For the owner, who may read the exact address."""
    place = await territories.place(reader, place_id)
    return place, await territories.exact_address(reader, place_id)


async def posts_today(reader: ReadSession, visitor: Visitor) -> int:
    """How many posts a person wrote in the last 24 hours."""
    count = await reader.scalar(
        select(func.count())
        .select_from(Post)
        .where(
            Post.author_id == visitor.person_id,
            Post.created_at > func.now() - timedelta(days=1),
        )
    )
    return count or 0


async def asked_on_first_day(reader: ReadSession, visitor: Visitor) -> int:
    """How many offers somebody has asked for who came less than 24 hours ago; later nobody counts.

    Whoever comes to look for victims asks many hosts at once, with a fresh account.
    """
    count = await reader.scalar(
        select(func.count())
        .select_from(Post)
        .join(Person, Person.id == Post.author_id)
        .where(
            Person.id == visitor.person_id,
            Person.created_at > func.now() - timedelta(days=1),
            Post.asked_offer_id.is_not(None),
        )
    )
    return count or 0


async def is_reported(reader: ReadSession, visitor: Visitor, draft: PostDraft) -> bool:
    """True while a report of danger holds posts of the same person, or of the same client."""
    mine = and_(Post.author_id == visitor.person_id, Post.organisation_id.is_(None))
    if draft.client_id is not None:
        mine = Post.client_id == draft.client_id
    elif draft.organisation_id is not None:
        return False
    found = await reader.scalar(select(Post.id).where(mine, Post.held_at.is_not(None)).limit(1))
    return found is not None


async def may_work(reader: ReadSession, organisation_id: int) -> bool:
    """True for an organisation that is verified and neither stopped nor closed."""
    found = await reader.scalar(
        select(Organisation.id).where(
            Organisation.id == organisation_id,
            Organisation.verified_at.is_not(None),
            Organisation.suspended_at.is_(None),
            Organisation.closed_at.is_(None),
        )
    )
    return found is not None


async def has_mandate(
    reader: ReadSession, client_id: int, organisation_id: int | None, category: int
) -> bool:
    """True where the organisation's own client allows posts of this kind now."""
    in_scope: ColumnElement[bool] = literal(category) == any_(Mandate.categories)
    if category not in HOSTING:
        in_scope = or_(Mandate.categories.is_(None), in_scope)
    found = await reader.scalar(
        select(Mandate.id)
        .join(Client, Client.id == Mandate.client_id)
        .where(
            Mandate.client_id == client_id,
            Client.organisation_id == organisation_id,
            Mandate.revoked_at.is_(None),
            Mandate.expires_at > func.now(),
            in_scope,
        )
        .limit(1)
    )
    return found is not None
