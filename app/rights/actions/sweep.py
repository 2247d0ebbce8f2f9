"""The hourly sweep behind the table of terms: what is past its time goes.

Other sweeps see to their own rows; this one does what a single statement can do, what nobody else
does, and it looks for people who have been silent for too long.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, union_all, update

from app import outbox
from app.accounts.models import ApiToken, Contact, Person, PersonSession, RoleGrant, SignInCode
from app.db import Base, Session
from app.exchanges.models import CheckIn, Exchange, Message, Stay
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.organisations.models import Client, Mandate
from app.outbox import Job
from app.posts.models import HostFile, Post, PostWindow
from app.rights.actions.close import begin_closing, hold_person
from app.rights.actions.erase import references
from app.rights.actions.traces import WORDLESS, is_needed
from app.rights.rules.closing import SILENT, SILENT_NOTICE, UNDO
from app.rights.rules.retention import fixed_terms
from app.territories.models import ExactPlace, HomePlace, Place

BATCH = 200
MONTH = timedelta(days=30)
HALF_YEAR = timedelta(days=183)
YEAR = timedelta(days=365)
# Longer than a sweep may be late.
LATELY = timedelta(days=7)
AT_ONCE = 5_000
_last_seen = func.coalesce(Person.seen_at, Person.created_at)
_post_ended = func.greatest(Post.withdrawn_at, Post.expired_at, Post.fulfilled_at)
_exchange_ended = func.coalesce(
    Exchange.completed_at, Exchange.cancelled_at, Exchange.not_done_at, Exchange.unconfirmed_at
)


async def keep_terms(session: Session) -> None:
    """One sweep over everything that the table of terms gives to this job."""
    await _forget_by_clock(session)
    await _forget_stays(session)
    await _forget_ended_posts(session)
    await _forget_places(session)
    await _forget_clients(session)
    await _see(session)
    await _end_silent_accounts(session)
    await _ask_for_erasures(session)


async def _forget_by_clock(session: Session) -> None:
    for name, column, after in fixed_terms():
        table = Base.metadata.tables[name]
        await session.execute(delete(table).where(table.c[column] < func.now() - after))


async def _forget_stays(session: Session) -> None:
    old = select(Exchange.id).where(_exchange_ended < func.now() - HALF_YEAR)
    await session.execute(delete(CheckIn).where(CheckIn.exchange_id.in_(old)))
    await session.execute(delete(Stay).where(Stay.exchange_id.in_(old)))


async def _forget_ended_posts(session: Session) -> None:
    """Half a year after its end a post without an exchange goes, and others lose their words."""
    files = select(Post.id).where(_post_ended < func.now() - YEAR)
    await session.execute(delete(HostFile).where(HostFile.post_id.in_(files)))
    old = and_(_post_ended < func.now() - HALF_YEAR, ~_going_on())
    checked = exists().where(HostFile.post_id == Post.id)
    await session.execute(delete(Post).where(old, ~is_needed(), ~checked))
    await session.execute(
        delete(PostWindow).where(PostWindow.post_id.in_(select(Post.id).where(old)))
    )
    await session.execute(
        update(Post)
        .where(old, or_(Post.note != "", func.cardinality(Post.languages) > 0))
        .values(**WORDLESS, version=Post.version + 1)
        .execution_options(synchronize_session=False)
    )


def _going_on() -> ColumnElement[bool]:
    """True of a post of which an exchange is still open."""
    return exists().where(
        or_(Exchange.need_id == Post.id, Exchange.offer_id == Post.id), _exchange_ended.is_(None)
    )


async def _forget_places(session: Session) -> None:
    """An address thirty days after the last post and exchange there; then what nobody uses."""
    lately = func.now() - MONTH
    used = exists().where(
        Post.place_id == Place.id, or_(_post_ended.is_(None), _post_ended > lately)
    )
    met = exists().where(
        Post.place_id == Place.id,
        or_(Exchange.need_id == Post.id, Exchange.offer_id == Post.id),
        or_(_exchange_ended.is_(None), _exchange_ended > lately),
    )
    home = exists().where(HomePlace.place_id == Place.id)
    over = (
        select(Place.id)
        .join(ExactPlace, ExactPlace.place_id == Place.id)
        .where(Place.created_at < lately, ~used, ~met, ~home)
    )
    await session.execute(delete(ExactPlace).where(ExactPlace.place_id.in_(over)))
    uses = [
        exists().where(column == Place.id)
        for table in Base.metadata.sorted_tables
        for column, _ in references(table, "place")
        if table.name != "place_exact"
    ]
    unused = select(Place.id).where(Place.created_at < lately, ~or_(*uses)).limit(AT_ONCE)
    await session.execute(delete(Place).where(Place.id.in_(unused)))


async def _forget_clients(session: Session) -> None:
    """A year after a client's last word their file is erased."""
    lately = func.now() - YEAR
    said = exists().where(
        Mandate.client_id == Client.id,
        func.coalesce(Mandate.revoked_at, Mandate.expires_at) > lately,
    )
    agreed = exists().where(
        Post.client_id == Client.id,
        or_(Exchange.need_id == Post.id, Exchange.offer_id == Post.id),
        _exchange_ended.is_(None),
    )
    rows = await session.scalars(
        select(Client.id)
        .where(Client.created_at < lately, Client.erased_at.is_(None), ~said, ~agreed)
        .limit(BATCH)
    )
    for client_id in rows.all():
        await outbox.defer_once(session, Job.ERASE_CLIENT, client_id)


