"""What a desk must know of one need, and what an organisation offers."""

from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.rules import Visitor
from app.db import ReadSession
from app.errors import NotFoundError
from app.organisations.models import Client, Consent, Organisation, Registration
from app.organisations.rules import ConsentPurpose, Manner
from app.posts.models import Post
from app.posts.rules import PostKind


async def last_manner(reader: ReadSession, post_id: int) -> str:
    """How the client agreed to this post; aloud, where nobody wrote it down."""
    found = await reader.scalar(
        select(Consent.how)
        .where(Consent.ref == post_id, Consent.purpose == ConsentPurpose.PUBLISH.value)
        .order_by(Consent.id.desc())
        .limit(1)
    )
    return found or Manner.ORAL.value


async def open_offers(reader: ReadSession, organisation_id: int) -> Sequence[Post]:
    """What an organisation offers everybody now, the newest first."""
    rows = await reader.scalars(
        select(Post)
        .options(joinedload(Post.place))
        .where(
            Post.organisation_id == organisation_id,
            Post.kind == PostKind.OFFER.value,
            Post.is_listed,
            Post.ends_at > func.now(),
        )
        .order_by(Post.id.desc())
        .limit(20)
    )
    return rows.all()


async def alias_of(reader: ReadSession, need: Post) -> str:
    """The client behind a need, for its own side."""
    found = await reader.scalar(select(Client.alias).where(Client.id == need.client_id))
    return found or ""


async def registered_offer(
    reader: ReadSession, visitor: Visitor, code: str
) -> tuple[Post, Organisation | None]:
    """What a helper offered face to face, for the desk that wrote it down."""
    row = (
        await reader.execute(
            select(Post, Organisation)
            .options(joinedload(Post.place), joinedload(Post.author))
            .join(Registration, Registration.person_id == Post.author_id)
            .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
            .where(
                Post.code == code,
                Post.kind == PostKind.OFFER.value,
                or_(
                    Registration.organisation_id.in_(visitor.organisation_ids),
                    and_(
                        Registration.organisation_id.is_(None),
                        Registration.worker_id == visitor.person_id,
                    ),
                ),
            )
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such post.")
    return row.Post, row.Organisation
