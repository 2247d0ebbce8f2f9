"""Why this pair, and why nobody yet: keys and values of which the platform makes sentences.

Never in a reason: p, weights, ranks, levels; a distance finer than its bucket; the other
side's constraints, party or urgency; refusals, blocks, live counts, a helper's record.
Each side's reasons are chosen from the facts that side may know, so that not even the
choice tells more. A count under five is not told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
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


class _Topic(NamedTuple):
    weight: float
    key: ReasonKey
    values: Mapping[str, str]
    sides: tuple[Side, ...]


def contributions(terms: F64, category: I64, weights: Weights) -> F64:
    """What each term of each pair adds to its score, against a usual pair; shape (E, 8)."""
    return np.asarray(weights.of(category) * (terms - weights.usual))


def _bits(mask: int) -> str:
    return ",".join(str(bit) for bit in range(mask.bit_length()) if mask >> bit & 1)


def _topics(facts: Facts) -> Iterator[_Topic]:
    """What can truly be said, each with its contribution."""
    near, fading, time, language, attested, confirmed, wishes, size = facts.parts
    away = near + fading
    if facts.remote:
        if away > 0:
            yield _Topic(away, ReasonKey.REMOTE, {}, SIDES)
    else:
        key = ReasonKey.NEAR if away > 0 else ReasonKey.FAR
        yield _Topic(away, key, {"bucket": bucket(facts.km).value}, SIDES)
    yield _Topic(time, ReasonKey.FREE if time > 0 else ReasonKey.PARTLY_FREE, {}, SIDES)
    if facts.common:
        yield _Topic(language, ReasonKey.SPEAKS, {"languages": _bits(facts.common)}, SIDES)
    else:
        yield _Topic(min(0.0, language), ReasonKey.INTERPRETER, {}, SIDES)
    if facts.confirmed_h < _WEEK_H:
        yield _Topic(max(0.0, confirmed), ReasonKey.CONFIRMED, {}, ("need",))
    else:
        yield _Topic(min(0.0, confirmed), ReasonKey.UNCONFIRMED, {}, ("need",))
    yield _Topic(max(0.0, attested), ReasonKey.VOUCHED, {}, ("need",))
    if facts.met:
        yield _Topic(max(0.0, wishes), ReasonKey.WISHES, {"wishes": _bits(facts.met)}, ("need",))
    yield _Topic(max(0.0, size), ReasonKey.EXACT_FIT, {}, ("need",))


def reasons(facts: Facts) -> tuple[Reason, ...]:
    """For each side the two strongest reasons for, then the strongest against if below -0.3."""
    topics = sorted(_topics(facts), key=_strongest)
    told: list[Reason] = []
    for side in SIDES:
        mine = [topic for topic in topics if side in topic.sides]
        best = [topic for topic in mine[:2] if topic.weight > 0]
        worst = [topic for topic in mine[-1:] if topic.weight < _AGAINST]
        told.extend(Reason(topic.key, topic.values, side) for topic in best + worst)
    return tuple(told)


def _strongest(topic: _Topic) -> float:
    return -topic.weight


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
