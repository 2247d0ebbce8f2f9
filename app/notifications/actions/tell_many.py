"""Telling many people at once, in a handful of statements; what it means stands in tell.py."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select

from app import outbox
from app.accounts.models import Contact
from app.db import Session, Wall, open_wall
from app.notifications.actions.push import push_later
from app.notifications.models import Letter, Notice, Preference
from app.notifications.rules import (
    ALL_WISHES,
    PUSHED,
    TOPIC,
    Channel,
    LinkPurpose,
    NoticeKind,
    Topic,
    Wish,
    check_facts,
    choose_channel,
    leaves_at,
)
from app.outbox import Job

Mailbox = tuple[int, Channel]


@dataclass(frozen=True)
class Telling:
    """What one person is to know."""

    person_id: int
    kind: NoticeKind
    facts: Mapping[str, str]
    link: tuple[LinkPurpose, str]
    urgent: bool = False


@dataclass
class _Post:
    """Letters on their way out of this act."""

    now: datetime
    letters: dict[Mailbox, Letter]
    send: dict[int, timedelta] = field(default_factory=dict)


async def tell_many(session: Session, tellings: Sequence[Telling]) -> None:
    """As `tell` for each: a notice inside, and a letter that gathers what is due together."""
    people = {telling.person_id for telling in tellings}
    kinds, muted = await _contact_kinds(session, people), await _muted(session, people)
    boxes = []
    for telling in tellings:
        check_facts(telling.facts)
        wishes = ALL_WISHES - muted[telling.person_id]
        boxes.append(choose_channel(TOPIC[telling.kind], wishes, kinds[telling.person_id]))
    post, notices = await _letters(session, tellings, boxes), []
    for telling, channel in zip(tellings, boxes, strict=True):
        letter = post.letters.get((telling.person_id, channel)) if channel else None
        notices.append(_notice(telling, letter))
    if notices:
        await session.execute(insert(Notice), notices)
    await outbox.defer_many(session, Job.SEND_LETTER, post.send)
    waits: dict[int, timedelta] = {}
    for telling in tellings:
        if TOPIC[telling.kind] in PUSHED:
            urgent = telling.urgent or session.info["letters_at_once"]
            wait = leaves_at(post.now, urgent=urgent) - post.now
            waits[telling.person_id] = min(wait, waits.get(telling.person_id, wait))
    await push_later(session, waits)


def _notice(telling: Telling, letter: Letter | None) -> dict[str, object]:
    purpose, ref = telling.link
    return {
        "person_id": telling.person_id,
        "kind": telling.kind.value,
        "facts": dict(telling.facts),
        "link_purpose": purpose.value,
        "link_ref": ref,
        "letter_id": letter.id if letter else None,
    }


async def _contact_kinds(session: Session, people: Collection[int]) -> Mapping[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    await open_wall(session, Wall.CONTACT, *people)
    rows = await session.execute(
        select(Contact.person_id, Contact.kind).where(
            Contact.person_id.in_(people), Contact.verified_at.is_not(None)
        )
    )
    for person_id, kind in rows:
        found[person_id].add(kind)
    return found


async def _muted(session: Session, people: Collection[int]) -> Mapping[int, set[Wish]]:
    found: defaultdict[int, set[Wish]] = defaultdict(set)
    rows = await session.execute(
        select(Preference.person_id, Preference.topic, Preference.channel).where(
            Preference.person_id.in_(people), Preference.wanted.is_(False)
        )
    )
    for person_id, topic, channel in rows:
        found[person_id].add((Topic(topic), Channel(channel)))
    return found


async def _letters(
    session: Session, tellings: Sequence[Telling], boxes: Sequence[Channel | None]
) -> _Post:
    """For each mailbox the letter that waits, hurried where needed, or a new one."""
    now: datetime = (await session.execute(select(func.now()))).scalar_one()
    due: dict[Mailbox, datetime] = {}
    for telling, channel in zip(tellings, boxes, strict=True):
        if channel is not None:
            urgent = telling.urgent or session.info["letters_at_once"]
            box, leaves = (telling.person_id, channel), leaves_at(now, urgent=urgent)
            due[box] = min(leaves, due.get(box, leaves))
    letters = await _waiting(session, {person_id for person_id, _ in due})
    changed = []
    for (person_id, channel), leaves in due.items():
        letter = letters.get((person_id, channel))
        if letter is None:
            letter = Letter(person_id=person_id, channel=channel.value, due_at=leaves)
            session.add(letter)
        elif letter.due_at <= leaves:
            continue
        letter.due_at = leaves
        letters[person_id, channel] = letter
        changed.append(letter)
    await session.flush()
    return _Post(now, letters, {letter.id: letter.due_at - now for letter in changed})


async def _waiting(session: Session, people: Iterable[int]) -> dict[Mailbox, Letter]:
    """The earliest open letter of each mailbox that nobody else writes to at this moment."""
    rows = await session.scalars(
        select(Letter)
        .where(
            Letter.person_id.in_(people),
            Letter.sent_at.is_(None),
            Letter.failed_at.is_(None),
            Letter.closed_at.is_(None),
        )
        .order_by(Letter.due_at.desc(), Letter.id)
        .with_for_update(skip_locked=True)
    )
    return {(letter.person_id, Channel(letter.channel)): letter for letter in rows}
