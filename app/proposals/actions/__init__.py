"""What is done with proposals, one verb per function; saying yes belongs to exchanges."""

from app.proposals.actions.answer import decline, mark_seen
from app.proposals.actions.close import close_proposals
from app.proposals.actions.look_again import look_again, look_again_later
from app.proposals.actions.propose import propose, propose_asked
from app.proposals.actions.tidy import tidy_proposals

__all__ = [
    "close_proposals",
    "decline",
    "look_again",
    "look_again_later",
    "mark_seen",
    "propose",
    "propose_asked",
    "tidy_proposals",
]
