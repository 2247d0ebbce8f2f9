"""When the engine looks for a need again: wider rounds after 24 and 72 hours, then each day."""

from datetime import timedelta

from sqlalchemy import literal_column, select

from app import outbox
from app.db import Session
from app.outbox import Job
from app.posts.models import Post
from app.proposals.queries.meeting import is_in_the_market, is_wanting, waited_hours

DAY_HOURS = 24
WIDER_AT_HOURS = (24, 72)


async def look_again(session: Session, *post_ids: int) -> None:
    """Ask the engine to look around these posts now."""
    await outbox.defer_each_once(session, Job.FIND_PAIRINGS, set(post_ids))


async def look_again_later(session: Session, post_id: int) -> None:
    """Ask for the next round of a need that still waits; an offer is found by the needs."""
    waited = await session.scalar(
        select(waited_hours(Post)).where(
            Post.id == post_id,
            literal_column("kind = 'need' AND is_open"),
            is_in_the_market(Post),
            is_wanting(Post),
        )
    )
    if waited is not None:
        await outbox.defer_once(session, Job.FIND_PAIRINGS, post_id, after=until_next_round(waited))


def until_next_round(waited_hours: float) -> timedelta:
    """Time until the circle widens, or a day once it is widest."""
    left = [at - waited_hours for at in WIDER_AT_HOURS if at > waited_hours]
    return timedelta(hours=min([DAY_HOURS, *left]))
