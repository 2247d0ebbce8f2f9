"""The form of an entry, final since the first one: canonical bytes, commitments, digests.

Canonical bytes are UTF-8 JSON with sorted ASCII keys and no spaces, NFC strings, integers below
2^53 and no floats: a subset of RFC 8785. They are stored and hashed as they are.
A person x appears as C = HMAC-SHA-256(k_x, subject) with k_x = HMAC-SHA-256(k, reference):
deleting the 32 random bytes k leaves a number that points to nobody.
The digest is the leaf hash of RFC 6962: SHA-256(0x00, canonical bytes).
"""

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

VERSION = 1
LARGEST = 2**53 - 1
MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
# A commune is named only once it has this many completed exchanges.
LARGE_ENOUGH = 10


class Kind(StrEnum):
    EXCHANGE = "exchange"


class SubjectKind(StrEnum):
    PERSON = "person"
    CLIENT = "client"


@dataclass(frozen=True)
class Fact:
    """What happened, without anybody's name, address, minute or words."""

    kind: Kind
    reference: UUID
    group: str  # category group, such as food
    month: str  # 2026-11
    area: str  # NIS code of a commune, or a region
    quantity: int
    unit: str
    giver: bytes  # commitments, 32 bytes
    receiver: bytes


def canonical(fact: Fact) -> bytes:
    """The bytes of an entry; `ValueError` for anything that has no canonical form."""
    if not MONTH.fullmatch(fact.month):
        raise ValueError("A month is written 2026-11.")
    if not 1 <= fact.quantity <= LARGEST:
        raise ValueError("A quantity is a positive integer below 2^53.")
    entry: dict[str, int | str] = {
        "area": fact.area,
        "giver": fact.giver.hex(),
        "group": fact.group,
        "kind": fact.kind.value,
        "month": fact.month,
        "quantity": fact.quantity,
        "receiver": fact.receiver.hex(),
        "reference": fact.reference.hex,
        "unit": fact.unit,
        "version": VERSION,
    }
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return unicodedata.normalize("NFC", text).encode()


def is_canonical(raw: bytes) -> bool:
    """True where parsing and writing again gives the same bytes."""
    try:
        text = raw.decode()
        again = json.dumps(
            json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
    except ValueError:
        return False
    return unicodedata.normalize("NFC", again).encode() == raw


def digest(raw: bytes) -> bytes:
    """Leaf hash of RFC 6962."""
    return hashlib.sha256(b"\x00" + raw).digest()


def root(digests: Sequence[bytes]) -> bytes:
    """Merkle tree hash of RFC 6962 over leaf hashes in order."""
    if not digests:
        return hashlib.sha256(b"").digest()
    # Left subtrees are full, so hashing as a binary counter needs no recursion.
    stack: list[tuple[int, bytes]] = []
    for leaf in digests:
        size, node = 1, leaf
        while stack and stack[-1][0] == size:
            size, node = size * 2, _node(stack.pop()[1], node)
        stack.append((size, node))
    node = stack.pop()[1]
    while stack:
        node = _node(stack.pop()[1], node)
    return node


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def opening(secret: bytes, reference: UUID) -> bytes:
    """k_x: opens one entry only; a receipt may carry it, the platform never stores it."""
    return hmac.new(secret, reference.bytes, hashlib.sha256).digest()


def commitment(opened: bytes, subject: UUID) -> bytes:
    return hmac.new(opened, subject.bytes, hashlib.sha256).digest()


def named_area(commune: str, region: str, completed_there: int) -> str:
    """The commune where enough happened there to hide in, else its region."""
    return commune if completed_there >= LARGE_ENOUGH else region
