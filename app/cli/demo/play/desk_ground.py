"""What the Thursday desk stands on and what it leaves: set up before, moved through time, counted.

The counting of violations knows nothing of the rules in the code: it reads rows by its own SQL.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, text, update

from app.accounts import actions as accounts
from app.accounts.rules import Role
from app.cli.demo.authenticator import give_apps
from app.cli.demo.play.browser import StoryError
from app.cli.demo.play.ground import LOOK_AGAIN, PATIENCE
from app.clock import local, now
from app.db import SessionMaker, reading, transaction
from app.exchanges.models import CheckIn, Exchange
from app.organisations import actions as organisations
from app.organisations.forms import DeskDraft, OrganisationDraft
from app.organisations.rules import OrganisationKind, Verdict
from app.outbox import Job, JobRow
from app.posts.models import Post
from app.proposals.models import Proposal

A_YEAR = timedelta(days=365)
VIOLATIONS = {
    "a woman without a man was proposed to a man living alone, or to a home nobody described": """
        SELECT count(*) FROM proposal p JOIN post n ON n.id = p.need_id
        LEFT JOIN host_file f ON f.post_id = p.offer_id
        WHERE n.category IN (0, 1, 2) AND n.party_women > 0 AND n.party_men = 0
        AND coalesce(f.household, 'other') IN ('single_man', 'other')""",
    "a child alone, or a party nobody described, was proposed": """
        SELECT count(*) FROM proposal p JOIN post n ON n.id = p.need_id
        WHERE n.category IN (0, 1, 2)
        AND coalesce(n.party_women, 0) + coalesce(n.party_men, 0) = 0""",
    "what the guest asked of the home is not there": """
        SELECT count(*) FROM proposal p JOIN post n ON n.id = p.need_id
        JOIN post o ON o.id = p.offer_id
        WHERE n.category IN (0, 1, 2) AND o.adopted_at IS NOT NULL
        AND n.required & ~o.features <> 0""",
    "a host is on show without a complete file and two signatures": """
        SELECT count(*) FROM post o LEFT JOIN host_file f ON f.post_id = o.id
        WHERE o.kind = 'offer' AND o.category IN (0, 1, 2) AND o.adopted_at IS NOT NULL
        AND (f.identity_seen_on IS NULL OR f.visited_on IS NULL OR f.household IS NULL
          OR NOT f.adults_all_named OR o.checked_until > now() + interval '366 days'
          OR (SELECT count(DISTINCT c.person_id) FROM host_check c WHERE c.post_id = o.id) < 2
          OR (SELECT count(*) FROM host_reference r WHERE r.post_id = o.id) < 2
          OR NOT EXISTS (SELECT 1 FROM host_reference r WHERE r.post_id = o.id
            AND r.how = 'written' AND NOT r.is_family)
          OR NOT EXISTS (SELECT 1 FROM host_adult a WHERE a.post_id = o.id)
          OR EXISTS (SELECT 1 FROM host_adult a WHERE a.post_id = o.id
            AND a.record_seen_on IS NULL))""",
    "a stay began without three yeses, an end and a plan": """
        SELECT count(*) FROM exchange e JOIN proposal p ON p.id = e.proposal_id
        JOIN post n ON n.id = e.need_id LEFT JOIN stay s ON s.exchange_id = e.id
        WHERE n.category IN (0, 1, 2) AND (p.need_accepted_at IS NULL
          OR p.offer_accepted_at IS NULL OR p.organisation_agreed_at IS NULL
          OR n.vouched_by IS NULL OR s.ends_on IS NULL)""",
    "a host was told of a check-in": """
        SELECT count(*) FROM notice t JOIN post o ON o.author_id = t.person_id
        JOIN exchange e ON e.offer_id = o.id AND e.code = t.facts ->> 'code'
        WHERE t.kind IN ('check_in', 'call_guest', 'stay', 'guest_left')""",
    "a post for a client stands unheard or without a mandate": """
        SELECT count(*) FROM post n WHERE n.client_id IS NOT NULL AND n.is_open
        AND (n.read_back_at IS NULL OR NOT EXISTS (SELECT 1 FROM mandate m
          WHERE m.client_id = n.client_id AND m.revoked_at IS NULL AND m.expires_at > now()))""",
    "somebody visits whom nobody knows": """
        SELECT count(*) FROM proposal p JOIN post o ON o.id = p.offer_id
        WHERE o.category IN (4, 20, 29, 31, 34, 35, 36, 37, 38) AND o.organisation_id IS NULL
        AND o.attested_at IS NULL AND p.agreed_at IS NOT NULL""",
}


@dataclass(frozen=True)
class Desk:
    """An organisation with a caseworker and an administrator, by their addresses."""

    code: str
    id: int
    fatou: str
    nadia: str


@dataclass(frozen=True)
class DeskTally:
    """What the Thursday came to; violations are counted over the whole database."""

    clients: int
    needs: int
    hosts_verified: int
    stays: int
    check_ins: int
    revocations: int
    violations: int

    @property
    def is_good(self) -> bool:
        counts = (self.clients, self.needs, self.hosts_verified, self.stays, self.check_ins)
        return all(counts) and self.revocations > 0 and self.violations == 0


async def open_desk(maker: SessionMaker, name: str, fatou: str, nadia: str) -> Desk:
    """An organisation that a moderator has checked, with two who work there."""
    async with transaction(maker) as session:
        people = [
            await accounts.register_person(
                session, name=who, language="fr", languages=["fr", "ar"], email=mail
            )
            for who, mail in (("Fatou", fatou), ("Nadia", nadia))
        ]
        worker, lead = people
        desk = DeskDraft(
            phone="+3220000000",
            desk="Place Bethléem 1, 1060 Saint-Gilles",
            hours="9:00-12:00",
            languages=("fr", "ar"),
            area=(),
            insured_until=now().date() + A_YEAR,
        )
        draft = OrganisationDraft(name, OrganisationKind.ASSOCIATION.value, None, desk)
        asked = await organisations.apply_organisation(session, lead.id, draft)
        await organisations.decide(session, lead.id, asked, Verdict.VERIFIED, "Visited.")
        await accounts.grant(session, worker.id, Role.CASEWORKER, asked.id)
        await give_apps(session, [fatou, nadia])
        return Desk(asked.code, asked.id, fatou, nadia)


async def proposal_between(maker: SessionMaker, need: str, offer: str) -> str:
    """The code of the proposal, once the workers have found it."""
    found = select(Proposal.code).where(
        Proposal.need_id == select(Post.id).where(Post.code == need).scalar_subquery(),
        Proposal.offer_id == select(Post.id).where(Post.code == offer).scalar_subquery(),
        Proposal.is_live,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                async with reading(maker) as reader:
                    if code := await reader.scalar(found):
                        return str(code)
                await asyncio.sleep(LOOK_AGAIN)
    except TimeoutError as error:
        raise StoryError("The workers did not put guest and host before each other.") from error


async def let_days_pass(maker: SessionMaker, exchange: str, days: int) -> None:
    """The stay grows older: its moments move into the past, and the sweep is due now."""
    past = timedelta(days=days)
    async with transaction(maker) as session:
        stay = select(Exchange.id).where(Exchange.code == exchange).scalar_subquery()
        await session.execute(
            update(Exchange)
            .where(Exchange.code == exchange)
            .values(agreed_at=Exchange.agreed_at - past)
        )
        await session.execute(
            update(CheckIn)
            .where(CheckIn.exchange_id == stay)
            .values(
                due_at=CheckIn.due_at - past,
                asked_at=CheckIn.asked_at - past,
                answered_at=CheckIn.answered_at - past,
            )
        )
        await session.execute(
            update(JobRow)
            .where(JobRow.kind == Job.TIDY_EXCHANGES.value, JobRow.done_at.is_(None))
            .values(run_after=text("now()"), published_at=None)
        )


async def asked_of_guest(maker: SessionMaker, exchange: str, day: int) -> None:
    """Return once the workers have asked how the guest is doing."""
    asked = (
        select(CheckIn.asked_at)
        .join(Exchange, Exchange.id == CheckIn.exchange_id)
        .where(Exchange.code == exchange, CheckIn.day == day)
    )
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                async with reading(maker) as reader:
                    if await reader.scalar(asked):
                        return
                await asyncio.sleep(LOOK_AGAIN)
    except TimeoutError as error:
        raise StoryError(f"Nobody asked the guest how day {day} was.") from error


async def tally(maker: SessionMaker, desk: Desk) -> DeskTally:
    counts = {
        "clients": "SELECT count(*) FROM client WHERE organisation_id = :desk",
        "needs": "SELECT count(*) FROM post WHERE kind = 'need' "
        "AND (organisation_id = :desk OR adopted_by = :desk)",
        "hosts_verified": "SELECT count(*) FROM post WHERE kind = 'offer' AND adopted_by = :desk "
        "AND checked_until > now()",
        "stays": "SELECT count(*) FROM stay s JOIN exchange e ON e.id = s.exchange_id "
        "JOIN post n ON n.id = e.need_id WHERE n.adopted_by = :desk",
        "check_ins": "SELECT count(*) FROM check_in c JOIN exchange e ON e.id = c.exchange_id "
        "JOIN post n ON n.id = e.need_id WHERE n.adopted_by = :desk AND c.answer IS NOT NULL",
        "revocations": "SELECT count(*) FROM mandate m JOIN client c ON c.id = m.client_id "
        "WHERE c.organisation_id = :desk AND m.revoked_via = 'code'",
    }
    async with reading(maker) as reader:
        found = {
            name: int((await reader.execute(text(sql), {"desk": desk.id})).scalar_one())
            for name, sql in counts.items()
        }
        broken = [
            int((await reader.execute(text(sql))).scalar_one()) for sql in VIOLATIONS.values()
        ]
    return DeskTally(**found, violations=sum(broken))


def day_in(days: int) -> str:
    """A day from today on, as a form takes it."""
    return (local(now()).date() + timedelta(days=days)).isoformat()
