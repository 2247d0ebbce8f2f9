"""An organisation vouches for hosting: one worker for a request, two for a host."""

from sqlalchemy.dialects.postgresql import insert

from app.accounts.rules import Visitor, may_work_for
from app.db import Session
from app.errors import ConflictError, NotAllowedError, NotFoundError
from app.i18n import sentence
from app.posts import queries
from app.posts.actions.capacity import lock_posts
from app.posts.actions.changes import change, database_now
from app.posts.actions.hosts import NOT_AT_WORK, NOT_YOURS, OWN_HOME
from app.posts.actions.verbs import CHILD_ALONE, adopt
from app.posts.models import GuestCall, HostCheck, Post
from app.posts.queries.hosts import NO_FILE, HostFileRead, host_file
from app.posts.rules import PostKind, is_matchable
from app.posts.rules.household import profile_of
from app.posts.rules.party import Party
from app.posts.rules.state import category_of
from app.posts.rules.verification import LIFE, SENTENCES, SIGNATURES, missing

TAKEN = sentence("Somebody vouched for this already, or it has ended.")


async def vouch(session: Session, visitor: Visitor, post: Post, organisation_id: int) -> bool:
    """Adopt a request, or sign for a host; true once it may be matched."""
    post = (await lock_posts(session, [post.id]))[post.id]
    if is_matchable(post) or not post.is_open:
        raise ConflictError(TAKEN)
    if post.kind == PostKind.NEED.value:
        await adopt(session, visitor, post, organisation_id)
        return True
    file = await _sign(session, visitor, post, organisation_id)
    if await queries.signatures_of(session, post.id) < SIGNATURES:
        return False
    file.row.signed_at = await database_now(session)
    file.row.valid_until = file.row.signed_at + LIFE
    file.row.suspended_at = file.row.suspended_by = file.row.suspended_why = None
    await session.flush()
    await adopt(session, visitor, post, organisation_id)
    return True


async def look_at_contact(
    session: Session, visitor: Visitor, need: Post, organisation_id: int
) -> None:
    """A worker wants to call whoever asks for a roof: written down before anything is shown."""
    session.add(
        GuestCall(post_id=need.id, worker_id=visitor.person_id, organisation_id=organisation_id)
    )
    await session.flush()


async def adopt_need(
    session: Session, visitor: Visitor, need: Post, organisation_id: int, party: Party
) -> None:
    """Vouch for a guest by name; the worker says who comes, as heard from them."""
    need = (await lock_posts(session, [need.id]))[need.id]
    if need.adopted_at is not None or not need.is_open or need.taken:
        raise ConflictError(TAKEN)
    if need.kind != PostKind.NEED.value or not category_of(need).is_hosting:
        raise NotAllowedError(NOT_YOURS)
    if not may_work_for(visitor, organisation_id):
        raise NotAllowedError(NOT_YOURS)
    if party.is_child_alone:
        raise ConflictError(CHILD_ALONE)
    await change(
        session,
        need,
        places=party.size,
        party_women=party.women,
        party_men=party.men,
        party_children=party.children,
        profile=int(profile_of(party)),
    )
    await adopt(session, visitor, need, organisation_id)


async def _sign(
    session: Session, visitor: Visitor, post: Post, organisation_id: int
) -> HostFileRead:
    if not may_work_for(visitor, organisation_id) or not category_of(post).is_hosting:
        raise NotAllowedError(NOT_YOURS)
    if not await queries.may_work(session, organisation_id):
        raise NotAllowedError(NOT_AT_WORK)
    if post.author_id == visitor.person_id:
        raise NotAllowedError(OWN_HOME)
    file = await host_file(session, post.id)
    if file is None or file.row.organisation_id != organisation_id:
        raise NotFoundError(NO_FILE)
    if lacking := missing(file.facts):
        raise ConflictError(SENTENCES[lacking[0]])
    signed = await session.scalar(
        insert(HostCheck)
        .values(post_id=post.id, person_id=visitor.person_id, organisation_id=organisation_id)
        .on_conflict_do_nothing()
        .returning(HostCheck.person_id)
    )
    if signed is None:
        raise ConflictError("You have signed already. A second person must sign too.")
    return file
