"""A side of the market whose posts come and go: columns with spare slots, and who is near."""

from collections import defaultdict
from itertools import chain, product
from typing import Any, Generic, TypeVar

import numpy as np

from matching.columns import F64, I64
from matching.market import Needs, Offers
from matching.taxonomy import TAXONOMY

Key = tuple[int, int]
_Side = TypeVar("_Side", Needs, Offers)
_Cell = tuple[int, int, int, int]
_SPARE = 64
_SLACK_KM = 1e-3
# few cells to ask, few posts beyond the radius
_CELL_KM = [max(2.0, params.radius_km) for params in TAXONOMY.values()]


def keys_of(side: Needs | Offers) -> list[Key]:
    """What names each row: id and occurrence."""
    times = side.occurrence if isinstance(side, Offers) else np.zeros(len(side), dtype=np.int32)
    return list(zip(side.id.tolist(), times.tolist(), strict=True))


class Growing(Generic[_Side]):
    """`view` shows all slots and follows each change; `slot` finds a post, `keys` occurrences."""

    def __init__(self, side: _Side) -> None:
        self._kind: type[_Side] = type(side)
        self._columns: dict[str, Any] = {}
        self._cells: dict[_Cell, list[int]] = defaultdict(list)
        self._remote: dict[int, list[int]] = defaultdict(list)
        self._reach = np.zeros(len(TAXONOMY))
        self.slot: dict[Key, int] = {}
        self.keys: dict[int, set[Key]] = defaultdict(set)
        self._spare: list[int] = []
        self.view: _Side = side
        self._grow(len(side) + len(side) // 8 + _SPARE)
        self._spare = list(range(len(self.view) - 1, len(side) - 1, -1))
        for place, key in enumerate(keys_of(side)):
            self._enlist(key, place)

    def _grow(self, size: int) -> None:
        for name in self._kind.dtypes:
            old: Any = getattr(self.view, name)
            self._columns[name] = np.zeros((size, *old.shape[1:]), dtype=old.dtype)
            self._columns[name][: len(old)] = old
        shown = {name: column.view() for name, column in self._columns.items()}
        for column in shown.values():
            column.flags.writeable = False
        self.view = self._kind(**shown)

    def put(self, post: _Side) -> int:
        """Give one post a slot of its own; any with its key must have been dropped."""
        if not self._spare:
            size = len(self.view)
            self._grow(2 * size)
            self._spare = list(range(2 * size - 1, size - 1, -1))
        place = self._spare.pop()
        for name, column in self._columns.items():
            column[place] = getattr(post, name)[0]
        self._enlist(keys_of(post)[0], place)
        return place

    def drop(self, key: Key) -> None:
        """Forget a post; its slot will be used again."""
        place = self.slot.pop(key)
        self.keys[key[0]].discard(key)
        self._cells[self._cell(place)].remove(place)
        if self.view.remote[place]:
            self._remote[int(self.view.category[place])].remove(place)
        self._spare.append(place)

    def change(self, place: int, name: str, value: float) -> None:
        """Set one fact of one post; not where it is, nor how far it reaches."""
        self._columns[name][place] = value

    def near(self, category: int, xyz: F64, reach: float, *, remote: bool) -> I64:
        """Slots of a category that may lie within reach, or can meet remotely; ascending."""
        edge = _CELL_KM[category]
        reach = min(reach, float(self._reach[category])) + _SLACK_KM
        low = np.floor((xyz - reach) / edge).astype(int).tolist()
        high = np.floor((xyz + reach) / edge).astype(int).tolist()
        spans = [range(a, b + 1) for a, b in zip(low, high, strict=True)]
        if len(spans[0]) * len(spans[1]) * len(spans[2]) > len(self._cells):
            lists = [slots for cell, slots in self._cells.items() if cell[0] == category]
        else:
            cells = product((category,), *spans)
            lists = [self._cells[cell] for cell in cells if cell in self._cells]
        if remote:
            lists.append(self._remote[category])
        return np.unique(np.fromiter(chain.from_iterable(lists), dtype=np.int64))

    def _enlist(self, key: Key, place: int) -> None:
        self.slot[key] = place
        self.keys[key[0]].add(key)
        category = int(self.view.category[place])
        self._reach[category] = max(self._reach[category], self.view.radius[place])
        self._cells[self._cell(place)].append(place)
        if self.view.remote[place]:
            self._remote[category].append(place)

    def _cell(self, place: int) -> _Cell:
        category = int(self.view.category[place])
        x, y, z = np.floor(self.view.xyz[place] / _CELL_KM[category]).astype(int).tolist()
        return category, x, y, z
