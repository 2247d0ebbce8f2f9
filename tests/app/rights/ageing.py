"""A row of every kind that has a term, all of them ended on one day; and a day of every sweep."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, Table, func, select, update

from app import outbox
from app.accounts import actions as accounts
from app.accounts.models import ApiToken, Contact, PersonSession, RoleGrant, SecurityLetter
from app.accounts.rules import Role
from app.db import Base, Session, SessionMaker, transaction
from app.exchanges import actions as exchanges
from app.exchanges.models import ContactRelease, Exchange, MailReply
from app.idempotency import IdempotentAnswer
from app.moderation import actions as moderation
from app.moderation.models import Report
from app.notifications.models import Letter
from app.organisations.models import (
    AccessAlarm,
    AccessEntry,
    ClientCode,
    CodeTry,
    HandOver,
    Invitation,
    Mandate,
    Upload,
)
from app.outbox import Job, JobRow
from app.posts import actions as posts
from app.posts.models import GuestCall, HostFileView, Post
from app.proposals import actions as proposals
from app.rights import actions as rights
from app.settings import Settings
from tests.app.rights.leaving import Traces, a_life, do, outside
from tests.factories.clients import a_client_town
from tests.factories.hosting import Hosting, a_hosting, a_stay

Keys = set[tuple[object, ...]]
# Where the row stays and only what it says goes.
SAYS: dict[str, str] = {"post": "note", "person": "name"}


async def a_full_house(maker: SessionMaker) -> Traces:
    life = await a_life(maker)
    async with transaction(maker) as session:
        town = await a_client_town(session)
        hosting = await a_hosting(session)
        await a_stay(session, hosting)
        await _looks(session, hosting, town.desk.client.id, town.desk.organisation.id)
        await _papers(session, life, town.desk.organisation.id)
    async with transaction(maker) as session:
        await _end_everything(session)
    return life


async def _looks(session: Session, hosting: Hosting, client_id: int, organisation_id: int) -> None:
    worker = hosting.house.fatou.person_id
    ours = {"organisation_id": organisation_id, "worker_id": worker}
    session.add_all(
        [
            AccessEntry(client_id=client_id, what="file", **ours),
            AccessAlarm(**ours),
            GuestCall(post_id=hosting.need.id, **ours),
            HostFileView(post_id=hosting.offer.id, worker_id=worker, section=""),
            CodeTry(network=b"network", code_hash=b"hash"),
        ]
    )
    await session.flush()


async def _papers(session: Session, life: Traces, organisation_id: int) -> None:
    one, other = life.zorba.person_id, life.amal.person_id
    session.add_all(
        [
            PersonSession(token_hash=b"session", person_id=one, device_name="Phone"),
            IdempotentAnswer(actor=one, key="key", route="POST /", body_hash=b"hash"),
            JobRow(kind=Job.TIDY_POSTS.value, ref=0, done_at=func.now()),
            Letter(person_id=one, channel="sms", due_at=func.now(), sent_at=func.now()),
            HandOver(organisation_id=organisation_id, to_id=one, by_id=other, posts=1),
            Upload(
                token_hash=b"sheet", organisation_id=organisation_id, person_id=one, content="rows"
            ),
            SecurityLetter(person_id=one, kind="phone", value="+32", language="en", change="x"),
            MailReply(key=b"mail", person_id=one, outcome="kept"),
            Invitation(
                organisation_id=organisation_id,
                person_id=one,
                name="Zorba",
                role=Role.CASEWORKER.value,
                invited_by=other,
            ),
        ]
    )
    await session.flush()


async def _end_everything(session: Session) -> None:
    now = func.now()
    await session.execute(update(Post).values(withdrawn_at=func.coalesce(Post.withdrawn_at, now)))
    await session.execute(
        update(Exchange)
        .where(Exchange.completed_at.is_(None))
        .values(giver_said="yes", receiver_said="yes", completed_at=now, ask_at=None)
    )
    await session.execute(update(ContactRelease).values(until=now + timedelta(days=30)))
    await session.execute(update(Mandate).values(revoked_at=now, revoked_via="desk"))
    await session.execute(update(ClientCode).values(ended_at=now))
    await session.execute(update(ApiToken).values(revoked_at=now))
    await session.execute(update(RoleGrant).values(ended_at=now))
    await session.execute(update(Report).values(decided_at=now))


async def sweep(maker: SessionMaker, settings: Settings, folder: Path) -> None:
    """Every sweep once, and the erasures that they ask for."""
    async with transaction(maker) as session:
        for act in (
            posts.tidy_posts,
            proposals.tidy_proposals,
            exchanges.tidy_exchanges,
            accounts.tidy_accounts,
            moderation.tidy_reports,
            rights.keep_terms,
            outbox.forget_done,
        ):
            await act(session)
    async with transaction(maker) as session:
        due = await session.execute(
            select(JobRow.kind, JobRow.ref).where(
                JobRow.kind.in_([Job.ERASE_PERSON.value, Job.ERASE_CLIENT.value]),
                JobRow.run_after <= func.now(),
                JobRow.done_at.is_(None),
            )
        )
    for kind, ref in due.all():
        await do(maker, outside(settings, folder), Job(kind), ref)


async def keys_of(session: Session, table: Table) -> Keys:
    """Which rows of a table still say something."""
    wanted = select(*table.primary_key.columns).where(*_says(table))
    return {tuple(row) for row in await session.execute(wanted)}


def _says(table: Table) -> list[ColumnElement[bool]]:
    if "erased_at" in table.columns:
        return [table.c.erased_at.is_(None)]
    if table.name == "job":  # work that waits has no term
        return [table.c.done_at.is_not(None)]
    return [table.c[SAYS[table.name]] != ""] if table.name in SAYS else []


async def all_keys(maker: SessionMaker, names: set[str]) -> dict[str, Keys]:
    async with transaction(maker) as session:
        return {name: await keys_of(session, Base.metadata.tables[name]) for name in names}


async def reach(maker: SessionMaker, person_id: int) -> int:
    """How many contacts are kept of somebody."""
    async with transaction(maker) as session:
        wanted = select(func.count()).where(Contact.person_id == person_id)
        return await session.scalar(wanted) or 0
