"""Guests whom an organisation vouches for and who were not heard of in time."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from app.db import ReadSession
from app.exchanges.models import CheckIn, Exchange
from app.organisations.models import Client
from app.posts.models import Post

MOST = 50


@dataclass(frozen=True)
class DueCheckIn:
    """Whom to call, and where to write down what they say; the alias is empty for no client."""

    alias: str
    need: str
    exchange: str


async def due_check_ins(reader: ReadSession, organisation_id: int) -> Sequence[DueCheckIn]:
    """The longest due first; only of stays that go on."""
    rows = await reader.execute(
        select(func.coalesce(Client.alias, ""), Post.code, Exchange.code)
        .select_from(CheckIn)
        .join(Exchange, Exchange.id == CheckIn.exchange_id)
        .join(Post, Post.id == Exchange.need_id)
        .outerjoin(Client, Client.id == Post.client_id)
        .where(
            CheckIn.answered_at.is_(None),
            CheckIn.due_at <= func.now(),
            Exchange.completed_at.is_(None),
            Exchange.cancelled_at.is_(None),
            or_(Post.adopted_by == organisation_id, Post.organisation_id == organisation_id),
        )
        .order_by(CheckIn.due_at, CheckIn.id)
        .limit(MOST)
    )
    return [DueCheckIn(*row) for row in rows]
