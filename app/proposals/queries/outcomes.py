"""How the engine's proposals were answered: what it learns from, and what its pages show."""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Select, func, or_, select

from app.db import ReadSession
from app.posts.models import Post
from app.proposals.models import Proposal
from app.proposals.queries.weights import all_weights
from matching.columns import F64, I64, Bool
from matching.score import TERMS, Weights

NEWEST = 100_000
BINS = 10
_LEAST = 1e-9


@dataclass(frozen=True, eq=False)
class Answers:
    """One row per answered proposal; `offset` is what the helper's own record added to z."""

    terms: F64
    category: I64
    offset: F64
    accepted: Bool
    moment: I64

    def __len__(self) -> int:
        return len(self.accepted)


@dataclass(frozen=True)
class Bin:
    """Proposals of about the same chance: how many, what was said, what happened."""

    count: int
    said: float
    happened: float


def is_answered() -> Select[int]:
    """The newest of the engine's proposals to which both said yes, or one said no."""
    return (
        select(Proposal.id)
        .where(
            Proposal.proposer == "engine",
            Proposal.terms.is_not(None),
            or_(Proposal.agreed_at.is_not(None), Proposal.declined_at.is_not(None)),
        )
        .order_by(Proposal.id.desc())
        .limit(NEWEST)
    )


async def read_answers(reader: ReadSession) -> Answers:
    """What the weights learn from; proposals of versions no longer known are left out."""
    known = await all_weights(reader)
    answered_at = func.coalesce(Proposal.agreed_at, Proposal.declined_at)
    rows = [
        row
        for row in await reader.execute(
            select(
                Proposal.terms,
                Post.category,
                Proposal.score,
                Proposal.weights,
                Proposal.agreed_at.is_not(None),
                func.extract("epoch", answered_at),
            )
            .join(Post, Post.id == Proposal.need_id)
            .where(Proposal.id.in_(is_answered()))
            .order_by(Proposal.id)
        )
        if row[3] in known
    ]
    terms = np.array([row[0] for row in rows], dtype=np.float64).reshape(-1, TERMS)
    category = np.array([row[1] for row in rows], dtype=np.int64)
    score = np.clip(np.array([row[2] for row in rows], dtype=np.float64), _LEAST, 1 - _LEAST)
    base = np.array(
        [_plain(known[row[3]], row[1], facts) for row, facts in zip(rows, terms, strict=True)],
        dtype=np.float64,
    )
    return Answers(
        terms=terms,
        category=category,
        offset=np.log(score / (1 - score)) - base,
        accepted=np.array([row[4] for row in rows], dtype=np.bool_),
        moment=np.array([int(row[5]) for row in rows], dtype=np.int64),
    )


def _plain(weights: Weights, category: int, terms: F64) -> float:
    """What the version alone made of a pair, before the helper's own record."""
    part = weights.beta + weights.delta[category]
    return float(weights.a[category] + part @ terms)


async def read_bins(reader: ReadSession) -> list[Bin | None]:
    """Ten steps of chance, and how often both said yes in each; None where nobody was."""
    step = func.least(func.floor(Proposal.score * BINS), BINS - 1)
    agreed = func.count(Proposal.agreed_at)
    rows = await reader.execute(
        select(step, func.count(), func.avg(Proposal.score), agreed)
        .where(Proposal.id.in_(is_answered()))
        .group_by(step)
    )
    found = {int(at): Bin(count, float(said), yes / count) for at, count, said, yes in rows}
    return [found.get(at) for at in range(BINS)]
