"""The form of an entry, final since the first one: canonical bytes, commitments, digests.

Canonical bytes are UTF-8 JSON with sorted ASCII keys and no spaces, NFC strings, integers below
2^53 and no floats: a subset of RFC 8785. They are stored and hashed as they are.
A person x appears as C = HMAC-SHA-256(k_x, subject) with k_x = HMAC-SHA-256(k, reference):
deleting the 32 random bytes k leaves a number that points to nobody.
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


# Bytes of this plain shape have only one way to be written; anything richer is read and compared.
_PLAIN = re.compile(
    rb'\{"area":"\d{5}","giver":"[0-9a-f]{64}","group":"[a-z]{1,20}","kind":"(?P<kind>exchange)",'
    rb'"month":"20\d\d-(?:0[1-9]|1[0-2])","quantity":[1-9]\d{0,14},"receiver":"[0-9a-f]{64}",'
    rb'"reference":"(?P<reference>[0-9a-f]{32})","unit":"[a-z]{1,20}","version":1\}'
)


def named(raw: bytes) -> tuple[str, str] | None:
    """Kind and reference in an entry's bytes; None where they are not its one canonical form."""
    plain = _PLAIN.fullmatch(raw)
    if plain:
        return plain["kind"].decode(), plain["reference"].decode()
    try:
        fact = read(raw)
    except ValueError:
        return None
    return fact.kind.value, fact.reference.hex


def is_canonical(raw: bytes) -> bool:
    try:
        read(raw)
    except ValueError:
        return False
    return True


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


def receipt(
    raw: bytes,
    *,
    side: str,
    subject: UUID,
    opened: bytes,
    place: int,
    proof: Iterable[bytes],
    checkpoint: str,
) -> dict[str, object]:
    """What one side may keep: the entry, its place, and what opens this side's number in it."""
    return {
        "entry": raw.decode(),
        "side": side,
        "subject": subject.hex,
        "opening": opened.hex(),
        "place": place,
        "proof": [node.hex() for node in proof],
        "checkpoint": checkpoint,
    }
