"""What is asked of proposals: what may meet around a post, what waits for whom."""

from app.proposals.queries.inbox import (
    Card,
    Inbox,
    inbox,
    link_visitor,
    own_proposals,
    proposal_by_code,
    read_card,
)
from app.proposals.queries.market import market_around

__all__ = [
    "Card",
    "Inbox",
    "inbox",
    "link_visitor",
    "market_around",
    "own_proposals",
    "proposal_by_code",
    "read_card",
]
