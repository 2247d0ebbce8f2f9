"""The same word for the same thing, in each language: app/locales/glossary.csv decides.

Where an English sentence uses a term, its translation uses one of the stems of the glossary.
Sentences that say it otherwise on purpose stand, one by one, in glossary_free.csv.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from babel.messages.pofile import read_po

from app.i18n import COMPLETE, LOCALES, SOURCE

LANGUAGES = tuple(language for language in COMPLETE if language != SOURCE)
NEVER = "never"
PLACEHOLDER = re.compile(r"%\(\w+\)s")
MARKS = re.compile(r"[\u0300-\u036f\u064b-\u0652]")


@dataclass(frozen=True)
class Term:
    """One thing: how English names it, unless it says another thing, and stems by language."""

    name: str
    forms: re.Pattern[str]
    unless: tuple[str, ...]
    stems: Mapping[str, tuple[str, ...]]

    def is_in(self, english: str) -> bool:
        plain = PLACEHOLDER.sub("", english).lower()
        return bool(self.forms.search(plain)) and not any(one in plain for one in self.unless)

    def allows(self, language: str, text: str) -> bool:
        return any(stem in bare(text) for stem in self.stems[language])


def bare(text: str) -> str:
    """Lower case, without marks over Arabic letters, one kind of apostrophe and of space."""
    plain = unicodedata.normalize("NFC", text).lower()
    return MARKS.sub("", plain).replace("\u2019", "'").replace("\u00a0", " ")


def parts(cell: str) -> tuple[str, ...]:
    return tuple(bare(one) for one in cell.split("|") if one)


@cache
def glossary() -> tuple[Term, ...]:
    with (LOCALES / "glossary.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Term(
                name=row["term"],
                forms=re.compile(rf"\b(?:{'|'.join(map(re.escape, parts(row['forms'])))})\b"),
                unless=parts(row["unless"]),
                stems={language: parts(row[language]) for language in LANGUAGES},
            )
            for row in csv.DictReader(file)
        )


@cache
def free() -> frozenset[tuple[str, str, str]]:
    with (LOCALES / "glossary_free.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(
            (row["language"], row["term"], row["msgid"]) for row in csv.DictReader(file)
        )


def sentences(language: str) -> Iterator[tuple[str, str]]:
    """English and translation of everything that is translated, plurals as one text."""
    with (LOCALES / language / "messages.po").open("rb") as file:
        for message in read_po(file, locale=language):
            said = message.string
            words = [str(one or "") for one in (said if isinstance(said, tuple | list) else [said])]
            if message.id and all(words):
                english = message.id if isinstance(message.id, str) else message.id[-1]
                yield str(english), " ".join(words)


def breaches(language: str, english: str, text: str) -> list[str]:
    """The terms that this sentence has and its translation has not, or words nobody may use."""
    found = []
    for term in glossary():
        if term.name == NEVER:
            words = "|".join(map(re.escape, term.stems[language]))
            if re.search(rf"\b(?:{words})", bare(text)):
                found.append(NEVER)
        elif term.is_in(english) and not term.allows(language, text):
            found.append(term.name)
    return [name for name in found if (language, name, english) not in free()]


def test_each_language_keeps_to_its_glossary() -> None:
    wrong = [
        f"{language},{name},{english} -> {text}"
        for language in LANGUAGES
        for english, text in sentences(language)
        for name in breaches(language, english, text)
    ]
    assert wrong == [], "Use the word of the glossary, or name the sentence in glossary_free.csv"


def test_the_glossary_is_whole_and_used() -> None:
    names = [term.name for term in glossary()]
    assert len(names) == len(set(names)) >= 55
    assert all(term.stems[language] for term in glossary() for language in LANGUAGES)
    assert {name for _language, name, _english in free()} <= set(names)
    english = [sentence for sentence, _text in sentences("fr")]
    used = [term for term in glossary() if any(term.is_in(one) for one in english)]
    assert len(used) >= len(names) - 5, "terms of sentences that are still to be translated"


def test_a_wrong_word_is_found() -> None:
    """The control: other words for the same thing, in every language."""
    for language, text in {
        "fr": "Le blockchain de partage",
        "nl": "Het grootboek van hulp",
        "ar": "كتاب المساعدة",
        "uk": "Журнал допомоги",
        "pt": "O diário da ajuda",
    }.items():
        assert "ledger" in breaches(language, "The solidarity ledger", text)
    assert breaches("fr", "Thank you.", "Merci, cher client.") == [NEVER]
    assert breaches("fr", "The solidarity ledger", "Le registre de solidarité") == []
