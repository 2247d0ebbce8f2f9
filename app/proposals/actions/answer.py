"""Opening a proposal, and saying no; saying yes opens an exchange and stands there."""

from sqlalchemy import func, literal_column, update

from app.db import Session
from app.errors import GoneError
from app.i18n import sentence
from app.notifications.rules import NoticeKind
from app.proposals.actions.look_again import look_again
from app.proposals.actions.tell import tell_sides
from app.proposals.models import Proposal
from app.proposals.rules import OTHER, Side

ENDED = sentence("This has been answered already, or the time is over.")


async def decline(session: Session, proposal: Proposal, side: Side) -> None:
    """Say no for one side; the pair never meets again. `GoneError` where it no longer lives."""
    declined = await session.scalar(
        update(Proposal)
        .where(
            Proposal.id == proposal.id,
            literal_column("is_live"),
            Proposal.expires_at > func.now(),
        )
        .values(declined_at=func.now(), declined_by=side)
        .returning(Proposal.id)
        .execution_options(synchronize_session=False)
    )
    if declined is None:
        raise GoneError(ENDED)
    await session.refresh(proposal, ["declined_at", "declined_by"])
    waiting = proposal.offer_accepted_at if side == "need" else proposal.need_accepted_at
    if waiting is not None:
        # Whoever said yes must not wait for nothing; why it ended is nobody's to know.
        await tell_sides(session, proposal, NoticeKind.NO_LONGER_FREE, {OTHER[side]})
    await look_again(session, proposal.need_id, proposal.offer_id)


async def mark_seen(session: Session, proposal: Proposal, side: Side) -> None:
    """Remember that this side has opened it; only the first time counts."""
    seen = Proposal.need_seen_at if side == "need" else Proposal.offer_seen_at
    await session.execute(
        update(Proposal)
        .where(Proposal.id == proposal.id, seen.is_(None))
        .values({seen: func.now()})
        .execution_options(synchronize_session=False)
    )
