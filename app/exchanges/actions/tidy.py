"""The sweep: ask, close by silence, and forget. A lost run is repaired by the next."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from app.db import Session
from app.exchanges import rules
from app.exchanges.actions.client_word import end_past_mandates
from app.exchanges.actions.contacts import end_contacts
from app.exchanges.actions.held import database_now, hold_all, tell_side
from app.exchanges.actions.say import end_not_done
from app.exchanges.actions.stays import ask_check_ins
from app.exchanges.models import ContactRelease, Exchange, Message
from app.exchanges.rules import Answer, Side
from app.notifications.rules import LinkPurpose, NoticeKind

BATCH = 200
# Silence does not end a dispute: a coordinator calls.
_UNDECIDED = and_(
    Exchange.completed_at.is_(None),
    Exchange.cancelled_at.is_(None),
    Exchange.not_done_at.is_(None),
    Exchange.unconfirmed_at.is_(None),
    Exchange.disputed_at.is_(None),
)


async def tidy_exchanges(session: Session) -> int:
    """One sweep over due rows; returns how many exchanges it asked about or closed."""
    now = await database_now(session)
    held = await _hold_due(session)
    for exchange in held:
        await _tidy(session, exchange, now)
    asked = await ask_check_ins(session)
    await end_past_mandates(session)
    await _forget(session)
    return len(held) + asked


def _is_due() -> ColumnElement[bool]:
    now = func.now()
    return or_(
        Exchange.ask_at <= now,
        and_(Exchange.giver_said == Answer.NO, Exchange.giver_said_at <= now - rules.OBJECTION),
        and_(
            Exchange.receiver_said == Answer.NO,
            Exchange.receiver_said_at <= now - rules.OBJECTION,
        ),
        and_(Exchange.ask_at.is_(None), Exchange.asked_at <= now - rules.SILENCE),
    )


async def _hold_due(session: Session) -> list[Exchange]:
    due = await session.execute(
        select(Exchange.id, Exchange.need_id, Exchange.offer_id)
        .where(_UNDECIDED, _is_due())
        .order_by(Exchange.id)
        .limit(BATCH)
    )
    ids = [(row.id, row.need_id, row.offer_id) for row in due]
    held = await hold_all(session, ids)
    # Somebody may have answered while we waited for the lock.
    still = await session.scalars(
        select(Exchange.id).where(Exchange.id.in_([one.id for one in held]), _UNDECIDED, _is_due())
    )
    open_ids = set(still)
    return [one for one in held if one.id in open_ids]


async def _tidy(session: Session, exchange: Exchange, now: datetime) -> None:
    if Answer.NO in (exchange.giver_said, exchange.receiver_said):
        await end_not_done(session, exchange, now)
    elif exchange.ask_at is not None:
        await _ask(session, exchange, now)
    else:
        exchange.unconfirmed_at = now
        await end_contacts(session, exchange, rules.CONTACTS_STAY)
    await session.flush()


async def _ask(session: Session, exchange: Exchange, now: datetime) -> None:
    """Did it happen? Only whoever has not answered is asked."""
    exchange.ask_at, exchange.asked_at = None, now
    silent = [
        side
        for side, said in (
            (Side.GIVER, exchange.giver_said),
            (Side.RECEIVER, exchange.receiver_said),
        )
        if said is None
    ]
    for side in silent:
        await tell_side(session, exchange, side, NoticeKind.DID_IT_HAPPEN, LinkPurpose.EXCHANGE)


async def _forget(session: Session) -> None:
    """Contacts and meeting places past their end; messages half a year after the end."""
    await session.execute(delete(ContactRelease).where(ContactRelease.until <= func.now()))
    ended = func.coalesce(
        Exchange.completed_at, Exchange.cancelled_at, Exchange.not_done_at, Exchange.unconfirmed_at
    )
    old = select(Exchange.id).where(ended <= func.now() - rules.MESSAGES_STAY)
    await session.execute(delete(Message).where(Message.exchange_id.in_(old)))
    await session.execute(
        update(Exchange)
        .where(Exchange.meeting_place.is_not(None), ended <= func.now() - rules.CONTACTS_STAY)
        .values(meeting_place=None)
        .execution_options(synchronize_session=False)
    )
