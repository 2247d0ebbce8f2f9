"""An exchange whose sides disagree, as those read it who call both."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.db import ReadSession
from app.exchanges import queries as exchanges
from app.exchanges import rules
from app.exchanges.models import Exchange
from app.moderation.models import Report
from app.posts.models import Post


@dataclass(frozen=True)
class Told:
    """Whom to call, and what that side said when; the desk's public phone stands for a client."""

    kind: str
    name: str
    said: str | None
    said_at: datetime | None
    desk_phone: str | None


def _told(exchange: Exchange, post: Post, said: str | None, said_at: datetime | None) -> Told:
    """In a dispute a side that wrote down neither yes nor no objected with "not yet"."""
    desk = post.organisation if post.client_id is not None else None
    return Told(
        post.kind,
        exchanges.name_of(post),
        said,
        said_at or exchange.disputed_at,
        desk.phone if desk is not None else None,
    )


@dataclass(frozen=True)
class Dispute:
    """An exchange whose sides disagree, and how often they wrote; neither words nor contacts."""

    exchange: Exchange
    messages: int

    @property
    def status(self) -> rules.Status:
        return rules.status(self.exchange)

    @property
    def sides(self) -> tuple[Told, Told]:
        one = self.exchange
        return (
            _told(one, one.offer, one.giver_said, one.giver_said_at),
            _told(one, one.need, one.receiver_said, one.receiver_said_at),
        )


async def dispute_of(reader: ReadSession, report: Report) -> Dispute | None:
    exchange = await reader.scalar(
        select(Exchange)
        .where(Exchange.id == report.about_id)
        .options(*exchanges.both_posts(Exchange))
    )
    if exchange is None:
        return None
    return Dispute(exchange, await exchanges.message_count(reader, exchange.id))
