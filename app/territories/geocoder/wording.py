"""How people write a place: accents, scripts, abbreviations, postcodes inside an address."""

import re
import unicodedata

LONGEST = 200  # an address is shorter; more is not read
_LONGEST_NAME = 6  # words
_POSTCODE = re.compile(r"(?<!\d)[1-9]\d{3}(?!\d)")
_SEGMENT = re.compile(r"[,;()\n\r\t]+")
_NOT_WORD = re.compile(r"[\W_]+")
_SAINTS = frozenset({"saint", "sainte", "sint", "ste", "st"})


def folded(text: str) -> str:
    """Lower case without accents, digits in ASCII, single spaces between words."""
    decomposed = unicodedata.normalize("NFKD", text[:LONGEST].casefold())
    plain = "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
        for sign in decomposed
        if not unicodedata.combining(sign)
    )
    return " ".join(_NOT_WORD.sub(" ", plain).split())


def spellings(text: str) -> tuple[str, ...]:
    """The folded text, and the same with every saint shortened: St-Gilles is Saint-Gilles."""
    plain = folded(text)
    short = " ".join("st" if word in _SAINTS else word for word in plain.split())
    return (plain,) if short == plain else (plain, short)


def postcodes_in(text: str) -> list[str]:
    """Four-digit numbers that may be Belgian postcodes, in reading order."""
    return _POSTCODE.findall(folded(text))


def segments(text: str) -> list[str]:
    """The words between commas and numbers, folded, the last part first."""
    parts: list[str] = []
    for piece in _SEGMENT.split(text[:LONGEST]):
        words: list[str] = []
        for word in folded(piece).split():
            if any(sign.isdigit() for sign in word):
                parts.append(" ".join(words))
                words = []
            else:
                words.append(word)
        parts.append(" ".join(words))
    return [part for part in reversed(parts) if part]


def runs(text: str) -> list[str]:
    """Neighbouring words of folded text, longest and rightmost first."""
    words = text.split()
    return [
        " ".join(words[end - length : end])
        for length in range(min(len(words), _LONGEST_NAME), 0, -1)
        for end in range(len(words), length - 1, -1)
    ]
