"""What is asked of proposals: what may meet around a post, what waits for whom."""

from app.proposals.queries.effects import Effect, Gap, Grouping, largest_gap, read_effects
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
from app.proposals.queries.outcomes import Answers, Bin, read_answers, read_bins
from app.proposals.queries.plans import needed_categories, newest_drawn, newest_plan, shards_of
from app.proposals.queries.ranked import Choice, ranked_offers
from app.proposals.queries.shards import ShardStand, is_asked_since, read_shard
from app.proposals.queries.snapshot import Snapshot, read_snapshot
from app.proposals.queries.weights import (
    all_weights,
    current_version,
    current_weights,
    newest_versions,
    parameters_of,
)

__all__ = [
    "Answers",
    "Bin",
    "Card",
    "Choice",
    "Effect",
    "Gap",
    "Grouping",
    "Inbox",
    "ShardStand",
    "Snapshot",
    "all_weights",
    "current_version",
    "current_weights",
    "inbox",
    "is_asked_since",
    "largest_gap",
    "link_visitor",
    "market_around",
    "needed_categories",
    "newest_drawn",
    "newest_plan",
    "newest_versions",
    "own_proposals",
    "parameters_of",
    "proposal_by_code",
    "ranked_offers",
    "read_answers",
    "read_bins",
    "read_card",
    "read_effects",
    "read_shard",
    "read_snapshot",
    "shards_of",
]
