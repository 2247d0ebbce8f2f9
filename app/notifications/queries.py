"""What waits for a person inside the platform, and what a letter has to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.accounts.models import Person
from app.accounts.queries import contacts_of
from app.db import ReadSession
from app.notifications.models import Letter, Notice, Preference, PushSubscription
from app.notifications.rules import (
    ALL_WISHES,
    CONTACT_KIND,
    FACTS,
    PUSHED,
    TOPIC,
    Channel,
    LinkPurpose,
    NoticeKind,
    SignedLink,
    Topic,
    Wish,
    path_of,
)
from app.notifications.rules.push import Browser

RECENT = 50


@dataclass(frozen=True)
class NoticeLine:
    """One notice as a page or a letter shows it; facts that are not known are empty."""

    id: int
    kind: NoticeKind
    facts: Mapping[str, str]
    path: str
    reference: str
    created_at: datetime
    read: bool


@dataclass(frozen=True)
class LetterContent:
    """Everything a letter needs, so that it can be written after the transaction."""

    person_id: int
    name: str
    language: str
    channel: Channel
    address: str
    lines: Sequence[NoticeLine]


@dataclass(frozen=True)
class Sign:
    """One browser that should be told, in which language, and up to which notice."""

    number: int
    browser: Browser
    language: str
    until: int


def _line(notice: Notice) -> NoticeLine:
    link = SignedLink(LinkPurpose(notice.link_purpose), notice.link_ref, notice.person_id)
    return NoticeLine(
        id=notice.id,
        kind=NoticeKind(notice.kind),
        facts={name: notice.facts.get(name, "") for name in FACTS},
        path=path_of(link),
        reference=notice.link_ref.rpartition("/")[2],
        created_at=notice.created_at,
        read=notice.read_at is not None,
    )


async def unread(reader: ReadSession, person_id: int) -> Sequence[NoticeLine]:
    """What the person has not marked as read, the newest first."""
    rows = await reader.scalars(
        select(Notice)
        .where(Notice.person_id == person_id, Notice.read_at.is_(None))
        .order_by(Notice.id.desc())
        .limit(RECENT)
    )
    return [_line(notice) for notice in rows]


async def recent(reader: ReadSession, person_id: int) -> Sequence[NoticeLine]:
    """The latest notices, read or not, the newest first."""
    rows = await reader.scalars(
        select(Notice).where(Notice.person_id == person_id).order_by(Notice.id.desc()).limit(RECENT)
    )
    return [_line(notice) for notice in rows]


async def count_unread(reader: ReadSession, person_id: int) -> int:
    count = await reader.scalar(
        select(func.count()).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    )
    return count or 0


async def wishes_of(reader: ReadSession, person_id: int) -> frozenset[Wish]:
    """Topics the person wants over each channel; everything, until they choose."""
    rows = await reader.execute(
        select(Preference.topic, Preference.channel).where(
            Preference.person_id == person_id, Preference.wanted.is_(False)
        )
    )
    return ALL_WISHES - {(Topic(topic), Channel(channel)) for topic, channel in rows}


async def letter_content(reader: ReadSession, letter_id: int) -> LetterContent | None:
    """What a letter says; None where it is sent, everything in it is read, or nobody is there."""
    row = (
        await reader.execute(
            select(Letter, Person)
            .join(Person, Person.id == Letter.person_id)
            .where(
                Letter.id == letter_id,
                Letter.sent_at.is_(None),
                Letter.failed_at.is_(None),
                Person.suspended_at.is_(None),
                Person.erased_at.is_(None),
            )
        )
    ).one_or_none()
    if row is None:
        return None
    channel = Channel(row.Letter.channel)
    address = next(
        (
            contact.value
            for contact in await contacts_of(reader, row.Person.id)
            if contact.kind == CONTACT_KIND[channel]
        ),
        None,
    )
    notices = await reader.scalars(
        select(Notice)
        .where(Notice.letter_id == letter_id, Notice.read_at.is_(None))
        .order_by(Notice.id)
    )
    lines = [_line(notice) for notice in notices]
    if address is None or not lines:
        return None
    return LetterContent(
        row.Person.id, row.Person.name, row.Person.language, channel, address, lines
    )


async def browsers_of(reader: ReadSession, person_id: int) -> Sequence[PushSubscription]:
    """Browsers of this person that are told of news, the newest first."""
    rows = await reader.scalars(
        select(PushSubscription)
        .where(PushSubscription.person_id == person_id)
        .order_by(PushSubscription.id.desc())
    )
    return rows.all()


async def signs_for(reader: ReadSession, person_id: int) -> Sequence[Sign]:
    """Browsers that were not yet told of the newest thing somebody waits for an answer to."""
    kinds = [kind.value for kind, topic in TOPIC.items() if topic in PUSHED]
    until = await reader.scalar(
        select(func.max(Notice.id)).where(
            Notice.person_id == person_id, Notice.read_at.is_(None), Notice.kind.in_(kinds)
        )
    )
    person = await reader.get(Person, person_id)
    if until is None or person is None or person.suspended_at or person.erased_at:
        return []
    return [
        Sign(row.id, Browser(row.endpoint, row.p256dh, row.auth), person.language, until)
        for row in await browsers_of(reader, person_id)
        if row.told_until < until
    ]
