"""A notice is written down with the act it tells of; the letter that carries it comes later."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select, update

from app.accounts.queries import contacts_of, sessions_of
from app.db import Session
from app.notifications.actions.push import push_later
from app.notifications.models import Letter, Notice
from app.notifications.queries import wishes_of
from app.notifications.rules import (
    PUSHED,
    TOPIC,
    Channel,
    LinkPurpose,
    NoticeKind,
    check_facts,
    choose_channel,
    leaves_at,
)
from app.outbox import Job, defer


async def tell(
    session: Session,
    person_id: int,
    kind: NoticeKind,
    *,
    facts: Mapping[str, str],
    link: tuple[LinkPurpose, str],
    urgent: bool = False,
) -> None:
    """Note it in the person's inbox, and let a letter carry it out if they want one.

    It never waits for another act that tells the same person.
    """
    check_facts(facts)
    purpose, ref = link
    notice = Notice(
        person_id=person_id,
        kind=kind.value,
        facts=dict(facts),
        link_purpose=purpose.value,
        link_ref=ref,
    )
    session.add(notice)
    contacts = await contacts_of(session, person_id)
    channel = choose_channel(
        TOPIC[kind],
        await wishes_of(session, person_id),
        {contact.kind for contact in contacts},
    )
    if channel is not None:
        notice.letter_id = await _letter(session, person_id, channel, urgent=urgent)
    await session.flush()
    if TOPIC[kind] in PUSHED:
        moment: datetime = (await session.execute(select(func.now()))).scalar_one()
        soon = urgent or session.info["letters_at_once"]
        await push_later(session, {person_id: leaves_at(moment, urgent=soon) - moment})


async def _letter(session: Session, person_id: int, channel: Channel, *, urgent: bool) -> int:
    """The id of the letter that waits for this person, or of a new one."""
    moment: datetime = (await session.execute(select(func.now()))).scalar_one()
    due = leaves_at(moment, urgent=urgent or session.info["letters_at_once"])
    letter = await session.scalar(
        select(Letter)
        .where(
            Letter.person_id == person_id,
            Letter.channel == channel.value,
            Letter.sent_at.is_(None),
            Letter.failed_at.is_(None),
            Letter.closed_at.is_(None),
        )
        .order_by(Letter.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if letter is not None and letter.due_at <= due:
        return letter.id
    if letter is None:
        letter = Letter(person_id=person_id, channel=channel.value, due_at=due)
        session.add(letter)
        await session.flush()
    letter.due_at = due
    await defer(session, Job.SEND_LETTER, letter.id, after=due - moment)
    return letter.id


async def tell_new_device(session: Session, person_id: int) -> None:
    """Warn that somebody signed in where this person had not been signed in lately."""
    devices = await sessions_of(session, person_id)
    newest = max(devices, key=lambda device: device.id, default=None)
    if newest is None:
        return
    await tell(
        session,
        person_id,
        NoticeKind.NEW_DEVICE,
        facts={"device": newest.device_name.strip("?")},
        link=(LinkPurpose.ACCOUNT, ""),
    )


async def mark_read(session: Session, person_id: int) -> None:
    """The person has seen what is in their inbox; letters still waiting leave it out."""
    await session.execute(
        update(Notice)
        .where(Notice.person_id == person_id, Notice.read_at.is_(None))
        .values(read_at=func.now())
    )
