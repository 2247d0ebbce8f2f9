"""How every verb changes a post: under its version, then who must know."""

from datetime import datetime

from sqlalchemy import func, select, update

from app import outbox
from app.db import Session
from app.errors import ConflictError, NotAllowedError
from app.i18n import sentence
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.outbox import Job
from app.posts.models import Post
from app.posts.rules import by_number, is_matchable

CHANGED = sentence("This post changed in the meantime. Look at it again.")
NOT_YOURS = sentence("Only the person who posted this can do that.")


def refuse_unless(allowed: bool) -> None:
    if not allowed:
        raise NotAllowedError(NOT_YOURS)


async def database_now(session: Session) -> datetime:
    """The one clock of all deadlines."""
    moment: datetime = (await session.execute(select(func.now()))).scalar_one()
    return moment


async def change(session: Session, post: Post, **values: object) -> None:
    """Write the values if nobody changed the post since it was read, else `ConflictError`."""
    changed = await session.scalar(
        update(Post)
        .where(Post.id == post.id, Post.version == post.version)
        .values(version=Post.version + 1, **values)
        .returning(Post.id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        raise ConflictError(CHANGED)
    await session.refresh(post)


async def look_for_pairings(session: Session, post: Post) -> None:
    """Ask the workers, unless hosting still waits for an organisation."""
    if post.is_open and is_matchable(post):
        await outbox.defer(session, Job.FIND_PAIRINGS, post.id)


async def close_proposals(session: Session, post: Post) -> None:
    await outbox.defer(session, Job.CLOSE_PROPOSALS, post.id)


async def tell_author(session: Session, post: Post, kind: NoticeKind) -> None:
    facts = {"code": post.code, "kind": post.kind, "category": by_number(post.category).code}
    await notifications.tell(
        session, post.author_id, kind, facts=facts, link=(LinkPurpose.POST, post.address)
    )
