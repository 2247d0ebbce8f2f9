"""What is done at a desk, one verb per function."""

from app.desk.actions.hand_over import hand_over, remove_colleague
from app.desk.actions.standing import decide_organisation

__all__ = ["decide_organisation", "hand_over", "remove_colleague"]
