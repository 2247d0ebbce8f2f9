"""What caseworkers see: their organisation's posts, and hosting that waits for a yes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.db import ReadSession
from app.posts.models import HostCheck, Post
from app.posts.queries.one import HOSTING

MOST_ROWS = 100


@dataclass(frozen=True)
class WaitingPost:
    """A hosting post nobody vouches for yet, and how many have signed."""

    post: Post
    signatures: int


async def desk_posts(reader: ReadSession, organisation_ids: Collection[int]) -> Sequence[Post]:
    """Posts in the name of these organisations with place and client, newest first."""
    rows = await reader.scalars(
        select(Post)
        .options(joinedload(Post.place), joinedload(Post.client))
        .where(Post.organisation_id.in_(organisation_ids))
        .order_by(Post.id.desc())
        .limit(MOST_ROWS)
    )
    return rows.all()


async def client_posts(reader: ReadSession, client_id: int) -> Sequence[int]:
    """Ids of what is posted for a client and may still meet somebody, now or once extended."""
    rows = await reader.scalars(
        select(Post.id).where(
            Post.client_id == client_id,
            Post.withdrawn_at.is_(None),
            Post.fulfilled_at.is_(None),
        )
    )
    return rows.all()


async def waiting_hosting(reader: ReadSession) -> Sequence[WaitingPost]:
    """Open hosting posts without an organisation behind them, the longest waiting first."""
    signatures = (
        select(func.count()).where(HostCheck.post_id == Post.id).correlate(Post).scalar_subquery()
    )
    rows = await reader.execute(
        select(Post, signatures.label("signatures"))
        .options(joinedload(Post.place))
        .where(Post.is_open, Post.category.in_(HOSTING), Post.adopted_at.is_(None))
        .order_by(Post.published_at, Post.id)
        .limit(MOST_ROWS)
    )
    return [WaitingPost(row.Post, row.signatures) for row in rows]


async def signatures_of(reader: ReadSession, post_id: int) -> int:
    count = await reader.scalar(
        select(func.count(HostCheck.person_id.distinct())).where(HostCheck.post_id == post_id)
    )
    return count or 0
