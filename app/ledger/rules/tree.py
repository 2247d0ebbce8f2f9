"""The Merkle tree of RFC 6962 over leaf hashes: roots, proofs, and which stored nodes they need.

A node is a full subtree: (height, index) covers the leaves from index * 2^height on.
Nodes are stored in tiles of 256 hashes; tile (level, n) holds the nodes of height 8 * level
from 256 * n on. A range of leaves that begins where the tree splits is a fold of full subtrees.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT

Node = tuple[int, int]
Range = tuple[int, int]


def digest(raw: bytes) -> bytes:
    """Leaf hash of RFC 6962: SHA-256(0x00, bytes)."""
    return hashlib.sha256(b"\x00" + raw).digest()


def join(left: bytes, right: bytes) -> bytes:
    """Node hash of RFC 6962: SHA-256(0x01, left, right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """Merkle tree hash over leaf hashes as they come, without keeping them."""

    def __init__(self) -> None:
        # Left subtrees are full, so a binary counter of them needs no recursion.
        self._full: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        size, node = 1, leaf
        while self._full and self._full[-1][0] == size:
            size, node = size * 2, join(self._full.pop()[1], node)
        self._full.append((size, node))

    def root(self) -> bytes:
        return fold([node for _, node in self._full])


def root(digests: Iterable[bytes]) -> bytes:
    """Merkle tree hash over leaf hashes in order."""
    tree = Tree()
    for leaf in digests:
        tree.add(leaf)
    return tree.root()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Full subtrees, the largest first, joined from the right; of none, the empty tree's hash."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    *lefts, node = hashes
    for left in reversed(lefts):
        node = join(left, node)
    return node


def cover(leaves: Range) -> list[Node]:
    """The full subtrees that make up a range, the largest first."""
    start, end = leaves
    nodes = []
    while start < end:
        height = (end - start).bit_length() - 1
        nodes.append((height, start >> height))
        start += 1 << height
    return nodes


def inclusion(index: int, size: int) -> list[Range]:
    """The ranges whose hashes prove a leaf in a tree of `size`: PATH of RFC 6962, leaf upwards."""
    if not 0 <= index < size:
        raise ValueError("A tree holds the leaves before its size.")
    path: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        path.append((middle, end) if index < middle else (start, middle))
        start, end = (start, middle) if index < middle else (middle, end)
    return path[::-1]


def consistency(old: int, new: int) -> list[Range]:
    """The ranges whose hashes prove that one tree begins with another: PROOF of RFC 6962."""
    if not 0 <= old <= new:
        raise ValueError("A tree grows; it never shrinks.")
    if old in (0, new):
        return []
    path: list[Range] = []
    start, end, whole = 0, new, True
    while old < end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start, whole = middle, False
    return [*([] if whole else [(start, end)]), *path[::-1]]


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def tile_of(node: Node) -> tuple[int, int]:
    """The tile (level, number) that holds a node."""
    height, index = node
    level, above = divmod(height, TILE_HEIGHT)
    return level, index << above >> TILE_HEIGHT


def node_in(tile: bytes, node: Node) -> bytes:
    """A node's hash from its tile; `ValueError` where the tile does not reach so far."""
    height, index = node
    above = height % TILE_HEIGHT
    first = (index << above) % TILE_WIDTH
    hashes = split_tile(tile)[first : first + (1 << above)]
    if len(hashes) < 1 << above:
        raise ValueError("The tile does not hold this node.")
    return root(hashes)


def split_tile(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


def hash_of(leaves: Range, tiles: Mapping[tuple[int, int], bytes]) -> bytes:
    """The hash of a range from the tiles that hold its subtrees."""
    return fold([node_in(tiles[tile_of(node)], node) for node in cover(leaves)])


def grown(
    tiles: Mapping[tuple[int, int], bytes], size: int, leaves: Sequence[bytes]
) -> dict[tuple[int, int], bytes]:
    """The tiles that change when leaves join a tree of `size`, with the new bytes of each.

    `tiles` holds the last tile of every level that is not yet full.
    """
    changed: dict[tuple[int, int], bytes] = {}
    level, first, coming = 0, size, list(leaves)
    while coming:
        full: list[bytes] = []
        for at, leaf in enumerate(coming, start=first):
            key = level, at // TILE_WIDTH
            before = changed.get(key, tiles.get(key, b"")) if at % TILE_WIDTH else b""
            changed[key] = before + leaf
            if len(changed[key]) == TILE_WIDTH * HASH_BYTES:
                full.append(root(split_tile(changed[key])))
        level, first, coming = level + 1, first // TILE_WIDTH, full
    return changed


def open_tiles(size: int) -> list[tuple[int, int]]:
    """The last tile of each level that a tree of `size` has begun and not filled."""
    found, level = [], 0
    while size:
        if size % TILE_WIDTH:
            found.append((level, size // TILE_WIDTH))
        size //= TILE_WIDTH
        level += 1
    return found
