"""What the ledger promises: the form of an entry, the tree over entries, signed checkpoints."""

from app.ledger.rules.entry import (
    BELGIUM,
    BRUSSELS,
    FLANDERS,
    LARGE_ENOUGH,
    LARGEST,
    WALLONIA,
    Fact,
    Kind,
    SubjectKind,
    canonical,
    commitment,
    is_canonical,
    named_area,
    opening,
    read,
    receipt,
    region_of,
)
from app.ledger.rules.note import Checkpoint, NoteError, PublicKey
from app.ledger.rules.tree import Tree, digest, root

__all__ = [
    "BELGIUM",
    "BRUSSELS",
    "FLANDERS",
    "LARGEST",
    "LARGE_ENOUGH",
    "WALLONIA",
    "Checkpoint",
    "Fact",
    "Kind",
    "NoteError",
    "PublicKey",
    "SubjectKind",
    "Tree",
    "canonical",
    "commitment",
    "digest",
    "is_canonical",
    "named_area",
    "opening",
    "read",
    "receipt",
    "region_of",
    "root",
]
