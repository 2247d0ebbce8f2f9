"""Why this pair, and why nobody yet: keys and values of which the platform makes sentences.

Never in a reason: p, weights, ranks, levels; a distance finer than its bucket; the other
side's constraints, party or urgency; refusals, blocks, live counts, a helper's record.
Each side's reasons are chosen from the facts that side may know, so that not even the
choice tells more. A count under five is not told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import Literal, NamedTuple

import numpy as np

from matching.candidates import ORDER, PASSED, Filter
from matching.columns import F64, I64
from matching.geo import bucket
from matching.score import Weights

Side = Literal["need", "offer"]
SIDES: tuple[Side, Side] = ("need", "offer")
_FEW = 5
_AGAINST = -0.3
_WEEK_H = 168.0


class ReasonKey(StrEnum):
    """Every sentence there is; the values each carries stand beside it."""

    NEAR = "distance.near"  # bucket
    FAR = "distance.far"  # bucket
    REMOTE = "remote"  # none: by phone, letter or online
    FREE = "time.good"  # none: free when it is needed
    PARTLY_FREE = "time.part"  # none: only part of the time
    SPEAKS = "language.shared"  # languages: bits in common, "0,3"
    INTERPRETER = "language.interpreter"  # none: an interpreter will be needed
    VOUCHED = "vouched"  # none: the platform knows by whom
    CONFIRMED = "confirmed.recent"  # none: within the last seven days
    UNCONFIRMED = "confirmed.old"  # none: not confirmed lately
    WISHES = "wishes.met"  # wishes: bits of the need's own soft wishes that are met, "1,2"
    EXACT_FIT = "exact_fit"  # none: room for exactly this group


REASON_KEYS: tuple[str, ...] = tuple(ReasonKey)


class WhyNot(StrEnum):
    """Why a need got no new proposal."""

    NONE_NEAR = "none_near"
    NO_TIME = "no_time"
    NO_LANGUAGE = "no_language"
    NO_FIT = "no_fit"
    ALL_FULL = "all_full"
    CONTESTED = "contested"
    HELD = "held"
    RESERVED = "reserved"


@dataclass(frozen=True)
class Reason:
    """One sentence for one side."""

    key: ReasonKey
    values: Mapping[str, str]
    side: Side


class Facts(NamedTuple):
    """What a reason may be made of; `common` and `met` are bits both sides' posts agree on.

    `parts` is what each term adds to the score, against a usual pair.
    """

    parts: Sequence[float]
    km: float
    remote: bool
    common: int
    met: int
    confirmed_h: float


# what it adds to the score, its sentence, the value told in it, whether for the need alone
_Topic = tuple[float, ReasonKey, str, bool]
_VALUE = {
    ReasonKey.NEAR: "bucket",
    ReasonKey.FAR: "bucket",
    ReasonKey.SPEAKS: "languages",
    ReasonKey.WISHES: "wishes",
}


def contributions(terms: F64, category: I64, weights: Weights) -> F64:
    """What each term of each pair adds to its score, against a usual pair; shape (E, 8)."""
    return np.asarray(weights.of(category) * (terms - weights.usual))


def _bits(mask: int) -> str:
    return ",".join(str(bit) for bit in range(mask.bit_length()) if mask >> bit & 1)


def _topics(facts: Facts) -> list[_Topic]:
    """What can truly be said, the strongest first."""
    near, fading, time, language, attested, confirmed, wishes, size = facts.parts
    away = near + fading
    fresh = facts.confirmed_h < _WEEK_H
    topics: list[_Topic] = [
        (time, ReasonKey.FREE if time > 0 else ReasonKey.PARTLY_FREE, "", False),
        (language, ReasonKey.SPEAKS, _bits(facts.common), False)
        if facts.common
        else (min(0.0, language), ReasonKey.INTERPRETER, "", False),
        (max(0.0, confirmed), ReasonKey.CONFIRMED, "", True)
        if fresh
        else (min(0.0, confirmed), ReasonKey.UNCONFIRMED, "", True),
        (max(0.0, attested), ReasonKey.VOUCHED, "", True),
        (max(0.0, size), ReasonKey.EXACT_FIT, "", True),
    ]
    if facts.met:
        topics.insert(4, (max(0.0, wishes), ReasonKey.WISHES, _bits(facts.met), True))
    if not facts.remote:
        key = ReasonKey.NEAR if away > 0 else ReasonKey.FAR
        topics.insert(0, (away, key, bucket(facts.km).value, False))
    elif away > 0:
        topics.insert(0, (away, ReasonKey.REMOTE, "", False))
    return sorted(topics, key=itemgetter(0), reverse=True)


@lru_cache(maxsize=4096)
def _reason(key: ReasonKey, value: str, side: Side) -> Reason:
    return Reason(key, {_VALUE[key]: value} if key in _VALUE else {}, side)


def reasons(facts: Facts) -> tuple[Reason, ...]:
    """For each side the two strongest reasons for, then the strongest against if below -0.3."""
    topics = _topics(facts)
    told: list[Reason] = []
    for side in SIDES:
        mine = topics if side == "need" else [topic for topic in topics if not topic[3]]
        told += [_reason(key, value, side) for weight, key, value, _ in mine[:2] if weight > 0]
        weight, key, value, _ = mine[-1]
        if weight < _AGAINST:
            told.append(_reason(key, value, side))
    return tuple(told)


@dataclass(frozen=True)
class Unmatched:
    """`count` posts came as far as the code says; None: fewer than five, or none were near."""

    need: int
    code: WhyNot
    count: int | None


_CODES: Mapping[Filter, WhyNot] = {
    Filter.CATEGORY: WhyNot.NONE_NEAR,
    Filter.DISTANCE: WhyNot.NONE_NEAR,
    Filter.WINDOWS: WhyNot.NO_TIME,
    Filter.LANGUAGE: WhyNot.NO_LANGUAGE,
    Filter.REQUIREMENTS: WhyNot.NO_FIT,
    Filter.PROFILE: WhyNot.NO_FIT,
    Filter.UNLIKELY: WhyNot.NO_FIT,
}


def why_not(need: int, stage: int, count: int, places: int, *, held: bool) -> Unmatched:
    """The code of need id `need`, from how far its best rows came (`plan.codes`)."""
    told = count if count >= _FEW else None
    if held:
        return Unmatched(need, WhyNot.HELD, None)
    if stage == PASSED:
        return Unmatched(need, WhyNot.CONTESTED, told)
    if ORDER[stage] is Filter.CAPACITY:
        return Unmatched(need, WhyNot.NO_FIT if places else WhyNot.ALL_FULL, told)
    return Unmatched(need, _CODES[ORDER[stage]], told)
