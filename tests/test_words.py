"""The words of each complete language: none lacking, none broken, all of them plain."""

import re
from collections.abc import Iterator
from functools import cache
from statistics import mean

import pytest
from babel.messages.catalog import Message

from app.cli.i18n import collected, missing, read
from app.i18n import COMPLETE, SOURCE

TRANSLATED = tuple(language for language in COMPLETE if language != SOURCE)
LONGEST = 20  # words in a sentence
MEAN = 12
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|<[^>]+>")
SENTENCE_END = re.compile(r"(?<=[.!?؟])[»”\"]?\s+")
# Help is a gift: no word of debt or of paying back.
DEBT = {
    "en": r"\bdebts?\b|\brepay",
    "fr": r"\bdettes?\b|\brembours",
    "nl": r"schuld|terugbeta",
    "ar": r"\b(ال)?(دين|ديون|سداد)\b",
    "uk": r"\bборг",  # noqa: RUF001 - Cyrillic letters are meant
    "pt": r"\bdívidas?\b|reembols",
}


def parts(words: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words or ())


def held(text: str) -> list[str]:
    """Placeholders and tags, which no translation may change."""
    return sorted(PLACEHOLDER.findall(text))


@cache
def translated(language: str) -> list[Message]:
    return [message for message in read(language) if message.id]


@cache
def sentences(language: str) -> list[str]:
    """Every sentence of the interface, one by one."""
    texts: Iterator[str]
    if language == SOURCE:
        texts = (text for one in collected() if one.id for text in parts(one.id))
    else:
        texts = (text for one in translated(language) for text in parts(one.string))
    return [found for text in texts for found in SENTENCE_END.split(text) if count(found)]


def count(sentence: str) -> int:
    return len([word for word in sentence.split() if re.search(r"\w", word)])


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_in_use_has_words(language: str) -> None:
    assert list(missing(language)) == []
    assert [one.id for one in translated(language) if one.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_plural_has_all_its_forms(language: str) -> None:
    forms = read(language).num_plurals
    plurals = [one for one in translated(language) if one.pluralizable]
    assert plurals
    assert [one.id for one in plurals if len(parts(one.string)) != forms] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_and_tags_are_kept(language: str) -> None:
    """Of a plural, the last form holds what the many hold; one may be said without its number."""
    broken = []
    for one in translated(language):
        *few, many = parts(one.string)
        wanted = held(parts(one.id)[-1])
        if held(many) != wanted or any(set(held(form)) - set(wanted) for form in few):
            broken.append(one.id)
    assert broken == []


@pytest.mark.parametrize("language", COMPLETE)
def test_sentences_are_short(language: str) -> None:
    assert [one for one in sentences(language) if count(one) > LONGEST] == []
    assert mean(count(one) for one in sentences(language)) <= MEAN


@pytest.mark.parametrize("language", COMPLETE)
def test_nobody_owes_anything(language: str) -> None:
    owing = re.compile(DEBT[language], re.IGNORECASE)
    assert [one for one in sentences(language) if owing.search(one)] == []


def test_french_is_set_as_french_is_set() -> None:
    """Curled apostrophes, and no line may break before a mark of two parts."""
    odd = re.compile(r"'| [?!;:»]|« |[^\s\u202f][?!;](\s|$)")
    assert [one for one in sentences("fr") if odd.search(one)] == []
