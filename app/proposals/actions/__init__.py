"""What is done with proposals, one verb per function; saying yes belongs to exchanges."""

from app.proposals.actions.answer import decline, mark_seen
from app.proposals.actions.balance import Written, ask_balance, close_plan, write_part
from app.proposals.actions.by_hand import propose_by_hand
from app.proposals.actions.close import close_proposals
from app.proposals.actions.learn import Lesson, adopt_weights, keep_lesson, revert_weights
from app.proposals.actions.look_again import look_again, look_again_later
from app.proposals.actions.plans import ask_plan, keep_figures
from app.proposals.actions.propose import propose, propose_asked
from app.proposals.actions.propose_many import Basis, propose_many
from app.proposals.actions.tidy import tidy_proposals

__all__ = [
    "Basis",
    "Lesson",
    "Written",
    "adopt_weights",
    "ask_balance",
    "ask_plan",
    "close_plan",
    "close_proposals",
    "decline",
    "keep_figures",
    "keep_lesson",
    "look_again",
    "look_again_later",
    "mark_seen",
    "propose",
    "propose_asked",
    "propose_by_hand",
    "propose_many",
    "revert_weights",
    "tidy_proposals",
    "write_part",
]
