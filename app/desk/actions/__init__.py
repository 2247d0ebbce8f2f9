"""What is done at a desk, one verb per function."""

from app.desk.actions.hand_over import hand_over, remove_colleague
from app.desk.actions.helpers import register_helper
from app.desk.actions.imports import (
    Looked,
    Rows,
    keep_upload,
    look_through,
    publish_upload,
    unpacked,
)
from app.desk.actions.propose import propose_chosen, propose_codes
from app.desk.actions.standing import decide_organisation

__all__ = [
    "Looked",
    "Rows",
    "decide_organisation",
    "hand_over",
    "keep_upload",
    "look_through",
    "propose_chosen",
    "propose_codes",
    "publish_upload",
    "register_helper",
    "remove_colleague",
    "unpacked",
]
