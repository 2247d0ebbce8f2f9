"""Erasing a person: the list outside first, then the ledger's key, then everything at once.

What would go with the person's row goes; what only mentions them forgets whom it mentions; a few
rows that protect other people stay and point to a tombstone without a name.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Table, delete, exists, func, or_, select, update

from app import erasures
from app.accounts.models import Contact, Person, SignInCode
from app.db import Base, Session
from app.erasures import Subject
from app.idempotency import IdempotentAnswer
from app.ledger.models import SubjectKey
from app.ledger.rules import SubjectKind
from app.moderation.models import Report
from app.rights import queries
from app.rights.actions.close import hold_person, take_everything_back
from app.rights.actions.traces import forget_exchanges, forget_notices, forget_posts
from app.rights.rules.closing import is_due
from app.territories.models import ExactPlace, Place

# Who looked at another person's file or contact, and who signed for a host: that protects others.
STAYS = frozenset(
    {
        ("client_access", "worker_id"),
        ("client_access_alarm", "worker_id"),
        ("contact_read", "reader_id"),
        ("guest_call", "worker_id"),
        ("host_check", "person_id"),
        ("host_file_view", "worker_id"),
        # A post that took part in an exchange keeps its cell; the address goes by itself.
        ("place", "owner_id"),
    }
)


async def begin_erasure(session: Session, person_id: int) -> bytes | None:
    """The line for the list outside; None where the person stays, or is gone already."""
    person = await hold_person(session, person_id)
    now: datetime = (await session.execute(select(func.now()))).scalar_one()
    if person.erased_at is not None or not is_due(person.closing_at, now):
        return None
    digest = erasures.digest_of(Subject.PERSON, person.id, person.created_at)
    await erasures.begin(session, Subject.PERSON, digest)
    return digest


async def forget_key(session: Session, kind: SubjectKind, ref: int) -> None:
    """Whatever the ledger holds of them points to nobody from now on."""
    await session.execute(
        delete(SubjectKey).where(
            SubjectKey.subject_kind == kind.value, SubjectKey.subject_ref == ref
        )
    )


async def erase_person(session: Session, person_id: int) -> None:
    """Delete all that is theirs and leave a tombstone; whoever is erased already stays erased."""
    person = await hold_person(session, person_id)
    if person.erased_at is not None:
        return
    await take_everything_back(session, person_id)
    own = (await session.scalars(queries.own_post_ids(person_id))).all()
    await forget_key(session, SubjectKind.PERSON, person_id)
    await _forget_sign_ins(session, person_id)
    await forget_notices(session, own)
    await forget_exchanges(session, own)
    await forget_posts(session, own)
    await _forget_reports(session, person_id)
    await _forget_places(session, person_id)
    await _forget_rows(session, person_id)
    await _leave_tombstone(session, person)


async def _forget_sign_ins(session: Session, person_id: int) -> None:
    lookups = select(Contact.lookup).where(Contact.person_id == person_id)
    await session.execute(delete(SignInCode).where(SignInCode.lookup.in_(lookups)))
    await session.execute(delete(IdempotentAnswer).where(IdempotentAnswer.actor == person_id))


async def _forget_reports(session: Session, person_id: int) -> None:
    """What was reported stays until it is decided; who reported it goes."""
    await session.execute(
        update(Report)
        .where(Report.reporter_id == person_id)
        .values(reporter_id=None, reporter_name=None, reporter_contact=None, browser=None)
        .execution_options(synchronize_session=False)
    )


async def _forget_places(session: Session, person_id: int) -> None:
    own = select(Place.id).where(Place.owner_id == person_id)
    await session.execute(delete(ExactPlace).where(ExactPlace.place_id.in_(own)))


async def _forget_rows(session: Session, person_id: int) -> None:
    """Every row that names the person, by the rule that its table itself declares."""
    for table in reversed(Base.metadata.sorted_tables):
        for column, rule in references(table, "person"):
            if rule == "CASCADE" and (table.name, column.name) not in STAYS:
                await session.execute(delete(table).where(column == person_id))
            elif rule == "SET NULL":
                values = {column.name: None}
                await session.execute(update(table).where(column == person_id).values(values))
    await _forget_unused_places(session, person_id)


async def _forget_unused_places(session: Session, person_id: int) -> None:
    uses = [
        exists().where(column == Place.id)
        for table in Base.metadata.sorted_tables
        for column, _ in references(table, "place")
    ]
    await session.execute(delete(Place).where(Place.owner_id == person_id, ~or_(*uses)))
    await session.execute(update(Place).where(Place.owner_id == person_id).values(owner_id=None))


def references(table: Table, to: str) -> Sequence[tuple[Column[int], str | None]]:
    """Columns of a table that point to the id of another, and what its end means for them."""
    return [
        (column, key.ondelete)
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname == f"{to}.id"
    ]


async def _leave_tombstone(session: Session, person: Person) -> None:
    person.name, person.languages = "", []
    person.adult_attested_at = person.verified_at = None
    person.seen_at = person.silent_told_at = None
    person.erased_at = await session.scalar(select(func.now()))
    await session.flush()
    digest = erasures.digest_of(Subject.PERSON, person.id, person.created_at)
    await erasures.finish(session, Subject.PERSON, digest)
