"""Say it differently: what is on show changes at once, and the engine looks again."""

from datetime import datetime

from sqlalchemy import delete

from app.accounts.rules import Visitor
from app.db import Session
from app.errors import InvalidError
from app.i18n import gettext as _
from app.posts import queries
from app.posts.actions.changes import (
    change,
    close_proposals,
    database_now,
    look_for_pairings,
    refuse_unless,
)
from app.posts.actions.hosts import forget_signatures
from app.posts.actions.publish import columns_of, keep_windows, save_draft_place
from app.posts.actions.read_back import keep_read_back, refuse_unspoken
from app.posts.actions.units import is_lived_in, keep_units
from app.posts.models import Post, PostWindow
from app.posts.queries.attested import is_attested
from app.posts.rules import PostDraft, by_number, is_matchable, may_edit, refuse_invalid
from app.posts.rules.read_back import ReadBack
from app.territories.models import Place
from app.territories.rules import Cell, cell_of


async def edit(
    session: Session,
    visitor: Visitor,
    post: Post,
    draft: PostDraft,
    heard: ReadBack | None = None,
) -> None:
    """Replace what a post says; hosting must then be adopted again.

    What stands for a client leaves the show until the client has `heard` the new words.
    """
    refuse_unless(may_edit(visitor, post))
    now = await database_now(session)
    refuse_invalid(draft, now)
    refuse_unspoken(draft, heard)
    _refuse_impossible(post, draft)
    place = await _same_or_new_place(session, visitor, post, draft)
    await change(
        session,
        post,
        published_at=_on_show(post, heard, now),
        read_back_at=now if heard else None,
        confirmed_at=now,
        asked_at=None,
        adopted_at=None,
        adopted_by=None,
        vouched_by=None,
        checked_until=None,
        attested_at=now if await is_attested(session, visitor, draft.category) else None,
        **columns_of(draft, place, now),
    )
    await forget_signatures(session, post)
    await session.execute(delete(PostWindow).where(PostWindow.post_id == post.id))
    await keep_windows(session, post, draft)
    await keep_units(session, post)
    await keep_read_back(session, visitor.person_id, post, draft, heard)
    if not is_matchable(post) or post.published_at is None:
        await close_proposals(session, post)
    await look_for_pairings(session, post)


def _on_show(post: Post, heard: ReadBack | None, now: datetime) -> datetime | None:
    if post.client_id is not None and heard is None:
        return None
    return post.published_at or now


def _refuse_impossible(post: Post, draft: PostDraft) -> None:
    if draft.kind != post.kind:
        raise InvalidError({"kind": [_("A need cannot become an offer. Write a new one.")]})
    if draft.places < post.taken:
        raise InvalidError({"places": [_("%(taken)s are already promised.", taken=post.taken)]})
    if post.taken and is_lived_in(post) != by_number(draft.category).is_hosting:
        raise InvalidError({"category": [_("It is promised already. Write a new one.")]})


async def _same_or_new_place(
    session: Session, visitor: Visitor, post: Post, draft: PostDraft
) -> Place:
    """The cell is computed again only when the place itself changes."""
    place, address = await queries.place_with_address(session, post.place_id)
    found = draft.place
    same_cell = cell_of(found.lat, found.lon) == Cell(place.cell_row, place.cell_column)
    if same_cell and (place.nis, address) == (found.nis, found.address):
        return place
    return await save_draft_place(session, visitor.person_id, draft)
