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
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

VERSION = 1
LARGEST = 2**53 - 1
TEXTS = ("area", "giver", "group", "kind", "month", "receiver", "reference", "unit")
MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
# A commune is named only once it has this many completed exchanges.
LARGE_ENOUGH = 10
# NIS codes of the three regions, and how the codes of their communes begin.
FLANDERS, WALLONIA, BRUSSELS, BELGIUM = "02000", "03000", "04000", "01000"
REGIONS = {
    BRUSSELS: ("21",),
    WALLONIA: ("25", "5", "6", "8", "9"),
    FLANDERS: ("1", "23", "24", "3", "4", "7"),
}


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
    area: str  # NIS code of a commune or region
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


def read(raw: bytes) -> Fact:
    """The fact in an entry's bytes; `ValueError` unless writing it again gives the same bytes."""
    entry = json.loads(raw.decode())
    if not isinstance(entry, dict) or type(entry.get("quantity")) is not int:
        raise ValueError("An entry is one object with a whole quantity.")
    texts = {name: text for name in TEXTS if isinstance(text := entry.get(name), str)}
    if len(texts) < len(TEXTS):
        raise ValueError("An entry has all its fields.")
    fact = Fact(
        kind=Kind(texts["kind"]),
        reference=UUID(hex=texts["reference"]),
        group=texts["group"],
        month=texts["month"],
        area=texts["area"],
        quantity=entry["quantity"],
        unit=texts["unit"],
        giver=bytes.fromhex(texts["giver"]),
        receiver=bytes.fromhex(texts["receiver"]),
    )
    if canonical(fact) != raw:
        raise ValueError("These bytes are not the form of the entry they hold.")
    return fact


def is_canonical(raw: bytes) -> bool:
    try:
        read(raw)
    except ValueError:
        return False
    return True


def digest(raw: bytes) -> bytes:
    """Leaf hash of RFC 6962."""
    return hashlib.sha256(b"\x00" + raw).digest()


class Tree:
    """Merkle tree hash of RFC 6962 over leaf hashes as they come, without keeping them."""

    def __init__(self) -> None:
        # Left subtrees are full, so a binary counter of them needs no recursion.
        self._full: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        size, node = 1, leaf
        while self._full and self._full[-1][0] == size:
            size, node = size * 2, _node(self._full.pop()[1], node)
        self._full.append((size, node))

    def root(self) -> bytes:
        if not self._full:
            return hashlib.sha256(b"").digest()
        *lefts, (_, node) = self._full
        for _, left in reversed(lefts):
            node = _node(left, node)
        return node


def root(digests: Iterable[bytes]) -> bytes:
    """Merkle tree hash of RFC 6962 over leaf hashes in order."""
    tree = Tree()
    for leaf in digests:
        tree.add(leaf)
    return tree.root()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def opening(secret: bytes, reference: UUID) -> bytes:
    """k_x: opens one entry only; a receipt may carry it, the platform never stores it."""
    return hmac.new(secret, reference.bytes, hashlib.sha256).digest()


def commitment(opened: bytes, subject: UUID) -> bytes:
    return hmac.new(opened, subject.bytes, hashlib.sha256).digest()


def region_of(commune: str) -> str:
    """The NIS code of the region around a commune; the country where the code is not known."""
    for region, beginnings in REGIONS.items():
        if commune.startswith(beginnings):
            return region
    return BELGIUM


def named_area(commune: str, completed_there: int) -> str:
    """The commune where enough happened there to hide in, else its region."""
    return commune if completed_there >= LARGE_ENOUGH else region_of(commune)
