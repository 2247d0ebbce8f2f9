"""Which reports wait, and what a moderator must see to decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, any_, case, exists, func, or_, select, true
from sqlalchemy.orm import joinedload

from app.accounts.models import Person, RoleGrant
from app.accounts.rules import ORGANISATION_ROLES, Role, Visitor
from app.db import ReadSession
from app.errors import NotAllowedError, NotFoundError
from app.i18n import sentence
from app.moderation.models import Appeal, ContactLook, Decision, Report
from app.moderation.queries.dispute import Dispute, dispute_of
from app.moderation.queries.matter import find_matter
from app.moderation.rules import (
    CLAIM_FOR,
    URGENT,
    About,
    Concerned,
    Reason,
    may_decide,
)
from app.moderation.rules.snapshot import Snapshot, read_snapshot
from app.paging import PAGE_SIZE, Page, offset
from app.posts.models import Post

NO_REPORT = sentence("There is no report with this number.")
CONCERNS_YOU = sentence("This report concerns you. Another moderator decides.")
LONGEST_AGE = 10_000


class Stage(StrEnum):
    """Where a report stands, as the queue is filtered."""

    WAITING = "waiting"
    MINE = "mine"
    APPEALED = "appealed"
    DECIDED = "decided"


@dataclass(frozen=True)
class Line:
    """A report in the queue, and the colleague who holds it."""

    report: Report
    held_by: str | None
    is_mine: bool
    appealed: bool

    @property
    def is_urgent(self) -> bool:
        return self.report.reason in {reason.value for reason in URGENT}


@dataclass(frozen=True)
class Evidence:
    """A report, what it is about, what was decided, and what else was said of the same people."""

    report: Report
    snapshot: Snapshot | None
    posts: Sequence[Post]
    decisions: Sequence[Decision]
    appeal: Appeal | None
    earlier: Sequence[Report]
    looks: Sequence[ContactLook]
    reporter: Person | None
    held_by: str | None
    concerned: Concerned
    dispute: Dispute | None = None

    @property
    def reported_ids(self) -> frozenset[int]:
        people = {post.author_id for post in self.posts}
        if self.report.about == About.PERSON.value and self.report.about_id is not None:
            people.add(self.report.about_id)
        return frozenset(people)

    @property
    def is_held(self) -> bool:
        return any(post.held_at is not None for post in self.posts)

    @property
    def first_decision(self) -> Decision | None:
        """The decision that an open appeal is about."""
        if self.appeal is None:
            return None
        return next((one for one in self.decisions if one.id == self.appeal.decision_id), None)

    def edited(self, code: str) -> bool:
        """True where a post was changed after the report."""
        now = {post.code: post for post in self.posts}.get(code)
        then = {post.code: post for post in (self.snapshot.posts if self.snapshot else ())}
        return now is not None and code in then and now.note != then[code].note


def may_read(visitor: Visitor) -> ColumnElement[bool]:
    """Moderators read every report; coordinators those of disputes."""
    if Role.MODERATOR.value in visitor.roles:
        return true()
    return Report.reason == Reason.DISAGREE.value


def _open_appeal() -> ColumnElement[bool]:
    return exists().where(
        Appeal.decision_id == Decision.id,
        Decision.report_id == Report.id,
        Appeal.reviewed_at.is_(None),
    )


def _stage(stage: Stage, visitor: Visitor) -> ColumnElement[bool]:
    claimed = and_(
        Report.claimed_by == visitor.person_id, Report.claimed_at > func.now() - CLAIM_FOR
    )
    return {
        Stage.WAITING: or_(Report.decided_at.is_(None), _open_appeal()),
        Stage.MINE: claimed,
        Stage.APPEALED: _open_appeal(),
        Stage.DECIDED: and_(Report.decided_at.is_not(None), ~_open_appeal()),
    }[stage]


async def queue(
    reader: ReadSession, visitor: Visitor, number: int, stage: Stage, reason: Reason | None = None
) -> Page[Line]:
    """What may be a danger first, then the oldest; decided ones newest first."""
    urgent = case((Report.reason.in_([one.value for one in URGENT]), 0), (Report.froze, 1), else_=2)
    order = (
        (Report.decided_at.desc(), Report.id.desc())
        if stage is Stage.DECIDED
        else (urgent, Report.id)
    )
    which = _stage(stage, visitor) & may_read(visitor)
    if reason is not None:
        which &= Report.reason == reason.value
    live = Report.claimed_at > func.now() - CLAIM_FOR
    rows = await reader.execute(
        select(Report, Person.name, Person.id, _open_appeal())
        .outerjoin(Person, and_(Person.id == Report.claimed_by, live))
        .where(which)
        .order_by(*order)
        .limit(PAGE_SIZE)
        .offset(offset(number))
    )
    total = await reader.scalar(select(func.count()).select_from(Report).where(which))
    lines = [
        Line(report, name, holder == visitor.person_id, appealed)
        for report, name, holder, appealed in rows
    ]
    return Page(lines, number, total or 0)


async def report_by_code(reader: ReadSession, code: str) -> Report:
    report = await reader.scalar(select(Report).where(Report.code == code))
    if report is None:
        raise NotFoundError(NO_REPORT)
    return report


async def decisions_of(reader: ReadSession, report: Report) -> Sequence[Decision]:
    rows = await reader.scalars(
        select(Decision)
        .where(Decision.report_id == report.id)
        .options(joinedload(Decision.moderator))
        .order_by(Decision.id)
    )
    return rows.all()


async def evidence(reader: ReadSession, visitor: Visitor, code: str) -> Evidence:
    """What the visitor may read of a report; `NotFoundError` where that is nothing.

    Nobody opens a report that concerns them: it names who reported, and why.
    """
    report = await reader.scalar(select(Report).where(Report.code == code, may_read(visitor)))
    if report is None:
        raise NotFoundError(NO_REPORT)
    posts = await posts_of(reader, report)
    concerned = await concerned_by(reader, report, posts)
    if not may_decide(visitor.person_id, visitor.organisation_ids, concerned):
        raise NotAllowedError(CONCERNS_YOU)
    reporter = await reader.get(Person, report.reporter_id) if report.reporter_id else None
    return Evidence(
        report,
        read_snapshot(report.evidence),
        posts,
        await decisions_of(reader, report),
        await open_appeal(reader, report.id),
        await _earlier(reader, visitor, report, [post.author_id for post in posts]),
        await _looks(reader, report),
        reporter,
        await _held_by(reader, visitor, report),
        concerned,
        await dispute_of(reader, report) if report.reason == Reason.DISAGREE else None,
    )


async def concerned_by(reader: ReadSession, report: Report, posts: Sequence[Post]) -> Concerned:
    """Both sides of the matter, whoever reported, and the organisations any of them stands for."""
    matter = await find_matter(reader, About(report.about), report.about_code)
    people = {post.author_id for post in posts} | {side.author_id for side in matter.sides}
    organisations = {side.organisation_id for side in matter.sides}
    organisations |= {one for post in posts for one in (post.organisation_id, post.adopted_by)}
    people |= {report.reporter_id or 0}
    if report.about == About.PERSON.value:
        people.add(report.about_id or 0)
    works_for = await reader.scalars(
        select(RoleGrant.organisation_id).where(
            RoleGrant.person_id.in_(people),
            RoleGrant.role.in_([role.value for role in ORGANISATION_ROLES]),
            RoleGrant.ended_at.is_(None),
        )
    )
    organisations |= set(works_for)
    return Concerned(frozenset(people), frozenset(one for one in organisations if one is not None))


async def open_appeal(reader: ReadSession, report_id: int) -> Appeal | None:
    """The oldest objection that nobody has looked at."""
    found: Appeal | None = await reader.scalar(
        select(Appeal)
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(Decision.report_id == report_id, Appeal.reviewed_at.is_(None))
        .order_by(Appeal.id)
        .limit(1)
    )
    return found


async def _held_by(reader: ReadSession, visitor: Visitor, report: Report) -> str | None:
    """The name of a colleague who works on it now."""
    name: str | None = await reader.scalar(
        select(Person.name)
        .join(Report, Report.claimed_by == Person.id)
        .where(
            Report.id == report.id,
            Report.claimed_at > func.now() - CLAIM_FOR,
            Person.id != visitor.person_id,
        )
    )
    return name


async def _looks(reader: ReadSession, report: Report) -> Sequence[ContactLook]:
    rows = await reader.scalars(
        select(ContactLook)
        .where(ContactLook.report_id == report.id)
        .options(joinedload(ContactLook.moderator))
        .order_by(ContactLook.id)
    )
    return rows.all()


async def posts_of(reader: ReadSession, report: Report) -> Sequence[Post]:
    """The posts of the sides it is against, with their authors and places."""
    rows = await reader.scalars(
        select(Post)
        .where(Post.id.in_(report.post_ids))
        .options(joinedload(Post.author), joinedload(Post.place), joinedload(Post.organisation))
        .order_by(Post.id)
    )
    return rows.all()


async def _earlier(
    reader: ReadSession, visitor: Visitor, report: Report, author_ids: Sequence[int]
) -> Sequence[Report]:
    theirs = exists().where(Post.author_id.in_(author_ids), Post.id == any_(Report.post_ids))
    rows = await reader.scalars(
        select(Report)
        .where(may_read(visitor), Report.id != report.id, theirs)
        .order_by(Report.id.desc())
        .limit(PAGE_SIZE)
    )
    return rows.all()


async def moderators(reader: ReadSession) -> Sequence[int]:
    """Everybody who reads reports now."""
    rows = await reader.scalars(
        select(RoleGrant.person_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.MODERATOR.value,
            RoleGrant.ended_at.is_(None),
            Person.suspended_at.is_(None),
        )
        .distinct()
        .order_by(RoleGrant.person_id)
    )
    return rows.all()
