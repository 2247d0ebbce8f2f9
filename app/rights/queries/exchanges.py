"""A person's exchanges as they take them along: their own words, and the other side's name."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import or_, select

from app.db import ReadSession, Wall, open_wall
from app.exchanges.models import ContactRead, ContactRelease, Exchange, Message
from app.exchanges.queries import Stand, both_posts, meeting_place
from app.exchanges.rules import Side, status
from app.ledger.models import Entry
from app.rights.queries.held_back import own_post_ids
from app.rights.rules.export import OwnExchange, OwnMessage, Released


async def own_exchanges(reader: ReadSession, person_id: int) -> list[OwnExchange]:
    stands = await _stands(reader, person_id)
    ids = [one.exchange.id for one in stands]
    messages = await _messages(reader, person_id, ids)
    released = await _released(reader, stands)
    entries = await _entries(reader, stands)
    # As on the page: gone once contacts are, also before the sweep has come by.
    places = {one.exchange.id: await meeting_place(reader, one) for one in stands}
    return [
        OwnExchange(
            code=one.exchange.code,
            own_post=one.own_post.code,
            category=one.category.code,
            side=one.side.value,
            other_name=one.other_name,
            status=status(one.exchange).value,
            agreed_at=one.exchange.agreed_at,
            meeting_at=one.exchange.meeting_at,
            meeting_place=places[one.exchange.id],
            said=one.said,
            completed_at=one.exchange.completed_at,
            ledger_entry=entries.get(one.exchange.id),
            messages=messages[one.exchange.id],
            released=released[one.exchange.id],
        )
        for one in stands
    ]


async def _stands(reader: ReadSession, person_id: int) -> Sequence[Stand]:
    own = own_post_ids(person_id)
    rows = await reader.scalars(
        select(Exchange)
        .where(or_(Exchange.need_id.in_(own), Exchange.offer_id.in_(own)))
        .options(*both_posts(Exchange))
        .order_by(Exchange.id)
    )
    return [_stand(row, person_id) for row in rows]


def _stand(row: Exchange, person_id: int) -> Stand:
    gives = row.offer.author_id == person_id and row.offer.organisation_id is None
    return Stand(row, Side.GIVER if gives else Side.RECEIVER)


async def _messages(
    reader: ReadSession, person_id: int, ids: Sequence[int]
) -> dict[int, list[OwnMessage]]:
    rows = await reader.scalars(
        select(Message)
        .where(Message.exchange_id.in_(ids), Message.author_id == person_id)
        .order_by(Message.id)
    )
    found: dict[int, list[OwnMessage]] = defaultdict(list)
    for row in rows:
        found[row.exchange_id].append(OwnMessage(row.body, row.sent_at))
    return found


async def _released(reader: ReadSession, stands: Sequence[Stand]) -> dict[int, list[Released]]:
    """What the person let others see, and each time somebody looked."""
    sides = {one.exchange.id: one.side.value for one in stands}
    await open_wall(reader, Wall.RELEASE, *sides)
    rows = (
        await reader.scalars(
            select(ContactRelease)
            .where(ContactRelease.exchange_id.in_(sides))
            .order_by(ContactRelease.id)
        )
    ).all()
    own = [row for row in rows if row.side == sides[row.exchange_id]]
    read = await reader.execute(
        select(ContactRead.release_id, ContactRead.read_at)
        .where(ContactRead.release_id.in_([row.id for row in own]))
        .order_by(ContactRead.id)
    )
    looks = defaultdict(list)
    for release_id, at in read:
        looks[release_id].append(at)
    found: dict[int, list[Released]] = defaultdict(list)
    for row in own:
        one = Released(row.field, row.created_at, row.until, looks[row.id])
        found[row.exchange_id].append(one)
    return found


async def _entries(reader: ReadSession, stands: Sequence[Stand]) -> dict[int, int]:
    by_reference = {one.exchange.reference: one.exchange.id for one in stands}
    rows = await reader.execute(
        select(Entry.reference, Entry.id).where(Entry.reference.in_(by_reference))
    )
    return {by_reference[reference]: number for reference, number in rows}
