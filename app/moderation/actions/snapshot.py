"""The evidence is kept in the transaction of the report: nobody edits it away afterwards."""

from sqlalchemy import select

from app.db import Session
from app.exchanges import queries as exchanges
from app.exchanges.models import Exchange
from app.moderation.rules import LONGEST_ADDRESS, About, Matter, ReportDraft
from app.moderation.rules.snapshot import PostSeen, Snapshot, WordsSeen
from app.posts.models import Post

MOMENTS = ("agreed_at", "meeting_at", "completed_at", "cancelled_at", "not_done_at", "disputed_at")


async def take_snapshot(
    session: Session, draft: ReportDraft, matter: Matter, *, is_side: bool
) -> Snapshot:
    """The posts as they stand; of an exchange its course, and for its own sides its messages."""
    exchange = None
    if matter.about is About.EXCHANGE and matter.row_id is not None:
        exchange = await session.get(Exchange, matter.row_id)
    return Snapshot(
        address=draft.address[:LONGEST_ADDRESS],
        posts=await posts_seen(session, [side.post_id for side in matter.sides]),
        pairing=_course(exchange) if exchange else (),
        messages=await _words(session, exchange) if exchange and is_side else (),
    )


async def posts_seen(session: Session, post_ids: list[int]) -> tuple[PostSeen, ...]:
    rows = await session.scalars(select(Post).where(Post.id.in_(post_ids)).order_by(Post.id))
    return tuple(
        PostSeen(
            id=post.id,
            code=post.code,
            kind=post.kind,
            category=post.category,
            note=post.note,
            note_language=post.note_language,
            places=post.places,
            version=post.version,
            author_id=post.author_id,
            organisation_id=post.organisation_id,
            client_id=post.client_id,
            state=post.status.value,
        )
        for post in rows
    )


def _course(exchange: Exchange) -> tuple[tuple[str, str], ...]:
    found = ((name, getattr(exchange, name)) for name in MOMENTS)
    return tuple((name, moment.isoformat()) for name, moment in found if moment is not None)


async def _words(session: Session, exchange: Exchange) -> tuple[WordsSeen, ...]:
    rows = await exchanges.messages_of(session, exchange.id)
    return tuple(WordsSeen(row.side, row.sent_at.isoformat(), row.body) for row in rows)
