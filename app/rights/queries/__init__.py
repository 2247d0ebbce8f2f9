"""What a person may see of themselves, and what still holds them back from leaving."""

from app.rights.queries.agreed import agreed
from app.rights.queries.export import export
from app.rights.queries.held_back import HeldBack, held_back, own_post_ids
from app.rights.queries.looks import looks
from app.rights.queries.marks import letter_marks

__all__ = [
    "HeldBack",
    "agreed",
    "export",
    "held_back",
    "letter_marks",
    "looks",
    "own_post_ids",
]
