"""Somebody stands up for a helper: an organisation that saw them, or a person who was called."""

from collections.abc import Sequence

from sqlalchemy import func, select, update

from app.accounts.models import Person
from app.accounts.rules import Visitor
from app.crypto import new_code
from app.db import Session
from app.errors import ConflictError, NotAllowedError, NotFoundError
from app.i18n import sentence
from app.notifications.rules import NoticeKind
from app.posts import queries
from app.posts.actions.capacity import lock_posts
from app.posts.actions.changes import change, close_proposals, look_for_pairings, tell_author
from app.posts.models import Attestation, Post
from app.posts.queries.attested import attestations_of, known_of
from app.posts.rules import by_number
from app.posts.rules.attested import VISITS, Standing, is_known_enough

MOST_REFEREES = 4
ENOUGH = sentence("You named enough people. We call them one after the other.")
GONE = sentence("Nobody waits under this code. Look at it again.")
YOURSELF = sentence("Somebody else must stand up for you.")


async def ask_attestation(
    session: Session, person_id: int, kind: Standing, referee: str | None = None
) -> Attestation:
    """Ask to become known; asking for the same twice is once."""
    await session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    known = await attestations_of(session, person_id)
    same = [one for one in known if one.kind == kind.value and one.referee == referee]
    if same and (kind is Standing.IDENTITY or same[0].confirmed_at is None):
        return same[0]
    if len([one for one in known if one.kind == kind.value]) >= MOST_REFEREES:
        raise ConflictError(ENOUGH)
    asked = Attestation(code=new_code(6), person_id=person_id, kind=kind.value, referee=referee)
    session.add(asked)
    await session.flush()
    return asked


async def attest(session: Session, visitor: Visitor, code: str, organisation_id: int) -> None:
    """A worker saw the document, or called the person named; the number called is forgotten."""
    if organisation_id not in visitor.organisation_ids or not await queries.may_work(
        session, organisation_id
    ):
        raise NotAllowedError("This organisation is not verified yet, or it is stopped.")
    found = await session.scalar(
        select(Attestation)
        .where(
            Attestation.code == code,
            Attestation.confirmed_at.is_(None),
            Attestation.revoked_at.is_(None),
        )
        .with_for_update()
    )
    if found is None:
        raise NotFoundError(GONE)
    if found.person_id == visitor.person_id:
        raise NotAllowedError(YOURSELF)
    found.confirmed_at = (await session.execute(select(func.now()))).scalar_one()
    found.confirmed_by, found.organisation_id = visitor.person_id, organisation_id
    found.referee = None
    await session.flush()
    await show_visits(session, found.person_id)


async def revoke_attestations(session: Session, person_id: int) -> None:
    """Nobody stands up for this person any more: visits are no longer proposed."""
    await session.execute(
        update(Attestation)
        .where(Attestation.person_id == person_id, Attestation.revoked_at.is_(None))
        .values(revoked_at=func.now())
        .execution_options(synchronize_session=False)
    )
    for post in await _visits(session, person_id):
        if post.attested_at is not None:
            await change(session, post, attested_at=None)
            await close_proposals(session, post)


async def show_visits(session: Session, person_id: int) -> None:
    """Offers of visits for which the person is known well enough by now come on show."""
    known = await known_of(session, person_id)
    for post in await _visits(session, person_id):
        if post.attested_at is None and is_known_enough(by_number(post.category), known):
            await change(session, post, attested_at=func.now())
            await tell_author(session, post, NoticeKind.ATTESTED)
            await look_for_pairings(session, post)


async def _visits(session: Session, person_id: int) -> Sequence[Post]:
    ids = await session.scalars(
        select(Post.id).where(
            Post.author_id == person_id,
            Post.kind == "offer",
            Post.organisation_id.is_(None),
            Post.category.in_(VISITS),
            Post.withdrawn_at.is_(None),
        )
    )
    return list((await lock_posts(session, ids.all())).values())
