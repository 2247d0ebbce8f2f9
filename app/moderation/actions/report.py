"""Keeping a report with its evidence, and stopping the other side at once where it must be."""

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from app import crypto, outbox
from app.accounts.models import Person
from app.accounts.queries import grants_of
from app.accounts.rules import ORGANISATION_ROLES, Visitor
from app.accounts.rules.newcomers import ASKED_ALERT, CHATS_ALERT
from app.db import Session
from app.errors import TooManyError
from app.exchanges.actions.first_words import people_written_to
from app.exchanges.models import Exchange
from app.i18n import sentence
from app.moderation import queries
from app.moderation.actions.snapshot import posts_seen, take_snapshot
from app.moderation.actions.stop import hold
from app.moderation.models import Report
from app.moderation.queries import moderators
from app.moderation.rules import (
    LIMIT_PERIOD,
    PER_BROWSER,
    PER_NETWORK,
    SAME_AGAIN,
    URGENT,
    About,
    Matter,
    Origin,
    Reason,
    ReportDraft,
    Side,
    may_freeze,
    reported_sides,
)
from app.moderation.rules.snapshot import Snapshot
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.outbox import Job
from app.posts.models import Post
from app.posts.queries import asked_on_first_day

# As the index says it, so that the database recognises it.
IS_OPEN_DISPUTE = text("reason = 'disagree' AND decided_at IS NULL")
IS_NEWCOMER = text("reason = 'newcomer'")
TOO_MANY = sentence("Many reports came from here. Call us: a person will help you at once.")


async def send_report(session: Session, draft: ReportDraft, origin: Origin) -> Report:
    """Keep a report with what it is about; "not safe" holds the other side in the same act.

    The same report sent twice within minutes is one report.
    """
    await _take_turn(session, "network", origin.network.hex())
    earlier = await _same_again(session, draft, origin)
    if earlier is not None:
        return earlier
    await _refuse_too_many(session, origin)
    matter = await queries.find_matter(session, draft.about, draft.code)
    works_for = await _works_for(session, origin)
    against = reported_sides(matter, origin.person_id, works_for, draft.stated)
    is_side = bool(matter.own(origin.person_id, works_for))
    # Only its two sides know the code of what was put before them.
    is_related = matter.is_pairing or await queries.has_met(
        session, origin.person_id, works_for, against
    )
    evidence = await take_snapshot(session, draft, matter, is_side=is_side)
    frozen = await _freeze(session, draft, origin, against, is_related=is_related)
    report = _row(draft, origin, matter, against, evidence)
    report.is_related, report.froze = is_related, frozen
    session.add(report)
    await session.flush()
    await _tell(session, report)
    return report


def _row(
    draft: ReportDraft,
    origin: Origin,
    matter: Matter,
    against: tuple[Side, ...],
    evidence: Snapshot,
) -> Report:
    """Of child sexual abuse nobody says who they are, not even by accident."""
    names_reporter = draft.reason is not Reason.CHILD
    return Report(
        code=crypto.new_code(10),
        about=draft.about.value,
        about_code=draft.code,
        about_id=matter.row_id,
        post_ids=[side.post_id for side in against],
        reason=draft.reason.value,
        words=draft.words,
        reporter_id=origin.person_id if names_reporter else None,
        reporter_contact=draft.contact if names_reporter else None,
        reporter_name=draft.name if names_reporter else None,
        device=origin.device,
        network=origin.network,
        browser=origin.browser,
        language=origin.language,
        evidence=evidence.text(),
    )


async def _freeze(
    session: Session,
    draft: ReportDraft,
    origin: Origin,
    against: tuple[Side, ...],
    *,
    is_related: bool,
) -> bool:
    """Whether the report stopped anything at once."""
    if draft.reason is not Reason.UNSAFE or not against:
        return False
    if not is_related:
        await _take_turn(session, "strangers", "all")
    seen = await queries.strangers(session, origin, against)
    if not may_freeze(is_related=is_related, strangers=seen):
        return False
    # Also where another report holds them already: each must be decided before they are free.
    await hold(session, against)
    return True


