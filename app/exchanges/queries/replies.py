"""What somebody who answered by mail is told."""

from dataclasses import dataclass

from app.db import ReadSession
from app.exchanges.models import Exchange, MailReply
from app.i18n import DEFAULT
from app.notifications.rules.replies import Fate


@dataclass(frozen=True)
class ReplyAnswer:
    """`code` is empty where the writer may not be the person whose exchange it is."""

    to: str
    sentence: str
    language: str
    arrived: bool
    code: str


async def reply_answer(reader: ReadSession, reply_id: int) -> ReplyAnswer | None:
    """None where nobody is told, or they were."""
    row = await reader.get(MailReply, reply_id)
    if row is None or row.answer is None or row.answer_to is None:
        return None
    exchange = await reader.get(Exchange, row.exchange_id) if row.exchange_id else None
    return ReplyAnswer(
        to=row.answer_to,
        sentence=row.answer,
        language=row.language or DEFAULT,
        arrived=row.outcome == Fate.ARRIVED.value,
        code=exchange.code if exchange else "",
    )
