"""What time does: unanswered proposals end, and an offer that stays silent is let rest."""

from collections.abc import Sequence

from sqlalchemy import func, literal_column, select, update

from app.db import Session
from app.posts.actions import lock_posts, pause_for_silence
from app.proposals.actions.look_again import look_again
from app.proposals.models import Proposal
from app.proposals.rules import SILENT_IN_A_ROW

BATCH = 200


async def tidy_proposals(session: Session) -> int:
    """End what nobody answered in time, look again for both posts; how many ended."""
    due = await _due(session)
    posts = {post_id for _, need_id, offer_id in due for post_id in (need_id, offer_id)}
    # Posts before proposals, as everywhere: an acceptance under way finishes first.
    await lock_posts(session, posts)
    ended = await session.execute(
        update(Proposal)
        .where(
            Proposal.id.in_([proposal_id for proposal_id, _, _ in due]),
            literal_column("is_live"),
            Proposal.expires_at <= func.now(),
        )
        .values(expired_at=func.now())
        .returning(Proposal.need_id, Proposal.offer_id, Proposal.offer_accepted_at)
        .execution_options(synchronize_session=False)
    )
    rows = ended.all()
    for offer_id in sorted({row.offer_id for row in rows if row.offer_accepted_at is None}):
        if await _is_silent(session, offer_id):
            await pause_for_silence(session, offer_id)
    await look_again(session, *(post_id for row in rows for post_id in row[:2]))
    return len(rows)


async def _due(session: Session) -> Sequence[tuple[int, int, int]]:
    rows = await session.execute(
        select(Proposal.id, Proposal.need_id, Proposal.offer_id)
        .where(literal_column("is_live"), Proposal.expires_at <= func.now())
        .order_by(Proposal.expires_at)
        .limit(BATCH)
    )
    return [(row.id, row.need_id, row.offer_id) for row in rows]


async def _is_silent(session: Session, offer_id: int) -> bool:
    """The last three that came to an end were all left unanswered by the offer's side."""
    latest = await session.execute(
        select(Proposal.expired_at, Proposal.offer_accepted_at)
        .where(Proposal.offer_id == offer_id, literal_column("NOT is_live"))
        .where(Proposal.withdrawn_at.is_(None), Proposal.superseded_at.is_(None))
        .order_by(Proposal.proposed_at.desc(), Proposal.id.desc())
        .limit(SILENT_IN_A_ROW)
    )
    rows = latest.all()
    silent = [row for row in rows if row.expired_at and row.offer_accepted_at is None]
    return len(silent) == SILENT_IN_A_ROW
