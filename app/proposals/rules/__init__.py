"""What must hold for proposals.

- A need has at most three live proposals; an offer with k free places min(3k, k + 2), hosting one.
- A person who asks an offer directly goes past that number, up to five such asks per offer.
- Either side may say no while it is live; nobody is asked why, and the pair never returns.
- An answer is expected within 48 waking hours, within four where help is needed today.
- A pair that let the time pass may meet again after 14 days.
- Each side reads only the reasons made for it: no score, no exact distance, no constraint of the
  other side.
"""

from app.proposals.rules.deadline import answer_by
from app.proposals.rules.reasons import ReasonFacts, is_doubt, kept_reasons, reason_facts, sentence
from app.proposals.rules.state import (
    OTHER,
    SIDES,
    ProposalFacts,
    ProposalStatus,
    Seat,
    Side,
    Stand,
    seat_of,
    side_of,
    stand,
    status,
)

# Plans are made region by region; the first holds Belgium and the belt around it.
REGION = "be"
LIVE_PER_NEED = 3
ASKS_PER_OFFER = 5
SILENT_IN_A_ROW = 3

__all__ = [
    "ASKS_PER_OFFER",
    "LIVE_PER_NEED",
    "OTHER",
    "REGION",
    "SIDES",
    "SILENT_IN_A_ROW",
    "ProposalFacts",
    "ProposalStatus",
    "ReasonFacts",
    "Seat",
    "Side",
    "Stand",
    "answer_by",
    "is_doubt",
    "kept_reasons",
    "reason_facts",
    "seat_of",
    "sentence",
    "side_of",
    "stand",
    "status",
]
