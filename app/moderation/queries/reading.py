"""A report as the people read it whom it concerns: the reporter, or somebody affected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.accounts.forms import ContactInput, read_contact
from app.accounts.rules import clean_name
from app.db import ReadSession
from app.errors import NotFoundError
from app.i18n import DEFAULT
from app.moderation.models import Appeal, Decision, Report
from app.moderation.queries.queue import NO_REPORT, decisions_of, posts_of, report_by_code
from app.moderation.rules import APPEAL_FOR, STOPS, About, Choice, Party, may_appeal
from app.notifications.rules import LinkPurpose, SignedLink, path_of
from app.paging import PAGE_SIZE
from app.posts.models import Post

NOBODY = 0  # in a link: the reporter has no account


@dataclass(frozen=True)
class Reading:
    """What one party learns; of the reporter an affected person learns nothing."""

    code: str
    created_at: datetime
    party: Party
    person_id: int | None
    froze: bool
    is_urgent_wait: bool
    own_posts: Sequence[Post]
    decisions: Sequence[Decision]
    appeals: Sequence[Appeal]
    # By decision: what a second reviewer made of the one before, whoever objected.
    outcomes: Mapping[int, str]
    now: datetime

    @property
    def latest(self) -> Decision | None:
        return self.decisions[-1] if self.decisions else None

    @property
    def may_appeal(self) -> bool:
        latest = self.latest
        return latest is not None and may_appeal(
            latest.created_at,
            self.now,
            is_review=latest.is_review,
            has_appealed=any(one.decision_id == latest.id for one in self.appeals),
        )

    @property
    def appeal_until(self) -> datetime | None:
        return self.latest.created_at + APPEAL_FOR if self.latest else None

    @property
    def appeal_waits(self) -> bool:
        return any(one.reviewed_at is None for one in self.appeals)

    @property
    def stops(self) -> bool:
        return self.latest is not None and Choice(self.latest.choice) in STOPS


async def reading_of(reader: ReadSession, link: SignedLink | None) -> Reading:
    """What the holder of a link may read; `NotFoundError` for a link that names nobody of it."""
    if link is None:
        raise NotFoundError(NO_REPORT)
    report = await report_by_code(reader, link.ref)
    posts = await posts_of(reader, report)
    party = _party(report, posts, link.person_id)
    if party is None:
        raise NotFoundError(NO_REPORT)
    person_id = link.person_id or None
    is_affected = party is Party.AFFECTED
    decisions = await decisions_of(reader, report)
    moment: datetime = (await reader.execute(select(func.now()))).scalar_one()
    return Reading(
        code=report.code,
        created_at=report.created_at,
        party=party,
        person_id=person_id,
        froze=report.froze,
        is_urgent_wait=not report.froze and report.reason == "unsafe",
        own_posts=[post for post in posts if is_affected and post.author_id == person_id],
        # Who is not affected by anything never learns of the report.
        decisions=decisions,
        appeals=await _appeals(reader, [one.id for one in decisions], person_id, party),
        outcomes=await _outcomes(reader, decisions),
        now=moment,
    )


async def _outcomes(reader: ReadSession, decisions: Sequence[Decision]) -> dict[int, str]:
    rows = await reader.execute(
        select(Appeal.answer_id, Appeal.outcome).where(
            Appeal.answer_id.in_([one.id for one in decisions])
        )
    )
    return {answer_id: outcome for answer_id, outcome in rows if answer_id and outcome}


def _party(report: Report, posts: Sequence[Post], person_id: int) -> Party | None:
    if person_id == (report.reporter_id or NOBODY) and report.reason != "disagree":
        return Party.REPORTER
    about = {report.about_id} if report.about == About.PERSON.value else set()
    affected = {post.author_id for post in posts} | about
    return Party.AFFECTED if person_id in affected and report.decided_at is not None else None


async def _appeals(
    reader: ReadSession, decision_ids: Sequence[int], person_id: int | None, party: Party
) -> Sequence[Appeal]:
    rows = await reader.scalars(
        select(Appeal)
        .where(
            Appeal.decision_id.in_(decision_ids),
            Appeal.party == party.value,
            Appeal.person_id.is_not_distinct_from(person_id),
        )
        .order_by(Appeal.id)
    )
    return rows.all()


@dataclass(frozen=True)
class ReportAnswer:
    """Where somebody without account is told that there is something to read."""

    contact: ContactInput
    name: str
    language: str
    code: str
    path: str
    decided: bool


async def answer_of(reader: ReadSession, report_id: int) -> ReportAnswer | None:
    """None where nobody waits for an answer, or what they left is no address."""
    report = await reader.get(Report, report_id)
    if report is None or report.reporter_id is not None:
        return None
    contact = read_contact(report.reporter_contact or "")
    if contact is None:
        return None
    return ReportAnswer(
        contact,
        clean_name(report.reporter_name or ""),
        report.language or DEFAULT,
        report.code,
        path_of(SignedLink(LinkPurpose.REPORT, report.code, NOBODY)),
        report.decided_at is not None,
    )


async def own_reports(reader: ReadSession, person_id: int) -> Sequence[Report]:
    """What a person has reported, newest first."""
    rows = await reader.scalars(
        select(Report)
        .where(Report.reporter_id == person_id)
        .order_by(Report.id.desc())
        .limit(PAGE_SIZE)
    )
    return rows.all()
