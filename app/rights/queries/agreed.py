"""The register of what a person said yes to: when, to which words, and where it ends."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select

from app.accounts.models import Agreement, ApiToken
from app.accounts.rules import WORDS_VERSION
from app.db import ReadSession, Wall, open_wall
from app.exchanges.models import ContactRelease, Exchange
from app.posts.models import Post
from app.posts.rules import by_number
from app.rights.queries.held_back import own_post_ids
from app.rights.rules.export import Agreed


async def agreed(reader: ReadSession, person_id: int) -> Sequence[Agreed]:
    """What holds now, the oldest first."""
    rows = [
        *await _words(reader, person_id),
        *await _sensitive(reader, person_id),
        *await _contacts(reader, person_id),
        *await _programs(reader, person_id),
    ]
    return sorted(rows, key=lambda one: one.since)


async def _words(reader: ReadSession, person_id: int) -> list[Agreed]:
    rows = await reader.scalars(select(Agreement).where(Agreement.person_id == person_id))
    return [Agreed(row.text, row.version, row.agreed_at, "/account/erase") for row in rows]


async def _sensitive(reader: ReadSession, person_id: int) -> list[Agreed]:
    """A need whose kind speaks of health is shown because its author asked for it."""
    rows = await reader.scalars(
        select(Post).where(
            Post.id.in_(own_post_ids(person_id)),
            Post.published_at.is_not(None),
            Post.withdrawn_at.is_(None),
            Post.expired_at.is_(None),
            Post.fulfilled_at.is_(None),
        )
    )
    return [
        Agreed("sensitive", WORDS_VERSION, row.published_at, f"/posts/{row.code}")
        for row in rows
        if row.published_at and by_number(row.category).is_sensitive
    ]


async def _contacts(reader: ReadSession, person_id: int) -> list[Agreed]:
    """A yes to an exchange lets the other side see one contact, until it is hidden again."""
    own = own_post_ids(person_id)
    exchanges = await reader.execute(
        select(Exchange.id, Exchange.code, Exchange.agreed_at).where(
            or_(Exchange.need_id.in_(own), Exchange.offer_id.in_(own))
        )
    )
    rows = exchanges.all()
    await open_wall(reader, Wall.RELEASE, *(row.id for row in rows))
    shown = set(
        await reader.scalars(
            select(ContactRelease.exchange_id).where(
                ContactRelease.exchange_id.in_([row.id for row in rows]),
                or_(ContactRelease.until.is_(None), ContactRelease.until > func.now()),
            )
        )
    )
    return [
        Agreed("release_contact", WORDS_VERSION, row.agreed_at, f"/exchanges/{row.code}")
        for row in rows
        if row.id in shown
    ]


async def _programs(reader: ReadSession, person_id: int) -> list[Agreed]:
    rows = await reader.scalars(
        select(ApiToken).where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    )
    return [Agreed("program", WORDS_VERSION, row.created_at, "/account/tokens") for row in rows]
