"""Whom to call for a child without a parent, by region.

- A child alone is never matched with anybody; these services look after children.
- Each row says when somebody last checked it; a row unchecked for 180 days fails the tests.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from app.i18n import sentence

CHECKED_EVERY = timedelta(days=180)
_CHECKED = date(2026, 11, 20)
DAY = sentence("Every day, 8:00 to 22:00")
ALWAYS = sentence("Day and night")


@dataclass(frozen=True)
class ChildContact:
    """A service with its phone and hours, and who answers when it is closed."""

    name: str
    phone: str
    hours: str
    website: str
    languages: tuple[str, ...]
    checked: date = _CHECKED
    night_name: str = "Child Focus"
    night_phone: str = "116 000"


CONTACTS: dict[str, ChildContact] = {
    "brussels": ChildContact(
        "Service des Tutelles / Dienst Voogdij",
        "078 15 43 24",
        DAY,
        "justice.belgium.be",
        ("fr", "nl", "en"),
    ),
    "flanders": ChildContact(
        "Dienst Voogdij", "078 15 43 24", DAY, "justitie.belgium.be", ("nl", "fr", "en")
    ),
    "wallonia": ChildContact(
        "Service des Tutelles", "078 15 43 24", DAY, "justice.belgium.be", ("fr", "nl", "en")
    ),
}
# The national number of a municipality begins with its province; 23 and 25 are the two Brabants.
_FLANDERS = frozenset({"1", "3", "4", "7"})


def child_contact(nis: str) -> ChildContact:
    """The contact for a municipality by its national number."""
    if nis.startswith("21"):
        return CONTACTS["brussels"]
    if nis[:1] in _FLANDERS or nis.startswith(("23", "24")):
        return CONTACTS["flanders"]
    return CONTACTS["wallonia"]
