"""What does not belong into words that others read.

- A Belgian national number, a phone number or an e-mail address is never published.
- A web address is published only when its author says so again.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Leak(StrEnum):
    """What was found in a text."""

    NATIONAL_NUMBER = "national_number"
    PHONE = "phone"
    EMAIL = "email"
    LINK = "link"


@dataclass(frozen=True)
class LeakCheck:
    """What a text gives away, gravest first; a blocked text cannot be published at all."""

    found: tuple[Leak, ...]

    @property
    def blocked(self) -> bool:
        return bool(self.found) and self.found != (Leak.LINK,)

    @property
    def doubtful(self) -> bool:
        return self.found == (Leak.LINK,)


_GAP = r"[ .\-/]?"
_NATIONAL = re.compile(
    rf"(?<![\d+])(\d{{2}}){_GAP}(\d{{2}}){_GAP}(\d{{2}})[ .\-/]{{0,3}}"
    rf"(\d{{3}}){_GAP}(\d{{2}})(?!\d)"
)
_USUAL_SHAPE = re.compile(r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}")
_PHONE = re.compile(r"(?<!\d)(?:\+|00|0|32)\d(?:[ .\-/()]{0,2}\d){7,13}(?!\d)")
# Every repetition has an end: an endless one would take seconds over a page of letters.
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}\.[^\s@.]{2,63}")
_LINK = re.compile(r"(?:https?://|www\.)\S|[\w-]\.(?:be|com|org|net|eu|fr|nl|info)\b")


def check_leaks(text: str) -> LeakCheck:
    """What a public text would give away, in any script's digits."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in plain)
    numbers = [match for match in _NATIONAL.finditer(plain) if _reads_as_national(match)]
    for match in numbers:
        plain = plain.replace(match.group(), " ")
    signs = {
        Leak.NATIONAL_NUMBER: bool(numbers),
        Leak.PHONE: _PHONE.search(plain),
        Leak.EMAIL: _EMAIL.search(plain),
        Leak.LINK: _LINK.search(_EMAIL.sub(" ", plain)),
    }
    return LeakCheck(tuple(leak for leak, sign in signs.items() if sign))


def _reads_as_national(match: re.Match[str]) -> bool:
    """Digits that check, or a birth date at the front; +32… without its plus is a phone number."""
    digits = "".join(match.groups())
    if _USUAL_SHAPE.fullmatch(match.group()) or is_national_number(digits):
        return True
    month, day = int(digits[2:4]) % 20, int(digits[4:6])
    return not digits.startswith("32") and month <= 12 and day <= 31  # noqa: PLR2004 - a calendar


def is_national_number(digits: str) -> bool:
    """Eleven digits whose last two check the nine before, for births of either century."""
    number, check = int(digits[:9]), int(digits[9:])
    return any(97 - (base % 97) == check for base in (number, 2_000_000_000 + number))