async def _see(session: Session) -> None:
    """Keep the last sign of life, before the rows that show it are forgotten."""
    lately = func.now() - LATELY
    signs = union_all(
        select(PersonSession.person_id.label("who"), PersonSession.last_seen_at.label("at")),
        select(ApiToken.person_id, ApiToken.last_used_at).where(ApiToken.last_used_at > lately),
        select(Contact.person_id, SignInCode.used_at)
        .join(SignInCode, SignInCode.lookup == Contact.lookup)
        .where(SignInCode.used_at > lately),
        # Whoever answers by a link in a letter never signs in.
        select(Post.author_id, Post.confirmed_at).where(Post.confirmed_at > lately),
        select(Message.author_id, Message.sent_at).where(Message.sent_at > lately),
    ).subquery()
    seen = select(signs.c.who, func.max(signs.c.at).label("at")).group_by(signs.c.who).subquery()
    await session.execute(
        update(Person)
        .where(Person.id == seen.c.who, Person.erased_at.is_(None))
        .where(or_(Person.seen_at.is_(None), Person.seen_at < seen.c.at))
        .values(seen_at=seen.c.at)
        .execution_options(synchronize_session=False)
    )


async def _end_silent_accounts(session: Session) -> None:
    """Tell a month before; then close, which can still be undone for seven days."""
    here = and_(Person.erased_at.is_(None), Person.closing_at.is_(None))
    works = exists().where(RoleGrant.person_id == Person.id, RoleGrant.ended_at.is_(None))
    quiet = await session.scalars(
        select(Person.id)
        .where(here, ~works, Person.silent_told_at.is_(None))
        .where(_last_seen < func.now() - (SILENT - SILENT_NOTICE))
        .limit(BATCH)
    )
    for person_id in quiet.all():
        await _tell_silent(session, person_id)
    gone = await session.scalars(
        select(Person.id)
        .where(here, ~works, Person.silent_told_at < func.now() - SILENT_NOTICE)
        .where(_last_seen < func.now() - SILENT)
        .limit(BATCH)
    )
    for person_id in gone.all():
        await begin_closing(session, await hold_person(session, person_id))
    await session.execute(
        update(Person)
        .where(Person.seen_at > Person.silent_told_at)
        .values(silent_told_at=None)
        .execution_options(synchronize_session=False)
    )


async def _tell_silent(session: Session, person_id: int) -> None:
    person = await hold_person(session, person_id)
    person.silent_told_at = await session.scalar(select(func.now()))
    await notifications.tell(
        session,
        person_id,
        NoticeKind.ACCOUNT_SILENT,
        facts={},
        link=(LinkPurpose.ACCOUNT, ""),
    )


async def _ask_for_erasures(session: Session) -> None:
    """Whose seven days are over, should the work that was asked for have been lost."""
    due = await session.scalars(
        select(Person.id)
        .where(Person.erased_at.is_(None), Person.closing_at <= func.now() - UNDO)
        .limit(BATCH)
    )
    for person_id in due.all():
        await outbox.defer_once(session, Job.ERASE_PERSON, person_id)
