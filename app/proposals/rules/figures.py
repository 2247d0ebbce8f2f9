"""What a re-balance would change, in counts that point at nobody.

- Under five is 'a few': a count so small could be somebody.
- A need is served when the plan keeps a place for it and proposes that place first.
- It stands beside others when it is proposed only places that somebody else is first for.
- It is pressing when it is for today, or has waited as long as one that was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

FEW = 5
MOST_LOAD = 4


class Wait(StrEnum):
    """How long a need has waited that would still wait."""

    DAY = "day"
    THREE_DAYS = "three_days"
    WEEK = "week"
    LONGER = "longer"


WAIT_HOURS = ((24, Wait.DAY), (72, Wait.THREE_DAYS), (168, Wait.WEEK))


def wait_of(hours: float) -> Wait:
    return next((wait for until, wait in WAIT_HOURS if hours < until), Wait.LONGER)


@dataclass(frozen=True, kw_only=True)
class CategoryFigures:
    """One category. `loads` counts offers by live proposals after the plan, four meaning more.

    `proved`: nobody could serve more. Pressing needs that are `held` already are left out.
    """

    category: int
    needs: int
    offers: int
    held: int
    served: int
    beside: int
    pressing: int
    pressing_served: int
    waiting: int
    proposals: int
    proved: bool
    loads: Mapping[str, int]
    waits: Mapping[str, int]
    reasons: Mapping[str, int]


@dataclass(frozen=True)
class Figures:
    """All categories of a region in which somebody needs something."""

    categories: Sequence[CategoryFigures]

    def total(self, name: str) -> int:
        return sum(getattr(one, name) for one in self.categories)

    def added(self, name: str) -> dict[str, int]:
        """One of the mappings, summed over the categories, in order of its keys."""
        counts: dict[str, int] = {}
        for one in self.categories:
            for key, count in getattr(one, name).items():
                counts[key] = counts.get(key, 0) + count
        return dict(sorted(counts.items()))


def written(figures: Iterable[CategoryFigures]) -> list[dict[str, object]]:
    """As they stand in the row of a plan."""
    return [asdict(one) for one in figures]


def read(rows: Iterable[Mapping[str, Any]]) -> Figures:
    """From the row of a plan."""
    names = [field.name for field in fields(CategoryFigures)]
    return Figures([CategoryFigures(**{name: row[name] for name in names}) for row in rows])


def is_few(count: int) -> bool:
    """Too small to be told."""
    return 0 < count < FEW
