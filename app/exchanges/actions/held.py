"""An exchange held still for one act: its posts first, then itself, and who is told."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from app.accounts.models import Person
from app.db import Session
from app.exchanges.models import Exchange
from app.exchanges.queries import Stand, both_posts, name_of
from app.exchanges.rules import Side
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.organisations.models import Client
from app.posts import actions as posts
from app.posts.models import Post
from app.posts.rules import PostKind, by_number


async def database_now(session: Session) -> datetime:
    """The one clock of all deadlines."""
    return (await session.execute(select(func.now()))).scalar_one()


async def hold(session: Session, stand: Stand) -> Stand:
    """The same stand as it is now, locked in the order of the house until the end of the act."""
    exchange = stand.exchange
    held = await hold_all(session, [(exchange.id, exchange.need_id, exchange.offer_id)])
    return Stand(held[0], stand.side)


async def hold_people(session: Session, *post_ids: int) -> None:
    """Nobody behind these posts is stopped or erased until the end of the act.

    People and clients come first in the order of locks; others may hold them in the same way.
    """
    theirs = select(Post.author_id).where(Post.id.in_(post_ids))
    clients = select(Post.client_id).where(Post.id.in_(post_ids), Post.client_id.is_not(None))
    for model, ids in ((Person, theirs), (Client, clients)):
        await session.execute(
            select(model.id)
            .where(model.id.in_(ids))
            .order_by(model.id)
            .with_for_update(read=True, of=model)
        )


async def hold_all(session: Session, rows: Iterable[tuple[int, int, int]]) -> list[Exchange]:
    """Exchanges of (exchange, need, offer) ids, locked in ascending order after all their posts."""
    rows = list(rows)
    await posts.lock_posts(session, {post for row in rows for post in row[1:]})
    found = await session.scalars(
        select(Exchange)
        .where(Exchange.id.in_([row[0] for row in rows]))
        .order_by(Exchange.id)
        .options(*both_posts(Exchange))
        .with_for_update(of=Exchange)
        .execution_options(populate_existing=True)
    )
    return list(found)


async def hold_exchange(session: Session, exchange_id: int) -> Exchange:
    """One exchange, known by its id alone."""
    row = (
        await session.execute(
            select(Exchange.id, Exchange.need_id, Exchange.offer_id).where(
                Exchange.id == exchange_id
            )
        )
    ).one()
    (held,) = await hold_all(session, [(row.id, row.need_id, row.offer_id)])
    return held


async def tell_side(
    session: Session,
    exchange: Exchange,
    side: Side,
    kind: NoticeKind,
    link: LinkPurpose = LinkPurpose.EXCHANGE_PAGE,
) -> None:
    """Tell whoever wrote the post of one side; the other side is named, never its contacts."""
    stand = Stand(exchange, side)
    await notifications.tell(
        session,
        stand.own_post.author_id,
        kind,
        facts=facts_of(exchange.code, stand.other_post) | _by(kind, stand.other_post),
        link=(link, exchange.code),
    )


def _by(kind: NoticeKind, other: Post) -> dict[str, str]:
    """Who took a client's word back is the organisation; why is nobody's to know."""
    is_word = kind is NoticeKind.CANCELLED and other.client_id is not None
    return {"by": "organisation"} if is_word else {}


def facts_of(code: str, other: Post) -> dict[str, str]:
    """What a notice may hold."""
    return {
        "code": code,
        "category": by_number(other.category).code,
        "name": name_of(other),
        "side": "offer" if other.kind == PostKind.NEED else "need",
    }
