"""Words that tell too much about somebody: origin, belief, health, papers, age.

The words are data, one file for each language (`leak_words`); every text is read in all of them,
for nobody says in which language they write. "Speaks Ukrainian" names a language, not a person.
"""

# ruff: noqa: RUF001  (words of other scripts are meant)

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.posts.rules.folding import fold

WORDS = Path(__file__).parent / "leak_words"
LANGUAGES = ("fr", "nl", "en", "ar", "uk", "pt")
KINDS = ("nationality", "religion", "health", "status")
# Articles and particles that Arabic writes onto the word.
_JOINED = r"(?:و|ف)?(?:ب|ل|ك)?(?:ال|ل)?"
_SENTENCE = re.compile(r"[.!?;:\n]+")
_AND = r"(?:and|et|en|e|y|und|та|і|й|او|و)"


@dataclass(frozen=True)
class _Reader:
    """The patterns of one language."""

    kinds: dict[str, re.Pattern[str]]
    spoken: re.Pattern[str]
    age: tuple[re.Pattern[str], ...]


def told_by(text: str) -> dict[str, str]:
    """What a text tells of somebody, by kind: the first word that does."""
    plain = " | ".join(fold(part) for part in _SENTENCE.split(text))
    found: dict[str, str] = {}
    for language in LANGUAGES:
        reader = _reader(language)
        for kind, pattern in reader.kinds.items():
            words = reader.spoken.sub(" ", plain) if kind == "nationality" else plain
            if (match := pattern.search(words)) is not None:
                found.setdefault(kind, match.group().strip())
        if any((match := pattern.search(plain)) for pattern in reader.age) and match is not None:
            found.setdefault("age", match.group().strip())
    return found


@cache
def _reader(language: str) -> _Reader:
    data = tomllib.loads((WORDS / f"{language}.toml").read_text(encoding="utf-8"))
    joined = _JOINED if language == "ar" else ""
    kinds = {kind: re.compile(rf"\b{joined}{_any(data[kind])}\b") for kind in KINDS}
    tongue = rf"{joined}{_any(data['nationality'])}"
    few = rf"(?:\s+\w+){{0,4}}?\s+{tongue}(?:\s+(?:{_AND}\s+)?{tongue})*"
    return _Reader(
        kinds=kinds,
        spoken=re.compile(rf"\b{_any(data['spoken'])}{few}\b"),
        age=_ages(data, joined),
    )


def _ages(data: dict[str, list[str]], joined: str) -> tuple[re.Pattern[str], ...]:
    """A number of years that is somebody's, not a time that passed or a skill."""
    before, after = data["not_age_before"], data["not_age_after"]
    not_before = "".join(rf"(?<!\b{_plain(one)} )" for one in before)
    not_after = rf"(?!\s+{_any(after)}\b)" if after else ""
    number = rf"{not_before}\b(?:1[01]\d|\d{{1,2}})"
    return (
        re.compile(rf"{number}\s*{joined}{_any(data['age_after'])}\b{not_after}"),
        re.compile(rf"\b{_any(data['age_before'])}\s+(?:1[01]\d|\d{{1,2}})\b"),
    )


def _any(entries: list[str]) -> str:
    return f"(?:{'|'.join(_one(entry) for entry in entries)})"


def _one(entry: str) -> str:
    """A word, a stem or words in a row, as `fold` leaves them."""
    return r"\s+".join(
        _plain(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "")
        for word in entry.split()
    )


def _plain(word: str) -> str:
    return re.escape(fold(word))
