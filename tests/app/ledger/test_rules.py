"""The form of an entry is final: what reads it back, what refuses it, what stands above it."""

import hashlib
import json
import unicodedata
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger import rules
from app.ledger.rules import Fact, Kind
from tests.app.ledger.strategies import facts

GOLDEN = Fact(
    kind=Kind.EXCHANGE,
    reference=UUID("000102030405060708090a0b0c0d0e0f"),
    group="food",
    month="2026-11",
    area="21004",
    quantity=4,
    unit="persons",
    giver=bytes(range(32)),
    receiver=bytes(range(32, 64)),
)
# RFC 6962 test tree of the reference implementation: eight leaves and the root over all of them.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
          "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_bytes_of_an_entry_never_change() -> None:
    assert rules.canonical(GOLDEN) == (
        b'{"area":"21004",'
        b'"giver":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",'
        b'"group":"food","kind":"exchange","month":"2026-11","quantity":4,'
        b'"receiver":"202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",'
        b'"reference":"000102030405060708090a0b0c0d0e0f","unit":"persons","version":1}'
    )


@given(facts)
def test_reading_gives_back_what_was_written(fact: Fact) -> None:
    raw = rules.canonical(fact)
    group, area, unit = (
        unicodedata.normalize("NFC", word) for word in (fact.group, fact.area, fact.unit)
    )
    assert rules.read(raw) == replace(fact, group=group, area=area, unit=unit)
    assert rules.is_canonical(raw)


@given(facts, st.data())
def test_one_changed_byte_is_refused_or_is_another_entry(fact: Fact, data: st.DataObject) -> None:
    raw = rules.canonical(fact)
    at = data.draw(st.integers(0, len(raw) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != raw[at]))
    changed = raw[:at] + bytes([byte]) + raw[at + 1 :]
    if rules.is_canonical(changed):
        assert rules.canonical(rules.read(changed)) == changed
        assert rules.read(changed) != rules.read(raw)
    assert rules.digest(changed) != rules.digest(raw)


@given(facts, st.data())
def test_the_quick_look_at_an_entry_sees_what_reading_sees(fact: Fact, data: st.DataObject) -> None:
    raw = rules.canonical(fact)
    assert rules.named(raw) == (fact.kind.value, fact.reference.hex)
    at = data.draw(st.integers(0, len(raw) - 1))
    changed = raw[:at] + bytes([data.draw(st.sampled_from(b'09afAF{}": ,-\\'))]) + raw[at + 1 :]
    assert (rules.named(changed) is not None) is rules.is_canonical(changed)


@given(facts, st.data())
def test_other_spellings_of_the_same_entry_are_refused(fact: Fact, data: st.DataObject) -> None:
    entry = json.loads(rules.canonical(fact))
    spelling = data.draw(
        st.sampled_from(
            [
                json.dumps(entry, ensure_ascii=False),
                json.dumps(entry, ensure_ascii=False, separators=(",", ":"), indent=1),
                json.dumps(dict(reversed(entry.items())), separators=(",", ":")),
                json.dumps({**entry, "quantity": float(entry["quantity"])}, separators=(",", ":")),
                json.dumps({**entry, "more": 1}, sort_keys=True, separators=(",", ":")),
                json.dumps({**entry, "version": 2}, sort_keys=True, separators=(",", ":")),
            ]
        )
    )
    assert not rules.is_canonical(spelling.encode())


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b"{}", b"\xff", b"1.5", b'{"quantity":true}'])
def test_what_is_no_entry_is_refused(raw: bytes) -> None:
    assert not rules.is_canonical(raw)


@pytest.mark.parametrize(
    "wrong", [{"quantity": 0}, {"quantity": 2**53}, {"month": "2026-13"}, {"month": "2026-1"}]
)
def test_what_has_no_form_is_not_written(wrong: dict[str, int | str]) -> None:
    with pytest.raises(ValueError, match=r"month|quantity"):
        rules.canonical(replace(GOLDEN, **wrong))  # type: ignore[arg-type] # wrong on purpose


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(
        b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])
    ).digest()


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70))
def test_the_root_is_that_of_the_standard(leaves: list[bytes]) -> None:
    assert rules.root(leaves) == naive_root(leaves)


@pytest.mark.parametrize("size", range(1, 9))
def test_the_root_of_the_known_tree(size: int) -> None:
    leaves = [rules.digest(bytes.fromhex(leaf)) for leaf in LEAVES[:size]]
    assert rules.root(leaves).hex() == ROOTS[size - 1]


def test_the_root_of_nothing() -> None:
    assert rules.root([]).hex() == hashlib.sha256(b"").hexdigest()


@given(st.binary(min_size=32, max_size=32), st.uuids(), st.uuids(), st.uuids())
def test_a_person_has_another_number_in_each_exchange(
    secret: bytes, subject: UUID, one: UUID, other: UUID
) -> None:
    first = rules.commitment(rules.opening(secret, one), subject)
    second = rules.commitment(rules.opening(secret, other), subject)
    assert (first == second) == (one == other)


def test_a_commune_is_named_once_ten_exchanges_hide_each_other() -> None:
    assert rules.named_area("21004", 9) == rules.BRUSSELS
    assert rules.named_area("21004", 10) == "21004"


@pytest.mark.parametrize(
    ("commune", "region"),
    [
        ("21004", rules.BRUSSELS),
        ("23088", rules.FLANDERS),
        ("24062", rules.FLANDERS),
        ("25112", rules.WALLONIA),
        ("11002", rules.FLANDERS),
        ("62063", rules.WALLONIA),
        ("99999", rules.WALLONIA),
        ("00000", rules.BELGIUM),
    ],
)
def test_each_commune_lies_in_its_region(commune: str, region: str) -> None:
    assert rules.region_of(commune) == region
