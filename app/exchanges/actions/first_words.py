"""Newcomers write to few people on their first day; moderators look before it is many."""

from sqlalchemy import ColumnElement, case, func, select, text
from sqlalchemy.orm import aliased

from app import outbox
from app.accounts.models import Person
from app.accounts.queries import grants_of
from app.accounts.rules.newcomers import CHATS_ALERT, FIRST_DAY, MOST_CHATS
from app.db import ReadSession, Session
from app.errors import TooManyError
from app.exchanges.models import Exchange, Message
from app.exchanges.queries import Stand
from app.exchanges.rules import Side
from app.i18n import sentence
from app.outbox import Job
from app.posts.models import Post

ENOUGH = sentence(
    "On your first day you can write to three people. Write again tomorrow, or call us."
)


async def count_first_words(session: Session, stand: Stand, author_id: int) -> None:
    """Refuse a newcomer's words to a fourth person; before any row of the exchange is locked."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"),
        {"lock": f"words:{author_id}"},
    )
    is_new = await session.scalar(
        select(Person.id).where(Person.id == author_id, Person.created_at > func.now() - FIRST_DAY)
    )
    if is_new is None or await grants_of(session, author_id):
        return
    met = await people_written_to(session, author_id)
    if stand.other_post.author_id in met:
        return
    if len(met) >= MOST_CHATS:
        raise TooManyError(ENOUGH)
    if len(met) + 1 == CHATS_ALERT:
        await outbox.defer(session, Job.WATCH_NEWCOMER, author_id)


async def people_written_to(reader: ReadSession, author_id: int) -> set[int]:
    """To whom somebody wrote on their own within the last day."""
    need, offer = aliased(Post), aliased(Post)
    other: ColumnElement[int] = case(
        (Message.side == Side.GIVER.value, need.author_id), else_=offer.author_id
    )
    rows = await reader.scalars(
        select(other)
        .select_from(Message)
        .join(Exchange, Exchange.id == Message.exchange_id)
        .join(need, need.id == Exchange.need_id)
        .join(offer, offer.id == Exchange.offer_id)
        .where(Message.author_id == author_id, Message.sent_at > func.now() - FIRST_DAY)
        .distinct()
    )
    return set(rows)
