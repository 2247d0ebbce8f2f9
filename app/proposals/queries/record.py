"""What has been proposed already: to whom, how much lately, and how helpers tend to answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, func, or_, select

from app.db import ReadSession
from app.posts.models import Post
from app.proposals.models import Proposal
from app.proposals.queries.meeting import is_live
from matching.score import owner_effect

FADE_SECONDS = 48 * 3600
REMEMBERED = timedelta(days=180)
_NO_LIMIT = 32_767

# Ids as they are, or the statement that finds them: a whole category would be too many values.
Ids = Sequence[int] | Select[int]


@dataclass(frozen=True)
class Record:
    """`live` as the engine reads it: need, offer, occurrence, rank; the rest by id."""

    live: Sequence[tuple[int, int, int, int]]
    pressure: Mapping[int, float]
    answers: Mapping[int, Sequence[tuple[float, bool]]]

    def cap(self, offer_id: int, capacity: int) -> int:
        """Zero for an offer that was asked too often within two days: nobody is flooded."""
        return 0 if self.pressure.get(offer_id, 0.0) >= 2 * (capacity + 1) else _NO_LIMIT

    def effect(self, owner_id: int) -> float:
        return owner_effect(self.answers.get(owner_id, ()))


async def read_record(reader: ReadSession, ids: Ids, helpers: Ids) -> Record:
    """What bears on these posts and these people."""
    return Record(
        live=await _live(reader, ids),
        pressure=await _pressure(reader, ids),
        answers=await _answers(reader, helpers),
    )


async def _live(reader: ReadSession, ids: Ids) -> list[tuple[int, int, int, int]]:
    """Every live proposal of each need that touches these posts, so that its best one is known."""
    touched = select(Proposal.need_id).where(
        or_(Proposal.need_id.in_(ids), Proposal.offer_id.in_(ids)), is_live()
    )
    rows = await reader.execute(
        select(Proposal.need_id, Proposal.offer_id, Proposal.day)
        .where(Proposal.need_id.in_(touched), is_live())
        .order_by(Proposal.need_id, Proposal.score.desc(), Proposal.id)
    )
    ranks: dict[int, int] = {}
    found = []
    for need_id, offer_id, day in rows:
        ranks[need_id] = ranks.get(need_id, 0) + 1
        found.append((need_id, offer_id, day.toordinal() if day else 0, ranks[need_id]))
    return found


async def _pressure(reader: ReadSession, ids: Ids) -> dict[int, float]:
    age = func.extract("epoch", func.now() - Proposal.proposed_at)
    rows = await reader.execute(
        select(Proposal.offer_id, func.sum(func.exp(-age / FADE_SECONDS)))
        .where(Proposal.offer_id.in_(ids), Proposal.proposed_at > func.now() - timedelta(days=14))
        .group_by(Proposal.offer_id)
    )
    return {offer_id: float(weight) for offer_id, weight in rows}


async def _answers(reader: ReadSession, helpers: Ids) -> dict[int, list[tuple[float, bool]]]:
    """Each helper's answers of half a year: what was expected, and whether it was a yes."""
    said_yes = Proposal.offer_accepted_at.is_not(None)
    rows = await reader.execute(
        select(Post.author_id, Proposal.score, said_yes)
        .join(Post, Post.id == Proposal.offer_id)
        .where(
            Post.author_id.in_(helpers),
            or_(said_yes, Proposal.declined_by == "offer"),
            Proposal.proposed_at > func.now() - REMEMBERED,
        )
        .order_by(Proposal.id)
    )
    found: dict[int, list[tuple[float, bool]]] = {}
    for author_id, score, yes in rows:
        found.setdefault(author_id, []).append((score, yes))
    return found
