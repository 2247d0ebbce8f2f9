"""What the engine must know of each of the 39 categories; their order is fixed for ever."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class CategoryParams:
    """Distances in km; `hosting` marks class H, where one offer hears one request at a time."""

    code: str
    number: int
    radius_km: float
    lam_km: float
    cell_km: float
    language_hard: bool
    remote: bool
    hosting: bool = False

    @property
    def remote_only(self) -> bool:
        """By phone or letter alone: distance counts nothing."""
        return self.radius_km == 0


# code, default radius, distance at which interest fades, shared language required, remote possible
_TABLE: tuple[tuple[str, float, float, bool, bool], ...] = (
    ("roof.bed", 15, 10, True, False),
    ("roof.room", 30, 18, True, False),
    ("roof.home", 50, 30, True, False),
    ("roof.search", 20, 12, True, True),
    ("wash.shower", 3, 2, False, False),
    ("wash.laundry", 3, 2, False, False),
    ("wash.storage", 5, 3.5, False, False),
    ("food.meal", 5, 3.5, False, False),
    ("food.parcel", 5, 3.5, False, False),
    ("food.delivery", 3, 2, False, False),
    ("food.garden", 5, 3.5, False, False),
    ("goods.clothes", 5, 3.5, False, False),
    ("goods.baby", 5, 3.5, False, False),
    ("goods.furniture", 10, 6, False, False),
    ("goods.household", 5, 3.5, False, False),
    ("goods.device", 10, 6, False, False),
    ("goods.school", 5, 3.5, False, False),
    ("goods.aid", 15, 10, False, False),
    ("move.house", 15, 10, False, False),
    ("move.lift", 10, 6, False, False),
    ("move.escort", 5, 3.5, True, False),
    ("move.errand", 3, 2, False, False),
    ("move.animal", 3, 2, False, False),
    ("paper.forms", 10, 6, True, True),
    ("paper.interpret", 20, 12, True, True),
    ("paper.rights", 20, 12, True, True),
    ("paper.work", 20, 12, True, True),
    ("paper.digital", 5, 3.5, True, True),
    ("learn.language", 10, 6, True, True),
    ("learn.homework", 5, 3.5, True, True),
    ("learn.reading", 10, 6, True, False),
    ("company.talk", 5, 3.5, True, False),
    ("company.call", 0, 1, True, True),
    ("company.letter", 0, 1, True, True),
    ("company.buddy", 10, 6, True, False),
    ("home.repair", 5, 3.5, False, False),
    ("home.chores", 5, 3.5, False, False),
    ("home.child", 5, 3.5, True, False),
    ("home.respite", 5, 3.5, True, False),
)

_HOSTING = frozenset({"roof.bed", "roof.room", "roof.home"})

TAXONOMY: Mapping[int, CategoryParams] = MappingProxyType(
    {
        number: CategoryParams(
            code=code,
            number=number,
            radius_km=radius,
            lam_km=lam,
            cell_km=min(10.0, max(1.0, radius / 5)),
            language_hard=language_hard,
            remote=remote,
            hosting=code in _HOSTING,
        )
        for number, (code, radius, lam, language_hard, remote) in enumerate(_TABLE)
    },
)
