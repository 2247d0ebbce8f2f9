"""Whom one need could be proposed to by hand, the likeliest first, with reasons and doubts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.db import ReadSession
from app.posts.models import Post
from app.posts.queries import windows_of
from app.posts.rules import Window
from app.proposals.models import Proposal
from app.proposals.queries.market import market_around
from app.proposals.queries.weights import current_weights
from app.proposals.rules import is_doubt, reason_facts, sentence
from app.proposals.rules.reasons import ReasonFacts
from matching.pair import Pairing
from matching.ranked import ranked

MOST = 15
# A recurring offer stands there once for each day; enough rows for as many offers.
MOST_ROWS = 60


@dataclass(frozen=True)
class Choice:
    """One offer as the need's side may know it."""

    offer: Post
    pairing: Pairing
    windows: Sequence[Window]
    asked: bool

    @property
    def day(self) -> date | None:
        return date.fromordinal(self.pairing.occurrence) if self.pairing.occurrence else None

    @property
    def reasons(self) -> list[str]:
        return [sentence(one) for one in self._told() if not is_doubt(one)]

    @property
    def doubts(self) -> list[str]:
        return [sentence(one) for one in self._told() if is_doubt(one)]

    def _told(self) -> list[ReasonFacts]:
        return [
            reason_facts(one.key.value, one.side, one.values)
            for one in self.pairing.reasons
            if one.side == "need"
        ]


async def ranked_offers(reader: ReadSession, need_id: int) -> list[Choice]:
    """Feasible offers for an open need; none where it rests, or nobody around fits."""
    market = await market_around(reader, need_id)
    if market is None:
        return []
    best: dict[int, Pairing] = {}
    for one in ranked(market, await current_weights(reader), MOST_ROWS):
        best.setdefault(one.offer, one)
    chosen = dict(list(best.items())[:MOST])
    return await _choices(reader, need_id, chosen)


async def _choices(
    reader: ReadSession, need_id: int, chosen: Mapping[int, Pairing]
) -> list[Choice]:
    rows = await reader.scalars(
        select(Post)
        .options(joinedload(Post.place), joinedload(Post.author), joinedload(Post.organisation))
        .where(Post.id.in_(chosen))
    )
    offers = {post.id: post for post in rows}
    times = await windows_of(reader, list(chosen))
    asked = await reader.scalars(
        select(Proposal.offer_id).where(Proposal.need_id == need_id, Proposal.is_live)
    )
    live = set(asked)
    return [
        Choice(offers[offer_id], pairing, times[offer_id], offer_id in live)
        for offer_id, pairing in chosen.items()
        if offer_id in offers
    ]
