"""Reading the ledger: its entries, its tree, and the full check of both."""

from app.ledger.queries.check import Verification, verify
from app.ledger.queries.entries import Record, broken_entries, entries, entry
from app.ledger.queries.opening import Opening, opening_of
from app.ledger.queries.tree import (
    Proof,
    Sealed,
    WitnessFacts,
    canonical_bytes,
    checkpoint_at,
    consistency,
    current_log,
    inclusion,
    key_of,
    latest_checkpoint,
    pending,
    root_at,
    sealed_entry,
    size_of,
    sizes_signed,
    tile,
    tiles,
    witnesses,
)

__all__ = [
    "Opening",
    "Proof",
    "Record",
    "Sealed",
    "Verification",
    "WitnessFacts",
    "broken_entries",
    "canonical_bytes",
    "checkpoint_at",
    "consistency",
    "current_log",
    "entries",
    "entry",
    "inclusion",
    "key_of",
    "latest_checkpoint",
    "opening_of",
    "pending",
    "root_at",
    "sealed_entry",
    "size_of",
    "sizes_signed",
    "tile",
    "tiles",
    "verify",
    "witnesses",
]
