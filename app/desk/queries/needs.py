"""What a desk must know of one need, and what an organisation offers."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.db import ReadSession
from app.organisations.models import Consent
from app.organisations.rules import ConsentPurpose, Manner
from app.posts.models import Post
from app.posts.rules import PostKind


async def last_manner(reader: ReadSession, post_id: int) -> str:
    """How the client agreed to this post; aloud, where nobody wrote it down."""
    found = await reader.scalar(
        select(Consent.how)
        .where(Consent.ref == post_id, Consent.purpose == ConsentPurpose.PUBLISH.value)
        .order_by(Consent.id.desc())
        .limit(1)
    )
    return found or Manner.ORAL.value


async def open_offers(reader: ReadSession, organisation_id: int) -> Sequence[Post]:
    """What an organisation offers everybody now, the newest first."""
    rows = await reader.scalars(
        select(Post)
        .options(joinedload(Post.place))
        .where(
            Post.organisation_id == organisation_id,
            Post.kind == PostKind.OFFER.value,
            Post.is_listed,
            Post.ends_at > func.now(),
        )
        .order_by(Post.id.desc())
        .limit(20)
    )
    return rows.all()
