"""How many offers stand behind each first choice."""

from sqlalchemy import func, or_, select

from app.db import ReadSession
from app.home.rules.choices import CHOICES
from app.posts.models import Post
from app.posts.rules.attested import VISITS

# Counting stops here: the page says "more than", and a million offers cost no more than this.
COUNTED_TO = 1_000


async def open_offers(reader: ReadSession) -> dict[str, int]:
    """Open, visible offers by first choice, counted up to a thousand each."""
    counts = []
    for choice in CHOICES:
        some = (
            select(Post.id)
            .where(
                Post.kind == "offer",
                Post.is_listed,
                Post.category.in_(choice.numbers),
                or_(
                    Post.category.not_in(VISITS),
                    Post.attested_at.is_not(None),
                    Post.organisation_id.is_not(None),
                ),
            )
            .limit(COUNTED_TO)
            .subquery()
        )
        counts.append(select(func.count()).select_from(some).scalar_subquery())
    row = (await reader.execute(select(*counts))).one()
    return {choice.kind: int(count) for choice, count in zip(CHOICES, row, strict=True)}