async def _tell(session: Session, report: Report) -> None:
    """What cannot wait reaches moderators; whoever left an address hears that we have it."""
    if report.reason in {reason.value for reason in URGENT} or report.froze:
        await tell_moderators(session, report)
    if report.reporter_contact and report.reporter_id is None:
        await outbox.defer(session, Job.ANSWER_REPORTER, report.id)


async def tell_moderators(session: Session, report: Report) -> None:
    for person_id in await moderators(session):
        await notifications.tell(
            session,
            person_id,
            NoticeKind.REPORT_WAITS,
            facts={"code": report.code},
            link=(LinkPurpose.MODERATION, report.code),
            urgent=True,
        )


async def open_dispute(session: Session, exchange_id: int) -> None:
    """Put an exchange whose sides disagree into the queue, once while it waits there."""
    exchange = await session.get(Exchange, exchange_id)
    if exchange is None:
        return
    ids = [exchange.need_id, exchange.offer_id]
    await session.execute(
        insert(Report)
        .values(
            **_by_itself(Reason.DISAGREE, About.EXCHANGE, exchange.code),
            about_id=exchange.id,
            post_ids=ids,
            evidence=Snapshot(posts=await posts_seen(session, ids)).text(),
        )
        .on_conflict_do_nothing(index_elements=[Report.about_id], index_where=IS_OPEN_DISPUTE)
    )


async def watch_newcomer(session: Session, person_id: int) -> None:
    """Look again at what somebody new has done, and show it to moderators where it is much."""
    person = await session.get(Person, person_id)
    if person is None:
        return
    visitor = Visitor(person.id, person.name, person.language)
    if await asked_on_first_day(session, visitor) >= ASKED_ALERT:
        await _open_newcomer(session, person_id, "requests")
    if len(await people_written_to(session, person_id)) >= CHATS_ALERT:
        await _open_newcomer(session, person_id, "chats")


async def _open_newcomer(session: Session, person_id: int, what: str) -> None:
    """Put a newcomer who asks or writes to many people into the queue, once for each of both."""
    posts = await session.scalars(
        select(Post.id)
        .where(Post.author_id == person_id, Post.organisation_id.is_(None))
        .order_by(Post.id)
    )
    ids = list(posts)
    code = await session.scalar(
        insert(Report)
        .values(
            **_by_itself(Reason.NEWCOMER, About.PERSON, what),
            about_id=person_id,
            post_ids=ids,
            evidence=Snapshot(posts=await posts_seen(session, ids)).text(),
        )
        .on_conflict_do_nothing(
            index_elements=[Report.about_id, Report.about_code], index_where=IS_NEWCOMER
        )
        .returning(Report.code)
    )
    if code is not None:
        await tell_moderators(session, await queries.report_by_code(session, code))


def _by_itself(reason: Reason, about: About, about_code: str) -> dict[str, object]:
    """A report that nobody sent; no browser sent it, so it counts against none."""
    return {
        "code": crypto.new_code(10),
        "about": about.value,
        "about_code": about_code,
        "reason": reason.value,
        "words": "",
        "device": b"",
        "network": b"",
        "froze": False,
    }


async def _take_turn(session: Session, what: str, key: str) -> None:
    """Reports from one network, and freezes by strangers, are counted one after the other."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"),
        {"lock": f"report:{what}:{key}"},
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
        since = Report.created_at > func.now() - LIMIT_PERIOD
        sent = await session.scalar(select(func.count()).select_from(Report).where(who, since))
        if (sent or 0) >= most:
            raise TooManyError(TOO_MANY)


async def _works_for(session: Session, origin: Origin) -> frozenset[int]:
    if origin.person_id is None:
        return frozenset()
    return frozenset(
        grant.organisation_id
        for grant in await grants_of(session, origin.person_id)
        if grant.role in ORGANISATION_ROLES and grant.organisation_id is not None
    )
