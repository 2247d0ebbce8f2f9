"""Places as they are known: public cells for everybody, the exact address for its owner alone."""

from sqlalchemy import select

from app.db import ReadSession, Wall, open_wall
from app.territories.geocoder.port import FoundPlace, Geocoder
from app.territories.geocoder.wording import LONGEST
from app.territories.models import ExactPlace, HomePlace, Place


async def place(reader: ReadSession, place_id: int) -> Place:
    return await reader.get_one(Place, place_id)


async def home_place(reader: ReadSession, person_id: int) -> Place | None:
    """Where a person starts from, if they said so."""
    found: Place | None = await reader.scalar(
        select(Place)
        .join(HomePlace, HomePlace.place_id == Place.id)
        .where(HomePlace.person_id == person_id)
    )
    return found


async def exact_address(reader: ReadSession, place_id: int) -> str | None:
    """The address itself: only for its owner, or after both sides said yes."""
    await open_wall(reader, Wall.PLACE, place_id)
    found: str | None = await reader.scalar(
        select(ExactPlace.address).where(ExactPlace.place_id == place_id)
    )
    return found


async def find_places(geocoder: Geocoder, text: str, language: str) -> list[FoundPlace]:
    """What the words may mean, best first; no words find nothing."""
    words = " ".join(text[:LONGEST].split())
    return await geocoder.find(words, language) if words else []
