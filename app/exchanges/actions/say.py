"""Did it happen? Two yeses complete it and write the ledger in the same transaction."""

from datetime import datetime

from app import outbox
from app.clock import local
from app.db import Session
from app.errors import GoneError
from app.exchanges import queries, rules
from app.exchanges.actions.arrange import add_message, may_write
from app.exchanges.actions.cancel import undo
from app.exchanges.actions.contacts import end_contacts
from app.exchanges.actions.held import database_now, hold, tell_side
from app.exchanges.forms import Said
from app.exchanges.models import Exchange
from app.exchanges.queries import Stand
from app.exchanges.rules import Answer, Outcome, Side
from app.i18n import sentence
from app.ledger import actions as ledger
from app.notifications.rules import LinkPurpose, NoticeKind
from app.outbox import Job
from app.posts import actions as posts
from app.posts.rules import by_number

CLOSED = sentence("This exchange has already ended. Call us if that is not right.")


async def say(session: Session, stand: Stand, author_id: int, said: Said) -> Exchange:
    """One side's answer; it may be changed while the exchange is open, and repeated for ever."""
    stand = await hold(session, stand)
    exchange = stand.exchange
    if stand.said == said.answer and not said.thanks:
        return exchange
    if not rules.is_open(exchange):
        if stand.said == said.answer:
            return exchange
        raise GoneError(CLOSED)
    now = await database_now(session)
    if said.thanks and await may_write(session, stand):
        await add_message(session, stand, author_id, said.thanks)
    if said.answer is Answer.NOT_YET:
        await _wait(session, stand, now)
    else:
        _write_down(stand, said.answer, now)
        await _conclude(session, stand, now)
    await session.flush()
    return exchange


def _write_down(stand: Stand, answer: Answer, now: datetime) -> None:
    exchange = stand.exchange
    if stand.side is Side.GIVER:
        exchange.giver_said, exchange.giver_said_at = answer.value, now
    else:
        exchange.receiver_said, exchange.receiver_said_at = answer.value, now


async def _wait(session: Session, stand: Stand, now: datetime) -> None:
    """Not yet: ask again later; after the other side's no it is another opinion."""
    if stand.other_said == Answer.NO:
        await _dispute(session, stand.exchange, now)
        return
    stand.exchange.ask_at = now + rules.ASK_AFTER
    stand.exchange.asked_at = None


async def _conclude(session: Session, stand: Stand, now: datetime) -> None:
    exchange = stand.exchange
    match rules.outcome(exchange.giver_said, exchange.receiver_said):
        case Outcome.COMPLETED:
            await _complete(session, exchange, now)
        case Outcome.NOT_DONE:
            await end_not_done(session, exchange, now)
        case Outcome.DISPUTED:
            await _dispute(session, exchange, now)
        case Outcome.OPEN:
            await _ask_other(session, stand, now)


async def _ask_other(session: Session, stand: Stand, now: datetime) -> None:
    """The first answer asks the other side: to confirm a yes, or to object to a no."""
    exchange = stand.exchange
    exchange.ask_at, exchange.asked_at = None, now
    kind = NoticeKind.NOT_DONE if stand.said == Answer.NO else NoticeKind.DID_IT_HAPPEN
    await tell_side(session, exchange, stand.side.other, kind, LinkPurpose.EXCHANGE)


async def _complete(session: Session, exchange: Exchange, now: datetime) -> None:
    exchange.completed_at = now
    exchange.ask_at = None
    await session.flush()
    await posts.fulfil_need(session, exchange.need)
    await end_contacts(session, exchange, rules.CONTACTS_STAY)
    commune = exchange.need.place.nis
    await ledger.record(
        session,
        reference=exchange.reference,
        group=by_number(exchange.need.category).group.code,
        month=local(now).strftime("%Y-%m"),
        commune=commune,
        completed_there=await queries.completed_in(session, commune),
        quantity=exchange.units,
        unit=exchange.offer.unit,
        giver=queries.subject_of(exchange.offer),
        receiver=queries.subject_of(exchange.need),
    )
    for side in Side:
        await tell_side(session, exchange, side, NoticeKind.COMPLETED)


async def _dispute(session: Session, exchange: Exchange, now: datetime) -> None:
    """The sides disagree: nothing is decided by a machine, people are asked to look."""
    exchange.ask_at = None
    if exchange.disputed_at is not None:
        return
    exchange.disputed_at = now
    await outbox.defer(session, Job.OPEN_DISPUTE, exchange.id)


async def end_not_done(session: Session, exchange: Exchange, now: datetime) -> None:
    """It did not happen: the need is open again, without any mark on anybody."""
    exchange.not_done_at = now
    await undo(session, exchange)
