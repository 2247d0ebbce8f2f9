"""Files of hosts, read by the organisation that verifies them and by nobody else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.accounts.rules import Visitor
from app.db import ReadSession, Wall, open_wall
from app.errors import NotFoundError
from app.i18n import sentence
from app.organisations.models import Organisation
from app.posts.models import HostAdult, HostCheck, HostFile, HostReference, Post
from app.posts.rules import PostKind, category_of
from app.posts.rules.household import Guests, Household
from app.posts.rules.verification import (
    SIGNATURES,
    AdultFacts,
    FileFacts,
    ReferenceFacts,
)

NO_FILE = sentence("There is no such file, or it is another organisation's.")
MOST_ROWS = 100


@dataclass(frozen=True)
class Signature:
    """Who signed, and when."""

    name: str
    person_id: int
    signed_at: datetime


@dataclass(frozen=True)
class HostFileRead:
    """One file with its parts."""

    row: HostFile
    adults: Sequence[HostAdult]
    references: Sequence[HostReference]
    signatures: Sequence[Signature]

    @property
    def facts(self) -> FileFacts:
        """What the rules decide from."""
        row = self.row
        return FileFacts(
            identity_seen=row.identity_seen_on is not None,
            adults=tuple(
                AdultFacts(one.record_seen_on is not None, one.refused_on is not None)
                for one in self.adults
            ),
            all_named=row.adults_all_named,
            visited=row.visited_on is not None,
            household=Household(row.household) if row.household else None,
            willing=Guests(row.willing),
            references=tuple(
                ReferenceFacts(one.how == "written", one.is_family) for one in self.references
            ),
        )

    @property
    def is_signed(self) -> bool:
        return len(self.signatures) >= SIGNATURES


@dataclass(frozen=True)
class Verified:
    """All that a host, or a guest's side, learns of a file."""

    organisation: str
    until: datetime


async def host_file(reader: ReadSession, post_id: int) -> HostFileRead | None:
    """The file of an offer, whoever's it is: for rules, and for pages after `own_host_file`."""
    row = await reader.get(HostFile, post_id, populate_existing=True)
    if row is None:
        return None
    await open_wall(reader, Wall.HOUSEHOLD, post_id)
    adults = await reader.scalars(
        select(HostAdult).where(HostAdult.post_id == post_id).order_by(HostAdult.id)
    )
    references = await reader.scalars(
        select(HostReference).where(HostReference.post_id == post_id).order_by(HostReference.id)
    )
    signed = await reader.execute(
        select(Person.name, HostCheck.person_id, HostCheck.signed_at)
        .join(Person, Person.id == HostCheck.person_id)
        .where(HostCheck.post_id == post_id)
        .order_by(HostCheck.signed_at)
    )
    return HostFileRead(row, adults.all(), references.all(), [Signature(*one) for one in signed])


async def host_offer(reader: ReadSession, visitor: Visitor, code: str) -> Post:
    """A hosting offer that the visitor may verify: nobody's yet, or their organisation's."""
    post = await reader.scalar(
        select(Post)
        .options(joinedload(Post.place), joinedload(Post.author))
        .outerjoin(HostFile, HostFile.post_id == Post.id)
        .where(
            Post.code == code,
            Post.kind == PostKind.OFFER.value,
            Post.published_at.is_not(None),
            func.coalesce(HostFile.organisation_id.in_(visitor.organisation_ids), True),
        )
    )
    if post is None or not category_of(post).is_hosting:
        raise NotFoundError(NO_FILE)
    return post


async def host_files_of(
    reader: ReadSession, organisation_ids: Collection[int]
) -> Sequence[tuple[HostFile, Post]]:
    """Files of these organisations with their offers, the soonest end first."""
    rows = await reader.execute(
        select(HostFile, Post)
        .join(Post, Post.id == HostFile.post_id)
        .options(joinedload(Post.place), joinedload(Post.author))
        .where(HostFile.organisation_id.in_(organisation_ids), Post.withdrawn_at.is_(None))
        .order_by(HostFile.valid_until.asc().nulls_first(), HostFile.post_id)
        .limit(MOST_ROWS)
    )
    return rows.all()


async def verified(reader: ReadSession, post: Post) -> Verified | None:
    """By whom and until when; None while it is not verified."""
    if post.adopted_at is None or post.checked_until is None or post.adopted_by is None:
        return None
    organisation = await reader.get_one(Organisation, post.adopted_by)
    return Verified(organisation.name, post.checked_until)
