"""Whether two people meet for the first time, in a way that needs care."""

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from app.db import ReadSession
from app.exchanges.models import Exchange
from app.exchanges.queries.stands import Stand
from app.posts.models import Post


async def is_first_visit(reader: ReadSession, stand: Stand) -> bool:
    """True for a visit between two people none of whose exchanges has happened yet."""
    if not stand.category.is_visit:
        return False
    one, other = stand.exchange.need, stand.exchange.offer
    need, offer = aliased(Post), aliased(Post)
    met = await reader.scalar(
        select(Exchange.id)
        .join(need, need.id == Exchange.need_id)
        .join(offer, offer.id == Exchange.offer_id)
        .where(
            Exchange.completed_at.is_not(None),
            or_(
                (need.author_id == one.author_id) & (offer.author_id == other.author_id),
                (need.author_id == other.author_id) & (offer.author_id == one.author_id),
            ),
        )
        .limit(1)
    )
    return met is None
