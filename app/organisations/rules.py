"""What an organisation is, and what a client allows it to do.

- A mandate lasts twelve months; without a list of kinds it covers everything but hosting.
- Every post for a client has its own consent.
- An organisation works here once a moderator has checked it, until it is stopped or closes.
- Every look at a client's file is written down for a year; its lead can read who looked.
- Whoever opens more than forty files in an hour is made known to the lead.
"""

from datetime import timedelta
from enum import StrEnum

MANDATE_LIFE = timedelta(days=365)
# Which text is read out before a client gives a mandate; a new wording gets a new name.
MANDATE_TEXT = "2026-11"
ALIAS_LENGTH = 6
# A mandate that names its kinds covers hosting too; posts number their kinds from 0 on.
EVERYTHING = list(range(100))
ACCESS_KEPT = timedelta(days=365)
MOST_FILES = 40
WATCHED = timedelta(hours=1)
SAME_ALARM = timedelta(hours=4)


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
