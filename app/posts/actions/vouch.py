"""An organisation vouches for hosting: one worker for a request, two for an offer."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.accounts.rules import Visitor, may_work_for
from app.db import Session
from app.errors import ConflictError, NotAllowedError
from app.posts import queries
from app.posts.actions.capacity import lock_posts
from app.posts.actions.verbs import SIGNATURES, adopt
from app.posts.models import HostCheck, Post
from app.posts.rules import PostKind, is_matchable
from app.posts.rules.state import category_of


async def vouch(session: Session, visitor: Visitor, post: Post, organisation_id: int) -> bool:
    """Sign for a hosting post; true once it may be matched."""
    post = (await lock_posts(session, [post.id]))[post.id]
    if is_matchable(post) or not post.is_open:
        raise ConflictError("Somebody vouched for this already, or it has ended.")
    if post.kind == PostKind.NEED.value:
        await adopt(session, visitor, post, organisation_id)
        return True
    await _sign(session, visitor, post, organisation_id)
    if await queries.signatures_of(session, post.id) < SIGNATURES:
        return False
    await adopt(session, visitor, post, organisation_id)
    return True


async def _sign(session: Session, visitor: Visitor, post: Post, organisation_id: int) -> None:
    if not may_work_for(visitor, organisation_id) or not category_of(post).is_hosting:
        raise NotAllowedError("Only people who work for an organisation can sign for a host.")
    if not await queries.may_work(session, organisation_id):
        raise NotAllowedError("This organisation is not verified yet, or it is stopped.")
    if post.author_id == visitor.person_id:
        raise NotAllowedError("Somebody else must vouch for your own post.")
    signed = await session.scalar(
        insert(HostCheck)
        .values(post_id=post.id, person_id=visitor.person_id, organisation_id=organisation_id)
        .on_conflict_do_nothing()
        .returning(HostCheck.person_id)
    )
    if signed is None:
        raise ConflictError("You have signed already. A second person must sign too.")


async def forget_signatures(session: Session, post: Post) -> None:
    """What was checked has changed: it must be checked again."""
    await session.execute(delete(HostCheck).where(HostCheck.post_id == post.id))
