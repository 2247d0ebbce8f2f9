"""What is decided by people, not by the engine: published, versioned, changed by a vote."""

from dataclasses import dataclass

import numpy as np

from matching.columns import I64, Bool
from matching.market import Offers
from matching.score import P_MIN
from matching.taxonomy import TAXONOMY

HOSTING = np.array([params.hosting for params in TAXONOMY.values()])


@dataclass(frozen=True)
class Policy:
    """Version and numbers of one plan.

    `gain` is U per band flexible, week, today; `load_price` is what a row pays for its first,
    second, third live proposal per free place; a fill-up must gain `least_gain`, both in
    1/100,000 acceptances. `p_unseen` stands for a live proposal outside the snapshot. `phi`
    scales the reserve price (0: none), `patience_h` lowers it for flexible and week, rows that
    end within `last_chance_h` escape it. One need-day in `explore` tries another row (0: none).
    `prove_s` bounds the proof for unsplittable groups (0: only the heuristic).
    """

    version: str = "policy-3"
    gain: tuple[float, float, float] = (1.0, 2.5, 6.0)
    load_price: tuple[int, int, int] = (0, 50_000, 100_000)
    least_gain: int = 5_000
    p_min: float = P_MIN
    p_unseen: float = 0.5
    per_need: int = 3
    rounds: int = 2
    shortlist: int = 20
    phi: float = 0.8
    patience_h: tuple[float, float] = (336.0, 144.0)
    last_chance_h: float = 18.0
    explore: int = 20
    prove_s: float = 20.0


def live_cap(free: I64, hosting: Bool) -> I64:
    """Live proposals a row may have for its k free places: min(3k, k + 2), hosting one."""
    return np.where(hosting, np.minimum(1, free), np.minimum(3 * free, free + 2))


def caps(offers: Offers) -> I64:
    """Live proposals each row may have: the rule's cap or the row's own, whichever is less."""
    rule = live_cap(offers.free.astype(np.int64), HOSTING[offers.category])
    return np.minimum(rule, offers.live_cap)
