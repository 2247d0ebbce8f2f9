"""What somebody else still counts on, before a person leaves."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select

from app.accounts.rules import Visitor
from app.db import ReadSession
from app.exchanges.models import Exchange
from app.exchanges.queries import Stand, both_posts
from app.exchanges.rules import Side, is_open
from app.organisations.models import Organisation
from app.posts.models import Post


@dataclass(frozen=True)
class HeldBack:
    """Open exchanges and organisations of a person who wants to leave; both empty: nothing."""

    exchanges: Sequence[Stand]
    organisations: Sequence[Organisation]

    @property
    def is_free(self) -> bool:
        return not self.exchanges and not self.organisations


def own_post_ids(person_id: int) -> Select[int]:
    """Ids of what a person posted in their own name; an organisation's posts stay with it."""
    return select(Post.id).where(Post.author_id == person_id, Post.organisation_id.is_(None))


async def held_back(reader: ReadSession, visitor: Visitor) -> HeldBack:
    own = own_post_ids(visitor.person_id)
    rows = await reader.scalars(
        select(Exchange)
        .where(
            or_(Exchange.need_id.in_(own), Exchange.offer_id.in_(own)),
            Exchange.completed_at.is_(None),
            Exchange.cancelled_at.is_(None),
            Exchange.not_done_at.is_(None),
            Exchange.unconfirmed_at.is_(None),
        )
        .options(*both_posts(Exchange))
        .order_by(Exchange.id)
    )
    led = await reader.scalars(
        select(Organisation)
        .where(Organisation.id.in_(visitor.organisation_ids))
        .order_by(Organisation.name)
    )
    stands = [_stand(row, visitor.person_id) for row in rows if is_open(row)]
    return HeldBack(stands, led.all())


def _stand(exchange: Exchange, person_id: int) -> Stand:
    gives = exchange.offer.author_id == person_id and exchange.offer.organisation_id is None
    return Stand(exchange, Side.GIVER if gives else Side.RECEIVER)
