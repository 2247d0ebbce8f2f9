"""Contacts are released by one path, read by the other side alone, and every look is logged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, or_, select, update

from app.accounts import queries as accounts
from app.db import Session, Wall, open_wall
from app.exchanges import queries
from app.exchanges.models import ContactRead, ContactRelease, Exchange
from app.exchanges.queries import Stand
from app.exchanges.rules import Side
from app.organisations import actions as organisations
from app.organisations import queries as organisations_queries
from app.organisations.actions import Said
from app.organisations.rules import ConsentPurpose
from app.posts.models import Post


@dataclass(frozen=True)
class ReleasedContact:
    """One way to reach the other side; `field` is phone, email or desk."""

    field: str
    value: str


async def release_contacts(session: Session, exchange: Exchange) -> None:
    """Let each side see one contact of the other: a phone rather than an e-mail address."""
    await open_wall(session, Wall.RELEASE, exchange.id)
    for side, post in ((Side.GIVER, exchange.offer), (Side.RECEIVER, exchange.need)):
        contact = await _contact_of(session, post)
        if contact is not None:
            session.add(
                ContactRelease(
                    exchange_id=exchange.id,
                    side=side.value,
                    field=contact.field,
                    value=contact.value,
                )
            )
    await session.flush()
    await _keep_consent(session, exchange)


async def _keep_consent(session: Session, exchange: Exchange) -> None:
    """Contact about this one exchange, as the client's mandate allows it; it can be taken back."""
    need = exchange.need
    if need.client_id is None:
        return
    mandate = await organisations_queries.live_mandate(session, need.client_id)
    if mandate is None or not mandate.contact_release:
        return
    await organisations.record_consent(
        session,
        need.client_id,
        need.author_id,
        Said(mandate.how, mandate.language, ""),
        purpose=ConsentPurpose.RELEASE_CONTACT,
        ref=exchange.id,
    )


async def _contact_of(session: Session, post: Post) -> ReleasedContact | None:
    """Of an organisation its desk; of a person the proven phone, else the e-mail address."""
    if post.organisation is not None:
        if post.client_id and not await queries.may_release_desk(session, post.client_id):
            return None
        return ReleasedContact("desk", post.organisation.phone)
    proven = await accounts.contacts_of(session, post.author_id)
    for kind in ("phone", "email"):
        for contact in proven:
            if contact.kind == kind:
                return ReleasedContact(kind, contact.value)
    return None


async def read_contacts(
    session: Session, stand: Stand, reader_id: int
) -> Sequence[ReleasedContact]:
    """The other side's released contacts, while they may be seen; each look leaves a row.

    Whoever is reported as a danger sees none until a moderator has decided.
    """
    if stand.own_post.held_at is not None:
        return []
    await open_wall(session, Wall.RELEASE, stand.exchange.id)
    rows = await session.scalars(
        select(ContactRelease)
        .where(
            ContactRelease.exchange_id == stand.exchange.id,
            ContactRelease.side == stand.side.other.value,
            or_(ContactRelease.until.is_(None), ContactRelease.until > func.now()),
        )
        .order_by(ContactRelease.id)
    )
    seen = rows.all()
    session.add_all(ContactRead(release_id=row.id, reader_id=reader_id) for row in seen)
    await session.flush()
    return [ReleasedContact(row.field, row.value) for row in seen]


async def end_contacts(session: Session, exchange: Exchange, stay: timedelta) -> None:
    """Hide what was released after `stay`; what ends sooner keeps its end.

    Where nothing stays, the meeting place goes too: it is somebody's door.
    """
    if not stay:
        exchange.meeting_place = None
    until = func.now() + stay
    await open_wall(session, Wall.RELEASE, exchange.id)
    await session.execute(
        update(ContactRelease)
        .where(ContactRelease.exchange_id == exchange.id)
        .where(or_(ContactRelease.until.is_(None), ContactRelease.until > until))
        .values(until=until)
        .execution_options(synchronize_session=False)
    )
