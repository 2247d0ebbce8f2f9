"""Reporting, freezing at once, and deciding with a reason."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from app import crypto, outbox
from app.accounts.actions.sessions import end_all_sessions
from app.accounts.models import Person
from app.accounts.queries import grants_of
from app.accounts.rules import ORGANISATION_ROLES
from app.db import Session
from app.errors import NotAllowedError, TooManyError
from app.exchanges.models import Exchange
from app.i18n import sentence
from app.moderation import queries
from app.moderation.models import Decision, Report
from app.moderation.queries import Evidence
from app.moderation.rules import (
    LIMIT_PERIOD,
    PER_BROWSER,
    PER_NETWORK,
    SAME_AGAIN,
    About,
    Choice,
    DecisionDraft,
    Matter,
    Origin,
    Reason,
    ReportDraft,
    Side,
    may_decide,
    reported_sides,
)
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.outbox import Job
from app.posts.actions import lock_posts
from app.posts.models import Post

# As the index says it, so that the database recognises it.
IS_OPEN_DISPUTE = text("reason = 'disagree' AND decided_at IS NULL")
TOO_MANY = sentence("Many reports came from here. Call us: a person will help you at once.")


async def send_report(session: Session, draft: ReportDraft, origin: Origin) -> Report:
    """Keep a report; one that says "not safe" holds the other side's posts in the same act.

    The same report sent twice within minutes is one report.
    """
    await _take_turn(session, origin)
    earlier = await _same_again(session, draft, origin)
    if earlier is not None:
        return earlier
    await _refuse_too_many(session, origin)
    matter = await queries.find_matter(session, draft.about, draft.code)
    against = await _against(session, matter, draft, origin)
    frozen = await _hold(session, against) if draft.reason is Reason.UNSAFE else 0
    report = Report(
        code=crypto.new_code(10),
        about=draft.about.value,
        about_code=draft.code,
        about_id=matter.row_id,
        post_ids=[side.post_id for side in against],
        reason=draft.reason.value,
        words=draft.words,
        reporter_id=origin.person_id,
        reporter_contact=draft.contact,
        device=origin.device,
        network=origin.network,
        froze=frozen > 0,
    )
    session.add(report)
    await session.flush()
    return report


async def open_dispute(session: Session, exchange_id: int) -> None:
    """Put an exchange whose sides disagree into the queue, once while it waits there."""
    exchange = await session.get(Exchange, exchange_id)
    if exchange is None:
        return
    await session.execute(
        insert(Report)
        .values(
            code=crypto.new_code(10),
            about=About.EXCHANGE.value,
            about_code=exchange.code,
            about_id=exchange.id,
            post_ids=[exchange.need_id, exchange.offer_id],
            reason=Reason.DISAGREE.value,
            words="",
            # No browser sent it, so it counts against none.
            device=b"",
            network=b"",
            froze=False,
        )
        .on_conflict_do_nothing(index_elements=[Report.about_id], index_where=IS_OPEN_DISPUTE)
    )


async def decide(
    session: Session, moderator_id: int, evidence: Evidence, draft: DecisionDraft
) -> Decision:
    """Write the decision down and carry it out."""
    report = evidence.report
    if not may_decide(moderator_id, report.reporter_id, evidence.reported_ids):
        raise NotAllowedError("This report concerns you. Another moderator decides.")
    sides = [queries.side_of(post) for post in evidence.posts]
    if draft.choice in (Choice.HOLD, Choice.SUSPEND):
        await _hold(session, sides)
    # What only the report itself stopped does not stay stopped when a person finds nothing.
    if draft.choice is Choice.RELEASE or (draft.choice is Choice.NONE and report.froze):
        await _release(session, sides)
    if draft.choice is Choice.SUSPEND:
        await _suspend(session, evidence.reported_ids)
    decision = Decision(
        report_id=report.id,
        moderator_id=moderator_id,
        choice=draft.choice.value,
        reason=draft.reason,
    )
    session.add(decision)
    report.decided_at = await _database_now(session)
    await session.flush()
    await _tell_concerned(session, evidence, draft.choice)
    return decision


async def _tell_concerned(session: Session, evidence: Evidence, choice: Choice) -> None:
    """Whoever reported, and whoever is affected, read the same reason.

    Where nothing was stopped nobody is affected, and the other side never learns of the report.
    """
    code, reporter_id = evidence.report.code, evidence.report.reporter_id
    is_affecting = choice is not Choice.NONE or evidence.report.froze
    affected = evidence.reported_ids if is_affecting else frozenset()
    for person_id in sorted(affected | ({reporter_id} if reporter_id else set())):
        await notifications.tell(
            session,
            person_id,
            NoticeKind.DECIDED,
            facts={"code": code},
            link=(LinkPurpose.REPORT, code),
        )


async def _take_turn(session: Session, origin: Origin) -> None:
    """Reports from one network are counted one after the other."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"),
        {"lock": f"report:{origin.network.hex()}"},
    )


