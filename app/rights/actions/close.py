"""Closing an account: everybody else stops seeing the person at once; erasure follows."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update

from app import outbox
from app.accounts import actions as accounts
from app.accounts.models import ApiToken, Person
from app.accounts.rules import Visitor
from app.db import Session
from app.errors import ConflictError
from app.exchanges import rules as exchange_rules
from app.exchanges.actions.cancel import undo as undo_exchange
from app.exchanges.actions.contacts import end_contacts
from app.exchanges.actions.held import hold_all, tell_side
from app.exchanges.models import Exchange
from app.exchanges.rules import Side
from app.i18n import sentence
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.outbox import Job
from app.posts import actions as posts
from app.proposals import actions as proposals
from app.rights import queries
from app.rights.rules.closing import UNDO, is_due

SOMEBODY_WAITS = sentence("Somebody counts on you. End what is agreed first, or call us.")
STILL_AT_WORK = sentence("You work for an organisation here. Leave it first, or call us.")
TOO_LATE = sentence("Your account is being erased. This cannot be undone any more.")


async def close_account(session: Session, visitor: Visitor) -> None:
    """Hide the person at once and erase them in seven days; closing twice is once.

    `ConflictError` while somebody counts on them.
    """
    person = await hold_person(session, visitor.person_id)
    if person.closing_at is not None:
        return
    held_back = await queries.held_back(session, visitor)
    if held_back.exchanges:
        raise ConflictError(SOMEBODY_WAITS)
    if held_back.organisations:
        raise ConflictError(STILL_AT_WORK)
    await accounts.end_all_sessions(session, person.id, but=visitor.session_id)
    await begin_closing(session, person)


async def begin_closing(session: Session, person: Person) -> None:
    """What closing does, whoever asked for it."""
    person.closing_at = await session.scalar(select(func.now()))
    await session.execute(
        update(ApiToken)
        .where(ApiToken.person_id == person.id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=func.now())
        .execution_options(synchronize_session=False)
    )
    await take_everything_back(session, person.id)
    await notifications.tell(
        session,
        person.id,
        NoticeKind.ACCOUNT_CLOSING,
        facts={},
        link=(LinkPurpose.ERASE, ""),
        urgent=True,
    )
    await outbox.defer(session, Job.ERASE_PERSON, person.id, after=UNDO)


async def stay(session: Session, visitor: Visitor) -> None:
    """The person stays after all; `ConflictError` once the seven days are over."""
    person = await hold_person(session, visitor.person_id)
    now: datetime = (await session.execute(select(func.now()))).scalar_one()
    if is_due(person.closing_at, now):
        raise ConflictError(TOO_LATE)
    person.closing_at = None
    person.silent_told_at = None


async def hold_person(session: Session, person_id: int) -> Person:
    """The person, locked before any of their posts; rows about them may still be added."""
    return await session.get_one(
        Person, person_id, with_for_update={"key_share": True}, populate_existing=True
    )


async def take_everything_back(session: Session, person_id: int) -> None:
    """Withdraw what the person posted in their own name, end what waits, hide every contact."""
    own = (await session.scalars(queries.own_post_ids(person_id))).all()
    for exchange in await hold_all(session, await _exchanges_of(session, own)):
        if exchange_rules.may_cancel(exchange):
            await _call_off(session, exchange, own)
        await end_contacts(session, exchange, timedelta())
    for post_id in await posts.withdraw_for_client(session, own):
        await proposals.close_proposals(session, post_id)


async def _call_off(session: Session, exchange: Exchange, own: Sequence[int]) -> None:
    side = Side.GIVER if exchange.offer_id in own else Side.RECEIVER
    exchange.cancelled_at = await session.scalar(select(func.now()))
    exchange.cancelled_by = side.value
    await undo_exchange(session, exchange)
    await tell_side(session, exchange, side.other, NoticeKind.CANCELLED)


async def _exchanges_of(session: Session, own: Sequence[int]) -> list[tuple[int, int, int]]:
    rows = await session.execute(
        select(Exchange.id, Exchange.need_id, Exchange.offer_id).where(
            or_(Exchange.need_id.in_(own), Exchange.offer_id.in_(own))
        )
    )
    return [(exchange, need, offer) for exchange, need, offer in rows]
