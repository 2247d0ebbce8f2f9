"""Calling off, and never meeting again."""

from contextlib import suppress
from datetime import timedelta

from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Block
from app.db import Session
from app.errors import ConflictError, GoneError
from app.exchanges import rules
from app.exchanges.actions.contacts import end_contacts
from app.exchanges.actions.held import database_now, hold, tell_side
from app.exchanges.models import Exchange
from app.exchanges.queries import Stand
from app.i18n import sentence
from app.notifications.rules import NoticeKind
from app.posts import actions as posts

SAID = sentence("One side already said whether it happened. Say yes or no instead.")
CLOSED = sentence("This exchange has already ended.")


async def cancel(session: Session, stand: Stand) -> None:
    """Call it off before it happens; calling off twice is once."""
    stand = await hold(session, stand)
    exchange = stand.exchange
    if exchange.cancelled_at is not None:
        return
    if not rules.is_open(exchange):
        raise GoneError(CLOSED)
    if not rules.may_cancel(exchange):
        raise ConflictError(SAID)
    await _call_off(session, stand)


async def _call_off(session: Session, stand: Stand) -> None:
    exchange = stand.exchange
    exchange.cancelled_at = await database_now(session)
    exchange.cancelled_by = stand.side.value
    await undo(session, exchange)
    await tell_side(session, exchange, stand.side.other, NoticeKind.CANCELLED)


async def undo(session: Session, exchange: Exchange) -> None:
    """Free the places, look again for the need, hide the contacts.

    The agreed proposal stays, so the same pair is never proposed again.
    """
    exchange.ask_at = None
    await session.flush()
    if posts.is_lived_in(exchange.offer):
        await posts.free_units(session, exchange.offer, exchange.reference)
    if posts.is_counted(exchange.offer):
        # An offer that was rewritten since then has no such places to give back.
        with suppress(ConflictError):
            await posts.free_places(session, exchange.offer, exchange.units, exchange.day)
    if exchange.need.recurring and exchange.day is not None:
        with suppress(ConflictError):
            await posts.free_places(session, exchange.need, exchange.units, exchange.day)
    await posts.reopen_need(session, exchange.need)
    await end_contacts(session, exchange, timedelta())


async def block_other(session: Session, stand: Stand, blocker_id: int) -> None:
    """Silently: the other side sees a cancelled exchange and never meets the blocker again."""
    stand = await hold(session, stand)
    # A colleague blocks for the author too: posts meet by their authors.
    await session.execute(
        insert(Block)
        .values(
            [
                {"blocker_id": one, "blocked_id": stand.other_post.author_id}
                for one in {blocker_id, stand.own_post.author_id}
            ]
        )
        .on_conflict_do_nothing()
    )
    if rules.may_cancel(stand.exchange):
        await _call_off(session, stand)
    await end_contacts(session, stand.exchange, timedelta())
