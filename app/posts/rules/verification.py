"""When a host may be asked: what must stand in the file, and for how long.

- Identity seen; every adult named, each with the extract of the criminal record seen; a refusal
  ends it. A home visit by somebody with experience. Two references, at least one of them written
  and from outside the family. The household as found, and whom it is ready for.
- Two people of the organisation sign; it lasts twelve months and is announced a month before.
- Any change of the offer, the household or the file takes the signatures away.
- A parent alone with children counts as a man or a woman living alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.i18n import sentence
from app.posts.rules.household import WILLING, Guests, Household

LIFE = timedelta(days=365)
WARN_BEFORE = timedelta(days=30)
SIGNATURES = 2
REFERENCES = 2
OLDEST_FACT = timedelta(days=365)


class Section(StrEnum):
    """A part of the file; the value is the last part of its address."""

    IDENTITY = "identity"
    ADULTS = "adults"
    VISIT = "visit"
    REFERENCES = "references"
    HOUSEHOLD = "household"


class Missing(StrEnum):
    """What keeps a file from being signed."""

    IDENTITY = "identity"
    ADULTS = "adults"
    ALL_NAMED = "all_named"
    RECORD = "record"
    REFUSED = "refused"
    VISIT = "visit"
    REFERENCES = "references"
    WRITTEN = "written"
    HOUSEHOLD = "household"
    WILLING = "willing"
    DIFFERS = "differs"


SENTENCES = {
    Missing.IDENTITY: sentence("The host's identity was not seen yet."),
    Missing.ADULTS: sentence("No adult of the household is named yet."),
    Missing.ALL_NAMED: sentence("Nobody said yet that every adult is named."),
    Missing.RECORD: sentence("The record check of an adult is missing."),
    Missing.REFUSED: sentence("An adult refused the record check: this home is not considered."),
    Missing.VISIT: sentence("The home visit is missing."),
    Missing.REFERENCES: sentence("Two references are needed."),
    Missing.WRITTEN: sentence("One reference must be written and not from the family."),
    Missing.HOUSEHOLD: sentence("The kind of household is missing."),
    Missing.WILLING: sentence("Say whom this household is ready to host."),
    Missing.DIFFERS: sentence("The kind of household does not fit the number of adults."),
}
SECTION_OF = {
    Missing.IDENTITY: Section.IDENTITY,
    Missing.ADULTS: Section.ADULTS,
    Missing.ALL_NAMED: Section.ADULTS,
    Missing.RECORD: Section.ADULTS,
    Missing.REFUSED: Section.ADULTS,
    Missing.VISIT: Section.VISIT,
    Missing.REFERENCES: Section.REFERENCES,
    Missing.WRITTEN: Section.REFERENCES,
    Missing.HOUSEHOLD: Section.HOUSEHOLD,
    Missing.WILLING: Section.HOUSEHOLD,
    Missing.DIFFERS: Section.HOUSEHOLD,
}
# The fewest and most adults that live in such a household.
_ADULTS = {
    Household.FAMILY: (2, 20),
    Household.COUPLE: (2, 2),
    Household.WOMEN: (2, 20),
    Household.SINGLE_WOMAN: (1, 1),
    Household.SINGLE_MAN: (1, 1),
    Household.OTHER: (1, 20),
}


@dataclass(frozen=True)
class AdultFacts:
    record_seen: bool
    refused: bool = False


@dataclass(frozen=True)
class ReferenceFacts:
    written: bool
    family: bool


@dataclass(frozen=True)
class FileFacts:
    """What the file says, without anybody's name."""

    identity_seen: bool = False
    adults: Sequence[AdultFacts] = ()
    all_named: bool = False
    visited: bool = False
    household: Household | None = None
    willing: Guests = Guests.NONE
    references: Sequence[ReferenceFacts] = ()


def missing(file: FileFacts) -> tuple[Missing, ...]:
    """What must still be found before anybody may sign; nothing where the file is complete."""
    counts = {
        Missing.IDENTITY: not file.identity_seen,
        Missing.ADULTS: not file.adults,
        Missing.ALL_NAMED: bool(file.adults) and not file.all_named,
        Missing.RECORD: any(not (one.record_seen or one.refused) for one in file.adults),
        Missing.REFUSED: any(one.refused for one in file.adults),
        Missing.VISIT: not file.visited,
        Missing.REFERENCES: len(file.references) < REFERENCES,
        Missing.WRITTEN: not any(one.written and not one.family for one in file.references),
        Missing.HOUSEHOLD: file.household is None,
        Missing.WILLING: not any(one in file.willing for one in WILLING[:2]),
        Missing.DIFFERS: _differs(file),
    }
    return tuple(one for one, is_missing in counts.items() if is_missing)


def _differs(file: FileFacts) -> bool:
    if file.household is None or not file.adults:
        return False
    fewest, most = _ADULTS[file.household]
    return not fewest <= len(file.adults) <= most
