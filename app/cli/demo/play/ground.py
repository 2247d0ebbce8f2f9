"""What the day leaves in the database: looked at, never touched, but for new programs' owners."""

import asyncio
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from app.accounts import actions as accounts
from app.accounts.queries import contacts_of
from app.cli.demo.people import Neighbour
from app.cli.demo.play.browser import StoryError
from app.db import SessionMaker, reading, transaction
from app.exchanges.models import Exchange
from app.ledger.models import Entry
from app.outbox import Job, JobRow
from app.posts.models import Post
from app.proposals.models import Proposal

PATIENCE = 60.0
LOOK_AGAIN = 0.05
LABEL = "demo play"
ASKED = "person"  # the need's own side proposed it, and so has said yes
# Contacts that nobody has: whoever is reached otherwise is a real person, and not ours to play.
INVENTED = re.compile(r".+@example\.org|\+3247000\d{4}")


@dataclass(frozen=True)
class Helper:
    """Who answers a proposal on the side of the offer; only people of the demo are played."""

    proposal: str
    person_id: int
    contact: str
    was_asked: bool


@dataclass(frozen=True)
class Tally:
    """What the day came to; the last two are counted over the whole database."""

    needs: int
    offers: int
    proposals: int
    accepted: int
    exchanges_completed: int
    ledger_entries: int
    p95_publish_to_proposal_ms: float

    @property
    def is_good(self) -> bool:
        counts = (self.needs, self.offers, self.proposals, self.accepted, self.ledger_entries)
        return all(counts) and self.exchanges_completed == self.ledger_entries


async def register(maker: SessionMaker, neighbour: Neighbour) -> str:
    """A new person with a token for a program."""
    async with transaction(maker) as session:
        person = await accounts.register_person(
            session,
            name=neighbour.name,
            language=neighbour.language,
            languages=neighbour.languages,
            email=neighbour.email,
        )
        return await accounts.issue_token(session, person.id, LABEL)


async def token_of(maker: SessionMaker, helper: Helper) -> str:
    """A token for somebody of the demo who answers today."""
    async with transaction(maker) as session:
        return await accounts.issue_token(session, helper.person_id, LABEL)


async def helpers_of(maker: SessionMaker, need: str) -> list[Helper]:
    """Who was proposed to a need and still may answer: whom it asked first."""
    asked, offered = aliased(Post), aliased(Post)
    async with reading(maker) as reader:
        rows = await reader.execute(
            select(Proposal.code, offered.author_id, Proposal.proposer)
            .join(asked, asked.id == Proposal.need_id)
            .join(offered, offered.id == Proposal.offer_id)
            .where(asked.code == need, Proposal.is_live)
            .order_by(Proposal.proposer != ASKED, Proposal.id)
        )
        found = []
        for code, person_id, proposer in rows.all():
            contacts = [one.value for one in await contacts_of(reader, person_id)]
            if contacts and all(INVENTED.fullmatch(one) for one in contacts):
                found.append(Helper(code, person_id, contacts[0], proposer == ASKED))
        return found


async def searched(maker: SessionMaker, needs: Sequence[str]) -> None:
    """Return when the workers have looked around each of these needs."""
    looked = select(JobRow.ref).where(
        JobRow.kind == Job.FIND_PAIRINGS.value, JobRow.done_at.is_not(None)
    )
    waiting = (
        select(func.count()).select_from(Post).where(Post.code.in_(needs), Post.id.not_in(looked))
    )
    try:
        async with asyncio.timeout(PATIENCE):
            while await _scalar(maker, waiting):  # noqa: ASYNC110 - rows of other processes raise no event
                await asyncio.sleep(LOOK_AGAIN)
    except TimeoutError as error:
        raise StoryError("The workers did not look around every need in time.") from error


async def tally(maker: SessionMaker, needs: Sequence[str], offers: Sequence[str]) -> Tally:
    of_today = (
        select(Proposal.id).join(Post, Post.id == Proposal.need_id).where(Post.code.in_(needs))
    )
    completed = select(func.count()).where(Exchange.completed_at.is_not(None))
    return Tally(
        needs=len(needs),
        offers=len(offers),
        proposals=await _scalar(maker, select(func.count()).select_from(of_today.subquery())),
        accepted=await _scalar(
            maker,
            select(func.count()).select_from(
                of_today.where(Proposal.agreed_at.is_not(None)).subquery()
            ),
        ),
        exchanges_completed=await _scalar(maker, completed),
        ledger_entries=await _scalar(maker, select(func.count()).select_from(Entry)),
        p95_publish_to_proposal_ms=percentile(await _waits(maker, needs)),
    )


async def _scalar(maker: SessionMaker, statement: Select[int]) -> int:
    async with reading(maker) as reader:
        return await reader.scalar(statement) or 0


async def _waits(maker: SessionMaker, needs: Sequence[str]) -> list[float]:
    """Milliseconds from each need's publication to its first proposal."""
    seconds = func.extract("epoch", func.min(Proposal.proposed_at) - Post.published_at)
    async with reading(maker) as reader:
        rows = await reader.scalars(
            select(seconds)
            .join(Proposal, Proposal.need_id == Post.id)
            .where(Post.code.in_(needs))
            .group_by(Post.id)
        )
        return [float(one) * 1000 for one in rows]


def percentile(waits: Sequence[float], share: float = 0.95) -> float:
    """The smallest wait that so large a share does not exceed; 0 where nobody waited."""
    ranked = sorted(waits)
    return round(ranked[math.ceil(share * len(ranked)) - 1], 1) if ranked else 0.0
