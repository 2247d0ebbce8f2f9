"""What does not belong into words that others read.

- A Belgian national number, a phone number, an e-mail address or a house is never published.
- A web address is published only when its author says so again.
- What tells somebody's origin, belief, health, papers or age is published only for a reason.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from app.posts.rules.addresses import names_a_house
from app.posts.rules.folding import with_plain_digits
from app.posts.rules.telling import told_by


class Leak(StrEnum):
    """What was found in a text."""

    NATIONAL_NUMBER = "national_number"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    LINK = "link"
    NATIONALITY = "nationality"
    RELIGION = "religion"
    HEALTH = "health"
    STATUS = "status"
    AGE = "age"


BLOCKED = frozenset({Leak.NATIONAL_NUMBER, Leak.PHONE, Leak.EMAIL, Leak.ADDRESS})
TELLING = frozenset({Leak.NATIONALITY, Leak.RELIGION, Leak.HEALTH, Leak.STATUS, Leak.AGE})


@dataclass(frozen=True)
class LeakCheck:
    """What a text gives away, gravest first; `words` are the words that do, where they are words.

    A blocked text cannot be published at all; a telling one needs a reason.
    """

    found: tuple[Leak, ...]
    words: dict[Leak, str] = field(default_factory=dict)

    @property
    def blocked(self) -> bool:
        return bool(BLOCKED & set(self.found))

    @property
    def doubtful(self) -> bool:
        """Nothing forbidden, but a web address."""
        return not self.blocked and Leak.LINK in self.found

    @property
    def telling(self) -> tuple[Leak, ...]:
        """What it tells of somebody."""
        return tuple(leak for leak in self.found if leak in TELLING)


_GAP = r"[ .,\-\u2010-\u2015/_·]?"
_NATIONAL = re.compile(
    rf"(?<![\d+])(\d{{2}}){_GAP}(\d{{2}}){_GAP}(\d{{2}})[ .,\-\u2010-\u2015/_·]{{0,3}}"
    rf"(\d{{3}}){_GAP}(\d{{2}})(?!\d)"
)
_USUAL_SHAPE = re.compile(r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}")
_PHONE = re.compile(r"(?<!\d)(?:\+|00|0|32)\d(?:[ .\-\u2010-\u2015/()]{0,2}\d){7,13}(?!\d)")
# Every repetition has an end: an endless one would take seconds over a page of letters.
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}\.[^\s@.]{2,63}")
_LINK = re.compile(r"(?:https?://|www\.)\S|[\w-]\.(?:be|com|org|net|eu|fr|nl|info)\b")


def check_leaks(text: str) -> LeakCheck:
    """What a public text would give away, in any script's digits and in six languages."""
    plain = with_plain_digits(text)
    numbers = [match for match in _NATIONAL.finditer(plain) if _reads_as_national(match)]
    for match in numbers:
        plain = plain.replace(match.group(), " ")
    told = {Leak(kind): word for kind, word in told_by(plain).items()}
    signs = {
        Leak.NATIONAL_NUMBER: bool(numbers),
        Leak.PHONE: _PHONE.search(plain),
        Leak.EMAIL: _EMAIL.search(plain),
        Leak.ADDRESS: names_a_house(plain),
        Leak.LINK: _LINK.search(_EMAIL.sub(" ", plain)),
        **{leak: leak in told for leak in Leak if leak in TELLING},
    }
    return LeakCheck(tuple(leak for leak, sign in signs.items() if sign), told)


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
