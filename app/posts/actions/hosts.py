"""The verification file of a host: written part by part, signed by two, void when anything changes.

Each act holds the row of the offer first, so that a change and a proposal cannot pass each other.
"""

from datetime import date

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import RoleGrant
from app.accounts.rules import ORGANISATION_ROLES, Visitor, may_work_for
from app.db import Session
from app.errors import ConflictError, NotAllowedError, NotFoundError
from app.i18n import sentence
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.posts import queries
from app.posts.actions.capacity import lock_posts
from app.posts.actions.changes import change, close_proposals
from app.posts.forms.hosts import AdultDraft, HouseholdDraft, ReferenceDraft, VisitDraft
from app.posts.models import HostAdult, HostCheck, HostFile, HostFileView, HostReference, Post
from app.posts.queries.hosts import NO_FILE, HostFileRead, host_file
from app.posts.rules import category_of
from app.posts.rules.draft import HOUSEHOLDS
from app.posts.rules.verification import WARN_BEFORE

BATCH = 200

NOT_AT_WORK = sentence("This organisation is not verified yet, or it is stopped.")
NOT_YOURS = sentence("Only people who work for an organisation can verify a host.")
OWN_HOME = sentence("Somebody else must vouch for your own post.")


async def open_host_file(
    session: Session, visitor: Visitor, post: Post, organisation_id: int
) -> HostFileRead:
    """The file of an offer, begun by the first organisation that opens it."""
    post = (await lock_posts(session, [post.id]))[post.id]
    if not category_of(post).is_hosting or post.kind != "offer":
        raise NotFoundError(NO_FILE)
    if not may_work_for(visitor, organisation_id):
        raise NotAllowedError(NOT_YOURS)
    if not await queries.may_work(session, organisation_id):
        raise NotAllowedError(NOT_AT_WORK)
    await session.execute(
        insert(HostFile)
        .values(post_id=post.id, organisation_id=organisation_id, opened_by=visitor.person_id)
        .on_conflict_do_nothing()
    )
    return await _own(session, visitor, post.id)


async def note_view(session: Session, visitor: Visitor, post: Post, section: str) -> None:
    """Write down who looked at what of a file, as it happens."""
    session.add(HostFileView(post_id=post.id, worker_id=visitor.person_id, section=section))
    await session.flush()


async def see_identity(session: Session, visitor: Visitor, post: Post, day: date) -> None:
    """The host's identity was seen: a day and a worker, neither number nor copy."""
    file = await _change_file(session, visitor, post)
    file.row.identity_seen_on, file.row.identity_seen_by = day, visitor.person_id
    await session.flush()


async def add_adult(session: Session, visitor: Visitor, post: Post, draft: AdultDraft) -> None:
    """One adult more lives there."""
    await _change_file(session, visitor, post)
    session.add(
        HostAdult(
            post_id=post.id,
            name=draft.name,
            record_seen_on=draft.record_seen_on,
            refused_on=draft.refused_on,
            seen_by=visitor.person_id,
        )
    )
    await session.flush()


async def remove_adult(session: Session, visitor: Visitor, post: Post, adult_id: int) -> None:
    """An adult no longer lives there."""
    file = await _change_file(session, visitor, post)
    file.row.adults_all_named = False
    await session.execute(
        delete(HostAdult).where(HostAdult.id == adult_id, HostAdult.post_id == post.id)
    )


async def name_all_adults(session: Session, visitor: Visitor, post: Post) -> None:
    """The visitor says that no adult of the household is missing."""
    file = await _change_file(session, visitor, post)
    file.row.adults_all_named = True
    await session.flush()


async def record_visit(session: Session, visitor: Visitor, post: Post, draft: VisitDraft) -> None:
    """Somebody with experience was there."""
    file = await _change_file(session, visitor, post)
    file.row.visited_on, file.row.visited_by = draft.day, draft.by
    file.row.findings = draft.findings
    await session.flush()


async def add_reference(
    session: Session, visitor: Visitor, post: Post, draft: ReferenceDraft
) -> None:
    """Somebody who knows the host was asked and answered."""
    await _change_file(session, visitor, post)
    session.add(
        HostReference(
            post_id=post.id,
            name=draft.name,
            how=draft.how,
            is_family=draft.is_family,
            answered_on=draft.day,
            words=draft.words,
            taken_by=visitor.person_id,
        )
    )
    await session.flush()


async def remove_reference(
    session: Session, visitor: Visitor, post: Post, reference_id: int
) -> None:
    await _change_file(session, visitor, post)
    await session.execute(
        delete(HostReference).where(
            HostReference.id == reference_id, HostReference.post_id == post.id
        )
    )


