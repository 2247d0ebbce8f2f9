"""Lists are cut into pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

PAGE_SIZE = 20


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list: its items, its number from 1, and how many items there are in all.

    `total` is exact up to `counted_to`; beyond that the list only says "more than".
    """

    items: Sequence[T]
    number: int
    total: int
    size: int = PAGE_SIZE
    counted_to: int = 1_000

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def more_than(self) -> bool:
        return self.total >= self.counted_to

    @property
    def previous_number(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next_number(self) -> int | None:
        return self.number + 1 if self.number < self.last else None


def offset(number: int, size: int = PAGE_SIZE) -> int:
    """Rows to leave out before page `number`; numbers below 1 count as 1."""
    return (max(1, number) - 1) * size
