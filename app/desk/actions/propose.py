"""Proposals by hand: from the ranked list, or by two codes."""

from collections.abc import Sequence

from app.accounts.rules import Visitor
from app.db import Session
from app.desk.rules import MOST_BY_HAND
from app.errors import ConflictError
from app.posts import queries as posts
from app.posts.models import Post
from app.posts.rules import PostKind
from app.proposals.actions import propose_by_hand
from app.proposals.models import Proposal
from app.proposals.queries import ranked_offers


async def propose_chosen(
    session: Session, visitor: Visitor, need: Post, codes: Sequence[str]
) -> tuple[int, int]:
    """Ask these offers for a need: how many are asked now, and how many cannot be."""
    ranked = {one.offer.code: one.pairing for one in await ranked_offers(session, need.id)}
    asked, refused = 0, 0
    for code in list(dict.fromkeys(codes))[:MOST_BY_HAND]:
        offer = await posts.find_post(session, code, PostKind.OFFER)
        pairing = ranked.get(code)
        if offer is None or pairing is None:
            refused += 1
            continue
        try:
            await propose_by_hand(session, visitor, need, offer, pairing=pairing)
            asked += 1
        except ConflictError:
            refused += 1
    return asked, refused


async def propose_codes(
    session: Session, visitor: Visitor, need: str, offer: str, *, other_kind: bool
) -> Proposal:
    """Put two posts before each other; `ConflictError` says why not."""
    return await propose_by_hand(
        session,
        visitor,
        await posts.post_by_code(session, need, PostKind.NEED),
        await posts.post_by_code(session, offer, PostKind.OFFER),
        other_kind=other_kind,
    )
