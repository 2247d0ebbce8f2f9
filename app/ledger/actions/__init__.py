"""Writing the ledger: an entry with the act it records, its place later, a signature last."""

from app.ledger.actions.record import record
from app.ledger.actions.seal import begin_again, note_check, sign_checkpoint, take_places
from app.ledger.actions.witness import add_witness, cosign, remove_witness

__all__ = [
    "add_witness",
    "begin_again",
    "cosign",
    "note_check",
    "record",
    "remove_witness",
    "sign_checkpoint",
    "take_places",
]
