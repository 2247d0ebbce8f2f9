"""What every geocoder answers, whoever stands behind it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.errors import UnavailableError
from app.i18n import sentence

UNAVAILABLE = sentence("We cannot look up addresses at the moment. Type a postcode or a town.")


class GeocoderUnavailableError(UnavailableError):
    """The place service does not answer now; the gazetteer still does."""

    def __init__(self) -> None:
        super().__init__(UNAVAILABLE)


class Precision(StrEnum):
    """How closely the words named a point."""

    ADDRESS = "address"
    POSTCODE = "postcode"
    MUNICIPALITY = "municipality"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place in WGS 84 degrees; its labels never name a street, so they may be shown."""

    label_fr: str
    label_nl: str
    postcode: str | None
    municipality_nis: str
    lat: float
    lon: float
    precision: Precision
    guess: bool = False  # "did you mean": nothing matched exactly

    def label(self, language: str) -> str:
        """Dutch for Dutch readers, French for the others, with the postcode where it is known."""
        name = self.label_nl if language == "nl" else self.label_fr
        return f"{self.postcode} {name}" if self.postcode else name


class Geocoder(Protocol):
    """Best match first; an empty list when nothing resembles the text."""

    async def find(self, text: str, language: str) -> list[FoundPlace]: ...
