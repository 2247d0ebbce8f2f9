"""Requests for a roof that wait until a worker vouches, and those that never can be matched."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, literal_column, or_, select
from sqlalchemy.orm import joinedload

from app.accounts import queries as accounts
from app.accounts.rules import Visitor
from app.db import ReadSession
from app.errors import NotFoundError
from app.i18n import sentence
from app.posts.models import GuestCall, Post
from app.posts.queries.one import HOSTING
from app.posts.rules.child_protection import ChildContact, child_contact
from app.posts.rules.household import Guests
from app.territories.models import Place

SHOWN_FOR = timedelta(hours=1)
NO_REQUEST = sentence("This request does not wait any more: somebody vouches, or it has ended.")


async def guest_contacts(reader: ReadSession, visitor: Visitor, need: Post) -> Sequence[str]:
    """How to call whoever asks, for an hour after the worker wanted to know; of clients nothing."""
    asked = await reader.scalar(
        select(GuestCall.id)
        .where(
            GuestCall.post_id == need.id,
            GuestCall.worker_id == visitor.person_id,
            GuestCall.seen_at > func.now() - SHOWN_FOR,
        )
        .limit(1)
    )
    if asked is None or need.client_id is not None:
        return ()
    return [one.value for one in await accounts.contacts_of(reader, need.author_id)]


async def child_of_draft(reader: ReadSession, post: Post) -> ChildContact | None:
    """Whom to call, where what was sent asks for a child without a parent."""
    if Guests.CHILD_ALONE not in Guests(post.profile):
        return None
    place = await reader.get_one(Place, post.place_id)
    return child_contact(place.nis)


async def waiting_need(reader: ReadSession, visitor: Visitor, code: str) -> Post:
    """An open request that nobody adopted; another organisation's own is nobody else's."""
    need = await reader.scalar(
        select(Post)
        .options(joinedload(Post.place))
        .where(
            Post.code == code,
            Post.kind == "need",
            literal_column("is_open"),
            Post.category.in_(HOSTING),
            Post.adopted_at.is_(None),
            Post.ends_at > func.now(),
            or_(Post.organisation_id.is_(None), Post.organisation_id.in_(visitor.organisation_ids)),
        )
    )
    if need is None:
        raise NotFoundError(NO_REQUEST)
    return need
