"""The engine's reasons as sentences in the reader's language.

A reason is a key with values; it is kept like that, so that each side reads its own language.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.accounts.rules.spoken import SPOKEN
from app.i18n import gettext as _
from app.i18n import language_name
from app.posts.rules import Feature
from app.proposals.rules.state import Side
from app.territories.rules import DistanceBucket

LANGUAGES = "languages"
WISHES = "wishes"
BUCKET = "bucket"
DOUBTS = frozenset({"distance.far", "time.part", "language.interpreter", "confirmed.old"})


@dataclass(frozen=True)
class ReasonFacts:
    """One reason for one side."""

    key: str
    side: Side
    values: Mapping[str, str]


def reason_facts(key: str, side: Side, values: Mapping[str, str]) -> ReasonFacts:
    """The engine's reason with its bits turned into codes, fit to be kept."""
    named = dict(values)
    if LANGUAGES in named:
        named[LANGUAGES] = ",".join(SPOKEN[bit] for bit in _bits(named[LANGUAGES]))
    if WISHES in named:
        named[WISHES] = ",".join((Feature(1 << b).name or "").lower() for b in _bits(named[WISHES]))
    return ReasonFacts(key, side, named)


def kept_reasons(rows: Sequence[Mapping[str, Any]]) -> list[ReasonFacts]:
    """What stands in the row, as it was kept."""
    return [ReasonFacts(row["key"], row["side"], row["values"]) for row in rows]


def is_doubt(reason: ReasonFacts) -> bool:
    """True where the sentence speaks against the pair."""
    return reason.key in DOUBTS


def sentence(reason: ReasonFacts) -> str:
    """What to tell that side, in the current language; KeyError for an unknown key."""
    return _SENTENCES[reason.key](reason.values)


def distance_words(bucket: str) -> str:
    """A distance as people may know it, in the current language."""
    return {
        DistanceBucket.UNDER_2: _("Less than 2 km away"),
        DistanceBucket.FROM_2_TO_5: _("2 to 5 km away"),
        DistanceBucket.FROM_5_TO_10: _("5 to 10 km away"),
        DistanceBucket.OVER_10: _("More than 10 km away"),
    }[DistanceBucket(bucket)]


def _near(values: Mapping[str, str]) -> str:
    return distance_words(values[BUCKET])


def _far(values: Mapping[str, str]) -> str:
    words = distance_words(values[BUCKET])
    return _("Further than most: %(distance)s", distance=words[:1].lower() + words[1:])


def _speaks(values: Mapping[str, str]) -> str:
    names = ", ".join(language_name(code) for code in values[LANGUAGES].split(",") if code)
    return _("You both speak %(languages)s", languages=names)


def _wishes(values: Mapping[str, str]) -> str:
    words = feature_words()
    met = ", ".join(words[name] for name in values[WISHES].split(",") if name in words)
    return _("As you wished: %(wishes)s", wishes=met)


def feature_words() -> dict[str, str]:
    """Features in the current language, in the middle of a sentence."""
    return {
        "step_free": _("step-free"),
        "pets_welcome": _("pets welcome"),
        "smoke_free": _("smoke-free"),
        "family_household": _("a family lives there"),
        "womens_household": _("only women live there"),
        "couple_household": _("a family or a couple lives there"),
        "no_lone_man": _("no man living alone"),
    }


_SENTENCES: Mapping[str, Callable[[Mapping[str, str]], str]] = {
    "distance.near": _near,
    "distance.far": _far,
    "remote": lambda _values: _("It can be done by phone, by letter or online"),
    "time.good": lambda _values: _("The times fit"),
    "time.part": lambda _values: _("Only part of the times fit"),
    "language.shared": _speaks,
    "language.interpreter": lambda _values: _("You will need an interpreter"),
    "vouched": lambda _values: _("An organisation vouches for this offer"),
    "confirmed.recent": lambda _values: _("Confirmed this week"),
    "confirmed.old": lambda _values: _("Not confirmed lately"),
    "wishes.met": _wishes,
    "exact_fit": lambda _values: _("Room for exactly your group"),
}


def _bits(text: str) -> list[int]:
    return [int(bit) for bit in text.split(",") if bit]
