"""Leaving at once: the guest is first, everything else follows in the same act."""

from datetime import timedelta

from app import outbox
from app.db import Session
from app.errors import NotFoundError
from app.exchanges import queries
from app.exchanges.actions.cancel import undo
from app.exchanges.actions.contacts import end_contacts
from app.exchanges.actions.held import database_now, hold_exchange, tell_side
from app.exchanges.models import Exchange, Stay
from app.exchanges.queries import NO_EXCHANGE, stays
from app.exchanges.queries.stays import Duty
from app.exchanges.rules import Side, Via
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.outbox import Job
from app.posts import actions as posts
from app.posts.rules import by_number


async def leave_now(session: Session, exchange: Exchange, by: str) -> Duty | None:
    """End a stay this minute, by page, link, code or worker; gives the phone to call.

    The host's matches are frozen, the need is open again as urgent, the organisation and the
    moderators are told, and the host reads only that it was called off. Twice is once.
    """
    exchange = await hold_exchange(session, exchange.id)
    stay = await stays.plan_of(session, exchange.proposal_id)
    if stay is None:
        raise NotFoundError(NO_EXCHANGE)
    if stay.left_at is None:
        stay.left_at = await database_now(session)
        stay.left_via = Via(by).value
        await _end(session, exchange, stay)
        await freeze_host(session, exchange)
        await _tell_organisation(session, exchange)
    return await stays.duty_of(session, exchange.need)


async def _end(session: Session, exchange: Exchange, stay: Stay) -> None:
    """Whatever was said before: contacts end, the need looks again, as urgent as it gets."""
    if exchange.completed_at is None and exchange.cancelled_at is None:
        exchange.cancelled_at = stay.left_at
        exchange.cancelled_by = Side.RECEIVER.value
        await undo(session, exchange)
    else:
        await posts.free_units(session, exchange.offer, exchange.reference)
    await end_contacts(session, exchange, timedelta())
    await posts.reopen_urgently(session, exchange.need)
    await tell_side(session, exchange, Side.GIVER, NoticeKind.CANCELLED)


async def freeze_host(session: Session, exchange: Exchange) -> None:
    """Nobody else is proposed to this host; moderators look, and they alone release."""
    await posts.hold_posts_of(session, exchange.offer)
    await outbox.defer(session, Job.REPORT_STAY, exchange.id)


async def _tell_organisation(session: Session, exchange: Exchange) -> None:
    need = exchange.need
    for person_id in sorted(
        await queries.workers_of(session, need.adopted_by or need.organisation_id)
    ):
        await notifications.tell(
            session,
            person_id,
            NoticeKind.GUEST_LEFT,
            facts={"code": exchange.code, "category": by_number(need.category).code},
            link=(LinkPurpose.DESK_STAY, exchange.code),
            urgent=True,
        )
