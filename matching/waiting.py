"""What waiting does: it raises a need's level and widens its circle; it never touches p."""

from enum import IntEnum

import numpy as np

from matching.columns import F32, I8, I64

HIGHEST_LEVEL = 31
_STEP_H = np.array([168.0, 48.0, 12.0])  # flexible, this week, today
_BAND_FROM = (5, 9)
_ROUNDS = ((24.0, 0.5), (72.0, 1.0))
_WIDEST = 1.5


class Band(IntEnum):
    """How pressing a need has become."""

    FLEXIBLE = 0
    WEEK = 1
    TODAY = 2


def level(urgency: I8, waited_h: F32) -> I64:
    """min(31, 1 + 4 x urgency + whole steps waited); a step is 168, 48 or 12 hours."""
    steps = np.floor(waited_h.astype(np.float64) / _STEP_H[urgency])
    return np.asarray(np.minimum(HIGHEST_LEVEL, 1 + 4 * urgency + steps), dtype=np.int64)


def band(level: int) -> Band:
    """Flexible up to level 4, week up to 8, today from 9."""
    return Band(sum(level >= start for start in _BAND_FROM))


def round_factor(waited_h: float) -> float:
    """Share of the asked radius that is searched: half, whole after 24 h, 1.5 after 72 h."""
    return next((factor for until, factor in _ROUNDS if waited_h < until), _WIDEST)


def bands(levels: I64) -> I64:
    """The band of each level, as its number."""
    return np.searchsorted(_BAND_FROM, levels, side="right")
