"""What a need or an offer says before it is published, the same from page, program and spreadsheet.

A need asks for a party of `places`; an offer has room for `places`.
Windows are local to Brussels; a rule makes a window recurring. No window means any time.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, IntFlag, StrEnum

from app.posts.rules.party import Party


class PostKind(StrEnum):
    NEED = "need"
    OFFER = "offer"


class Urgency(IntEnum):
    FLEXIBLE = 0
    THIS_WEEK = 1
    TODAY = 2


class Feature(IntFlag):
    """What a place or helper has; a need may require or wish it."""

    NONE = 0
    STEP_FREE = 1
    PETS_WELCOME = 2
    SMOKE_FREE = 4
    FAMILY_HOUSEHOLD = 8
    WOMENS_HOUSEHOLD = 16
    COUPLE_HOUSEHOLD = 32
    NO_LONE_MAN = 64


# Facts about who lives there; of a hosting offer only its verification says them.
HOUSEHOLDS = (
    Feature.FAMILY_HOUSEHOLD
    | Feature.WOMENS_HOUSEHOLD
    | Feature.COUPLE_HOUSEHOLD
    | Feature.NO_LONE_MAN
)
# Facts that only a verification can know at all.
ONLY_VERIFIED = Feature.COUPLE_HOUSEHOLD | Feature.NO_LONE_MAN


@dataclass(frozen=True)
class Window:
    """When it can happen, in UTC; with an RRULE it is the first occurrence."""

    starts_at: datetime
    ends_at: datetime
    rule: str | None = None


@dataclass(frozen=True)
class PlaceDraft:
    """A place as found by the geocoder; the address, if any, is kept apart and encrypted."""

    lat: float
    lon: float
    nis: str
    postcode: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class PostDraft:
    """Everything a post says; ready to be published."""

    kind: PostKind
    category: int
    place: PlaceDraft
    places: int
    languages: tuple[str, ...]
    note: str = ""
    note_language: str = "fr"
    note_reason: str | None = None  # why words that tell much of somebody stay; shown to nobody
    radius_km: float | None = None  # None: the category's default
    remote: bool = False
    interpreter: bool = False
    exclusive: bool = False
    urgency: Urgency = Urgency.FLEXIBLE
    latest_by: date | None = None
    windows: tuple[Window, ...] = ()
    required: Feature = Feature.NONE
    wished: Feature = Feature.NONE
    features: Feature = Feature.NONE
    insured_by: str | None = None
    party: Party | None = None  # who needs a roof; None: not said
    asked_offer: str | None = None  # code of the offer that this need asks for
    organisation_id: int | None = None
    client_id: int | None = None
