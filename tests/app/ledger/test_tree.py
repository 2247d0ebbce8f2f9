"""The tree against RFC 6962 read word for word, and proofs that a verifier recomputes alone."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.rules import tree

LEAVES = [tree.digest(bytes([n % 256, n // 256])) for n in range(700)]
sizes = st.integers(1, len(LEAVES))


def mth(leaves: list[bytes]) -> bytes:
    """Merkle tree hash as RFC 6962 section 2.1 defines it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def climb(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to: RFC 9162 section 2.1.3.2."""
    node, left, last = leaf, index, size - 1
    for other in path:
        if last == 0:
            return None
        if left % 2 or left == last:
            node = tree.join(other, node)
            while left % 2 == 0 and left:
                left, last = left // 2, last // 2
        else:
            node = tree.join(node, other)
        left, last = left // 2, last // 2
    return node if last == 0 else None


def grow(old: int, new: int, first: bytes, path: list[bytes]) -> tuple[bytes, bytes] | None:
    """The two roots that a consistency proof leads to: RFC 9162 section 2.1.4.2."""
    if old == new:
        return (first, first) if not path else None
    path = [first, *path] if old & (old - 1) == 0 else list(path)
    left, last = old - 1, new - 1
    while left % 2:
        left, last = left // 2, last // 2
    before = after = path[0]
    for other in path[1:]:
        if last == 0:
            return None
        if left % 2 or left == last:
            before, after = tree.join(other, before), tree.join(other, after)
            while left % 2 == 0 and left:
                left, last = left // 2, last // 2
        else:
            after = tree.join(after, other)
        left, last = left // 2, last // 2
    return (before, after) if last == 0 else None


def stored(size: int, step: int) -> dict[tuple[int, int], bytes]:
    """The tiles of a tree that grew by `step` leaves at a time, as the database keeps them."""
    tiles: dict[tuple[int, int], bytes] = {}
    for start in range(0, size, step):
        last = {key: tiles[key] for key in tree.open_tiles(start)}
        tiles |= tree.grown(last, start, LEAVES[start : min(size, start + step)])
    return tiles


def proof(tiles: dict[tuple[int, int], bytes], ranges: list[tree.Range]) -> list[bytes]:
    return [tree.hash_of(leaves, tiles) for leaves in ranges]


@given(sizes, st.integers(1, 700))
def test_the_root_is_that_of_the_standard_however_the_tree_grew(size: int, step: int) -> None:
    assert tree.root(LEAVES[:size]) == mth(LEAVES[:size])
    assert tree.hash_of((0, size), stored(size, step)) == mth(LEAVES[:size])


@given(sizes, st.data())
def test_every_leaf_is_proven_by_its_path_and_no_other_leaf_is(
    size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = proof(stored(size, 97), tree.inclusion(index, size))
    assert climb(LEAVES[index], index, size, path) == mth(LEAVES[:size])
    other = data.draw(st.integers(0, len(LEAVES) - 1).filter(lambda n: n != index))
    assert climb(LEAVES[other], index, size, path) != mth(LEAVES[:size])


@given(sizes, sizes)
def test_a_grown_tree_is_proven_to_begin_with_the_old_one(one: int, other: int) -> None:
    old, new = sorted((one, other))
    path = proof(stored(new, 256), tree.consistency(old, new))
    old_root, new_root = mth(LEAVES[:old]), mth(LEAVES[:new])
    assert grow(old, new, old_root, path) == (old_root, new_root)


@given(sizes, sizes)
def test_control_a_tree_with_one_other_leaf_has_no_such_proof(one: int, other: int) -> None:
    old, new = sorted((one, other))
    path = proof(stored(new, 256), tree.consistency(old, new))
    forged = [tree.digest(b"forged"), *LEAVES[1:old]]
    found = grow(old, new, mth(forged), path)
    assert found is None or found != (mth(forged), mth(LEAVES[:new])) or old == new


def test_beyond_the_tree_there_is_no_proof() -> None:
    with pytest.raises(ValueError, match="before its size"):
        tree.inclusion(3, 3)
    with pytest.raises(ValueError, match="never shrinks"):
        tree.consistency(4, 3)
