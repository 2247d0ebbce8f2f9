"""What a desk asks."""

from app.desk.queries.board import BoardFilter, Line, board, lonely_needs
from app.desk.queries.counts import MonthCount, monthly_counts
from app.desk.queries.needs import alias_of, last_manner, open_offers, registered_offer
from app.desk.queries.uploads import own_upload

__all__ = [
    "BoardFilter",
    "Line",
    "MonthCount",
    "alias_of",
    "board",
    "last_manner",
    "lonely_needs",
    "monthly_counts",
    "open_offers",
    "own_upload",
    "registered_offer",
]
