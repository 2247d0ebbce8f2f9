"""What is done at a desk, one verb per function."""

from app.desk.actions.hand_over import hand_over, remove_colleague
from app.desk.actions.helpers import register_helper
from app.desk.actions.propose import propose_chosen, propose_codes
from app.desk.actions.standing import decide_organisation

__all__ = [
    "decide_organisation",
    "hand_over",
    "propose_chosen",
    "propose_codes",
    "register_helper",
    "remove_colleague",
]