async def _same_again(session: Session, draft: ReportDraft, origin: Origin) -> Report | None:
    rows = await session.scalars(
        select(Report).where(
            Report.device == origin.device,
            Report.about == draft.about.value,
            Report.about_code == draft.code,
            Report.reason == draft.reason.value,
            Report.created_at > func.now() - SAME_AGAIN,
        )
    )
    return next((row for row in rows if row.words == draft.words), None)


async def _refuse_too_many(session: Session, origin: Origin) -> None:
    for who, most in (
        (Report.device == origin.device, PER_BROWSER),
        (Report.network == origin.network, PER_NETWORK),
    ):
        if await queries.reports_since(session, who, LIMIT_PERIOD) >= most:
            raise TooManyError(TOO_MANY)


async def _against(
    session: Session, matter: Matter, draft: ReportDraft, origin: Origin
) -> tuple[Side, ...]:
    works_for: frozenset[int] = frozenset()
    if origin.person_id is not None:
        works_for = frozenset(
            grant.organisation_id
            for grant in await grants_of(session, origin.person_id)
            if grant.role in ORGANISATION_ROLES and grant.organisation_id is not None
        )
    return reported_sides(matter, origin.person_id, works_for, draft.stated)


async def _hold(session: Session, sides: Iterable[Side]) -> int:
    """Take everything these sides have on show out of matching; how many posts that were."""
    ids = [post_id for side in sides for post_id in await _posts_to_hold(session, side)]
    held = 0
    for post in (await lock_posts(session, ids)).values() if ids else ():
        if post.held_at is None:
            post.held_at = await _database_now(session)
            post.version += 1
            held += 1
            await outbox.defer(session, Job.CLOSE_PROPOSALS, post.id)
    return held


async def _release(session: Session, sides: Iterable[Side]) -> None:
    """Give the posts back to matching."""
    ids = [post_id for side in sides for post_id in await _posts_held(session, side)]
    for post in (await lock_posts(session, ids)).values() if ids else ():
        if post.held_at is not None:
            post.held_at = None
            post.version += 1
            await outbox.defer(session, Job.FIND_PAIRINGS, post.id)


async def _posts_to_hold(session: Session, side: Side) -> Sequence[int]:
    """The post itself, and what else is not ended: one that has ended still shows contacts."""
    going_on = and_(
        Post.withdrawn_at.is_(None), Post.expired_at.is_(None), Post.fulfilled_at.is_(None)
    )
    rows = await session.scalars(
        select(Post.id).where(_beside(side), or_(Post.id == side.post_id, going_on))
    )
    return rows.all()


async def _posts_held(session: Session, side: Side) -> Sequence[int]:
    rows = await session.scalars(select(Post.id).where(_beside(side), Post.held_at.is_not(None)))
    return rows.all()


def _beside(side: Side) -> ColumnElement[bool]:
    """The same person's posts; of an organisation only the same client's."""
    if side.client_id is not None:
        return Post.client_id == side.client_id
    if side.organisation_id is not None:
        return Post.id == side.post_id
    return and_(Post.author_id == side.author_id, Post.organisation_id.is_(None))


async def _suspend(session: Session, person_ids: Iterable[int]) -> None:
    """Nobody acts under these accounts any more, on any device."""
    for person_id in sorted(person_ids):
        person = await session.get_one(Person, person_id, with_for_update=True)
        person.suspended_at = person.suspended_at or await _database_now(session)
        await end_all_sessions(session, person_id)


async def _database_now(session: Session) -> datetime:
    moment: datetime = (await session.execute(select(func.now()))).scalar_one()
    return moment
