"""Words and a meeting between the two sides of an open exchange."""

from app.clock import local
from app.db import Session
from app.errors import GoneError, InvalidError
from app.exchanges import queries, rules
from app.exchanges.actions.first_words import count_first_words
from app.exchanges.actions.held import database_now, hold, tell_side
from app.exchanges.forms import FIRST_VISIT, Meeting
from app.exchanges.models import Message
from app.exchanges.queries import Stand
from app.exchanges.queries.visits import is_first_visit
from app.i18n import gettext as _
from app.i18n import sentence
from app.notifications.rules import NoticeKind

CLOSED = sentence("This exchange has ended: nothing can be added to it.")


async def send_message(session: Session, stand: Stand, author_id: int, body: str) -> Message:
    """Write to the other side; wording that deserves care is marked, never stopped."""
    await count_first_words(session, stand, author_id)
    stand = await hold(session, stand)
    await _refuse_closed(session, stand)
    message = await add_message(session, stand, author_id, body)
    await tell_side(session, stand.exchange, stand.side.other, NoticeKind.MESSAGE)
    return message


async def add_message(session: Session, stand: Stand, author_id: int, body: str) -> Message:
    """Keep the words; who is told is the caller's to say."""
    message = Message(
        exchange_id=stand.exchange.id,
        author_id=author_id,
        side=stand.side.value,
        body=body,
        warned=bool(rules.warnings_in(body)),
    )
    session.add(message)
    await session.flush()
    return message


async def arrange(session: Session, stand: Stand, meeting: Meeting) -> None:
    """Agree on a time and place; whoever writes last is right. The question waits until after."""
    stand = await hold(session, stand)
    await _refuse_closed(session, stand)
    now = await database_now(session)
    exchange = stand.exchange
    if meeting.company is None and await is_first_visit(session, stand):
        raise InvalidError({"company": [_(FIRST_VISIT)]})
    if meeting.company is not None:
        exchange.meeting_with = meeting.company.value
    same = (exchange.meeting_at, exchange.meeting_place) == (meeting.at, meeting.place or None)
    exchange.meeting_at = meeting.at
    exchange.meeting_place = meeting.place or None
    exchange.ask_at = rules.ask_at(local(meeting.at).date(), now)
    exchange.asked_at = None
    await session.flush()
    if not same:
        await tell_side(session, exchange, stand.side.other, NoticeKind.MESSAGE)


async def may_write(session: Session, stand: Stand) -> bool:
    """False for whoever is blocked or reported as a danger, in an exchange that is still open."""
    if stand.own_post.held_at is not None:
        return False
    return await queries.may_meet(session, stand.exchange)


async def _refuse_closed(session: Session, stand: Stand) -> None:
    # A block is silent: to the other side the exchange has simply ended.
    if not rules.is_open(stand.exchange) or not await may_write(session, stand):
        raise GoneError(CLOSED)