async def describe_household(
    session: Session, visitor: Visitor, post: Post, draft: HouseholdDraft
) -> None:
    """The household as found, and whom it is ready for; only here it is said."""
    file = await _change_file(session, visitor, post)
    file.row.household, file.row.willing = draft.household.value, int(draft.willing)
    await session.flush()


async def suspend_host(session: Session, visitor: Visitor, post: Post, why: str) -> None:
    """Stop a host at once; two new signatures start again."""
    file = await _change_file(session, visitor, post)
    file.row.suspended_at = await session.scalar(func.now())
    file.row.suspended_by, file.row.suspended_why = visitor.person_id, why
    await session.flush()


async def change_household(session: Session, post: Post) -> None:
    """The host says that somebody moved in or out: the check ends at once."""
    post = (await lock_posts(session, [post.id]))[post.id]
    await session.execute(
        update(HostFile)
        .where(HostFile.post_id == post.id)
        .values(adults_all_named=False)
        .execution_options(synchronize_session="fetch")
    )
    await void_check(session, post)


async def void_check(session: Session, post: Post) -> None:
    """The check of a locked offer no longer holds: nobody is proposed, open proposals end."""
    await forget_signatures(session, post)
    if post.adopted_at is None:
        return
    await change(
        session,
        post,
        adopted_at=None,
        adopted_by=None,
        vouched_by=None,
        checked_until=None,
        accepts=0,
        features=post.features & ~int(HOUSEHOLDS),
    )
    await close_proposals(session, post)


async def tidy_hosts(session: Session) -> int:
    """What ran out is void within a minute; a month before, the organisation is told."""
    ended = await _due(session, Post.checked_until <= func.now())
    for post in ended:
        await void_check(session, post)
        await _tell_end(session, post)
    soon = await _due(
        session,
        Post.checked_until <= func.now() + WARN_BEFORE,
        HostFile.warned_at.is_(None),
    )
    for post in soon:
        await session.execute(
            update(HostFile).where(HostFile.post_id == post.id).values(warned_at=func.now())
        )
        await _tell_end(session, post)
    return len(ended) + len(soon)


async def _due(session: Session, *conditions: ColumnElement[bool]) -> list[Post]:
    rows = await session.scalars(
        select(Post)
        .join(HostFile, HostFile.post_id == Post.id)
        .where(Post.adopted_at.is_not(None), *conditions)
        .order_by(Post.id)
        .limit(BATCH)
        .with_for_update(of=Post, skip_locked=True)
    )
    return list(rows)


async def _tell_end(session: Session, post: Post) -> None:
    file = await session.get_one(HostFile, post.id)
    workers = await session.scalars(
        select(RoleGrant.person_id)
        .distinct()
        .where(
            RoleGrant.organisation_id == file.organisation_id,
            RoleGrant.role.in_([role.value for role in ORGANISATION_ROLES]),
            RoleGrant.ended_at.is_(None),
        )
    )
    for person_id in sorted(workers):
        await notifications.tell(
            session,
            person_id,
            NoticeKind.HOST_CHECK_ENDS,
            facts={"code": post.code},
            link=(LinkPurpose.HOST_FILE, post.code),
        )


async def forget_signatures(session: Session, post: Post) -> None:
    """What was checked has changed: it must be checked and signed again."""
    await session.execute(delete(HostCheck).where(HostCheck.post_id == post.id))
    await session.execute(
        update(HostFile)
        .where(HostFile.post_id == post.id)
        .values(signed_at=None, valid_until=None, warned_at=None, changed_at=func.now())
        .execution_options(synchronize_session="fetch")
    )


async def _change_file(session: Session, visitor: Visitor, post: Post) -> HostFileRead:
    """The visitor's own file, its offer locked and its signatures gone."""
    post = (await lock_posts(session, [post.id]))[post.id]
    file = await _own(session, visitor, post.id)
    if not await queries.may_work(session, file.row.organisation_id):
        raise NotAllowedError(NOT_AT_WORK)
    if post.author_id == visitor.person_id:
        raise NotAllowedError(OWN_HOME)
    if post.withdrawn_at is not None:
        raise ConflictError("This offer was taken back.")
    await void_check(session, post)
    return file


async def _own(session: Session, visitor: Visitor, post_id: int) -> HostFileRead:
    file = await host_file(session, post_id)
    if file is None or not may_work_for(visitor, file.row.organisation_id):
        raise NotFoundError(NO_FILE)
    return file
