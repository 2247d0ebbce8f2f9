"""What reports are about, which ones wait, and what a moderator must see to decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.accounts.rules import Role, Visitor
from app.db import ReadSession
from app.errors import NotFoundError
from app.exchanges import queries as exchanges
from app.exchanges import rules
from app.exchanges.models import Exchange
from app.i18n import sentence
from app.moderation.models import Decision, Report
from app.moderation.rules import About, Matter, Reason, Side
from app.paging import PAGE_SIZE, Page, offset
from app.posts.models import Post
from app.proposals.models import Proposal

NO_REPORT = sentence("There is no report with this number.")


@dataclass(frozen=True)
class Told:
    """Whom to call, and what that side said when; the desk's public phone stands for a client."""

    kind: str
    name: str
    said: str | None
    said_at: datetime | None
    desk_phone: str | None


def _told(exchange: Exchange, post: Post, said: str | None, said_at: datetime | None) -> Told:
    """In a dispute a side that wrote down neither yes nor no objected with "not yet"."""
    desk = post.organisation if post.client_id is not None else None
    return Told(
        post.kind,
        exchanges.name_of(post),
        said,
        said_at or exchange.disputed_at,
        desk.phone if desk is not None else None,
    )


@dataclass(frozen=True)
class Dispute:
    """An exchange whose sides disagree, and how often they wrote; neither words nor contacts."""

    exchange: Exchange
    messages: int

    @property
    def status(self) -> rules.Status:
        return rules.status(self.exchange)

    @property
    def sides(self) -> tuple[Told, Told]:
        one = self.exchange
        return (
            _told(one, one.offer, one.giver_said, one.giver_said_at),
            _told(one, one.need, one.receiver_said, one.receiver_said_at),
        )


@dataclass(frozen=True)
class Evidence:
    """A report, what it is about, what was decided, and what else was said of the same people."""

    report: Report
    posts: Sequence[Post]
    decisions: Sequence[Decision]
    earlier: Sequence[Report]
    reporter: Person | None
    dispute: Dispute | None = None

    @property
    def reported_ids(self) -> frozenset[int]:
        return frozenset(post.author_id for post in self.posts)

    @property
    def is_held(self) -> bool:
        return any(post.held_at is not None for post in self.posts)


async def find_matter(reader: ReadSession, about: About, code: str) -> Matter:
    """What a public code names; a code that names nothing is a matter without sides."""
    if about is About.PAGE:
        return Matter(about)
    if about is About.POST:
        post = await reader.scalar(select(Post).where(Post.code == code))
        if post is None:
            return Matter(about)
        side = side_of(post)
        need, offer = (side, None) if post.kind == "need" else (None, side)
        return Matter(about, post.id, need, offer)
    pairing = await _pairing(reader, about, code)
    if pairing is None:
        return Matter(about)
    return Matter(about, pairing.id, side_of(pairing.need), side_of(pairing.offer))


async def _pairing(reader: ReadSession, about: About, code: str) -> Exchange | Proposal | None:
    if about is About.EXCHANGE:
        exchange: Exchange | None = await reader.scalar(
            select(Exchange)
            .where(Exchange.code == code)
            .options(joinedload(Exchange.need), joinedload(Exchange.offer))
        )
        return exchange
    proposal: Proposal | None = await reader.scalar(
        select(Proposal)
        .where(Proposal.code == code)
        .options(joinedload(Proposal.need), joinedload(Proposal.offer))
    )
    return proposal


def side_of(post: Post) -> Side:
    return Side(post.id, post.author_id, post.organisation_id, post.client_id)


async def report_by_code(reader: ReadSession, code: str) -> Report:
    report = await reader.scalar(select(Report).where(Report.code == code))
    if report is None:
        raise NotFoundError(NO_REPORT)
    return report


async def reports_since(reader: ReadSession, who: ColumnElement[bool], period: timedelta) -> int:
    """How many reports came from there lately."""
    found = await reader.scalar(
        select(func.count()).select_from(Report).where(who, Report.created_at > func.now() - period)
    )
    return found or 0


def may_read(visitor: Visitor) -> ColumnElement[bool]:
    """Moderators read every report; coordinators those of disputes."""
    if Role.MODERATOR.value in visitor.roles:
        return true()
    return Report.reason == Reason.DISAGREE.value


async def queue(
    reader: ReadSession, visitor: Visitor, number: int, *, decided: bool
) -> Page[Report]:
    """Waiting reports, the oldest that froze something first; or decided ones, newest first."""
    state = Report.decided_at.is_not(None) if decided else Report.decided_at.is_(None)
    order = (
        (Report.decided_at.desc(), Report.id.desc())
        if decided
        else (Report.froze.desc(), Report.id)
    )
    which = state & may_read(visitor)
    rows = await reader.scalars(
        select(Report).where(which).order_by(*order).limit(PAGE_SIZE).offset(offset(number))
    )
    total = await reader.scalar(select(func.count()).select_from(Report).where(which))
    return Page(rows.all(), number, total or 0)


async def decisions_of(reader: ReadSession, report: Report) -> Sequence[Decision]:
    rows = await reader.scalars(
        select(Decision)
        .where(Decision.report_id == report.id)
        .options(joinedload(Decision.moderator))
        .order_by(Decision.id)
    )
    return rows.all()


async def evidence(reader: ReadSession, visitor: Visitor, code: str) -> Evidence:
    """What the visitor may read of a report; `NotFoundError` where that is nothing."""
    report = await reader.scalar(select(Report).where(Report.code == code, may_read(visitor)))
    if report is None:
        raise NotFoundError(NO_REPORT)
    posts = await posts_of(reader, report)
    reporter = await reader.get(Person, report.reporter_id) if report.reporter_id else None
    return Evidence(
        report,
        posts,
        await decisions_of(reader, report),
        await _earlier(reader, visitor, report, [post.author_id for post in posts]),
        reporter,
        await _dispute(reader, report) if report.reason == Reason.DISAGREE else None,
    )


async def _dispute(reader: ReadSession, report: Report) -> Dispute | None:
    exchange = await reader.scalar(
        select(Exchange)
        .where(Exchange.id == report.about_id)
        .options(*exchanges.both_posts(Exchange))
    )
    if exchange is None:
        return None
    return Dispute(exchange, await exchanges.message_count(reader, exchange.id))


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
    theirs = select(Post.id).where(Post.author_id.in_(author_ids))
    rows = await reader.scalars(
        select(Report)
        .where(
            may_read(visitor),
            Report.id != report.id,
            Report.post_ids.overlap(func.array(theirs.scalar_subquery())),
        )
        .order_by(Report.id.desc())
        .limit(PAGE_SIZE)
    )
    return rows.all()
