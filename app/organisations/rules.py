"""What an organisation is, and what a client allows it to do.

- A mandate lasts twelve months; without a list of kinds it covers everything but hosting.
- Every post for a client has its own consent.
- An organisation works here once a moderator has checked it, until it is stopped or closes.
- Every look at a client's file is written down for a year; its lead can read who looked.
- Whoever opens more than forty files in an hour is made known to the lead.
- A client's code has eight random digits and two that check them; five wrong tries an hour from
  one network, twenty at one code, five hundred in all, then only the desk helps.
"""

import re
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

MANDATE_LIFE = timedelta(days=365)
# Which text is read out before a client gives a mandate; a new wording gets a new name.
MANDATE_TEXT = "2026-11-20"
ALIAS_LENGTH = 6
# A mandate that names its kinds covers hosting too; posts number their kinds from 0 on.
EVERYTHING = list(range(100))
ACCESS_KEPT = timedelta(days=365)
MOST_FILES = 40
WATCHED = timedelta(hours=1)
SAME_ALARM = timedelta(hours=4)
INVITATION_LIFE = timedelta(days=14)
INSURANCE_WARNING = timedelta(days=30)
LONGEST_REASON = 1_000
UPLOAD_LIFE = timedelta(days=1)


class OrganisationKind(StrEnum):
    ASSOCIATION = "association"
    PUBLIC_SERVICE = "public_service"
    SHELTER = "shelter"
    HEALTH = "health"
    COMMUNITY = "community"


class ConsentPurpose(StrEnum):
    PUBLISH = "publish"
    RELEASE_CONTACT = "release_contact"
    SENSITIVE = "sensitive"


class Verdict(StrEnum):
    """What a moderator decides about an organisation."""

    VERIFIED = "verified"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    CLOSED = "closed"


class Standing(StrEnum):
    """How an organisation stands here."""

    APPLIED = "applied"
    REFUSED = "refused"
    VERIFIED = "verified"
    SUSPENDED = "suspended"
    CLOSED = "closed"


# From where each decision may be taken: nothing leads back from the end.
MAY_DECIDE: dict[Standing, tuple[Verdict, ...]] = {
    Standing.APPLIED: (Verdict.VERIFIED, Verdict.REFUSED),
    Standing.REFUSED: (Verdict.VERIFIED,),
    Standing.VERIFIED: (Verdict.SUSPENDED, Verdict.CLOSED),
    Standing.SUSPENDED: (Verdict.RESUMED, Verdict.CLOSED),
    Standing.CLOSED: (),
}


class HasStanding(Protocol):
    """The time stamps of an organisation."""

    @property
    def verified_at(self) -> datetime | None: ...
    @property
    def refused_at(self) -> datetime | None: ...
    @property
    def suspended_at(self) -> datetime | None: ...
    @property
    def closed_at(self) -> datetime | None: ...


def standing(organisation: HasStanding) -> Standing:
    """The one word; the last step that was taken wins."""
    if organisation.closed_at is not None:
        return Standing.CLOSED
    if organisation.suspended_at is not None:
        return Standing.SUSPENDED
    if organisation.verified_at is not None:
        return Standing.VERIFIED
    return Standing.REFUSED if organisation.refused_at is not None else Standing.APPLIED


class Viewed(StrEnum):
    """What of a client a worker looked at."""

    FILE = "file"
    CONTACT = "contact"
    NOTE = "note"
    SLIP = "slip"


class Manner(StrEnum):
    """How a client agreed."""

    ORAL = "oral"
    WRITTEN = "written"
    INTERPRETER = "interpreter"


class Channel(StrEnum):
    """How a client is reached."""

    NONE = "none"
    PHONE = "phone"
    LETTER = "letter"


def is_enterprise_number(digits: str) -> bool:
    """Ten digits of the Belgian register; the last two check the eight before."""
    if len(digits) != 10 or not digits.isdecimal() or digits[0] not in "01":  # noqa: PLR2004 - the register's format
        return False
    return 97 - int(digits[:8]) % 97 == int(digits[8:])


CODE_DIGITS = 10
# What a source may try in an hour; the two others stand against many sources at once.
CODE_TRIES = 5
CODE_TRIES_EACH = 20
CODE_TRIES_ALL = 500
CODE_PERIOD = timedelta(hours=1)
# How long whoever typed a client's code may go on.
CODE_PASS = timedelta(minutes=15)
_ONLY_DIGITS = re.compile(rf"[0-9]{{{CODE_DIGITS}}}")


class RevokedVia(StrEnum):
    """How a client took a mandate or a consent back."""

    CODE = "code"
    PHONE = "phone"
    DESK = "desk"
    WORKER = "worker"
    TAKEN_OVER = "taken_over"
    REPLACED = "replaced"  # by a newer word of the client
    EXPIRED = "expired"


def with_check(eight: str) -> str:
    """Ten digits: eight and two that find every single wrong one and every swapped pair."""
    return f"{eight}{98 - int(eight) * 100 % 97:02d}"


def is_client_code(digits: str) -> bool:
    """Whether ten plain digits check (ISO 7064, modulo 97)."""
    return bool(_ONLY_DIGITS.fullmatch(digits)) and int(digits) % 97 == 1


def read_client_code(typed: str) -> str | None:
    """Ten digits however they were typed or spoken: groups, dashes, digits of other scripts."""
    plain = unicodedata.normalize("NFKC", typed)
    parts = [char for char in plain if not (char.isspace() or char in "-._/")]
    if len(parts) != CODE_DIGITS or not all(char.isdecimal() for char in parts):
        return None
    return "".join(str(unicodedata.digit(char)) for char in parts)


def in_groups(digits: str) -> str:
    """As it is printed and spoken: four, three and three."""
    return f"{digits[:4]} {digits[4:7]} {digits[7:]}"
