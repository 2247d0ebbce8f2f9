"""Places are saved once: their public cell is computed then and never again."""

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from app.db import Session
from app.errors import InvalidError
from app.i18n import gettext as _
from app.territories.geocoder.port import FoundPlace
from app.territories.geocoder.shipped import municipalities
from app.territories.models import ExactPlace, HomePlace, Place
from app.territories.rules import cell_centre, cell_of

LONGEST_ADDRESS = 200


async def save_place(
    session: Session,
    *,
    owner_id: int | None,
    lat: float,
    lon: float,
    nis: str,
    postcode: str | None = None,
    address: str | None = None,
) -> Place:
    """Keep a place: its cell for everybody, the address apart and encrypted, the point nowhere."""
    place = _public_place(owner_id, lat, lon, nis, postcode)
    session.add(place)
    await session.flush()
    if address and address.strip():
        session.add(ExactPlace(place_id=place.id, address=address.strip()[:LONGEST_ADDRESS]))
        await session.flush()
    return place


async def choose_home(session: Session, person_id: int, place_id: int) -> None:
    """The place from which a person starts; an earlier choice is replaced."""
    await session.execute(
        insert(HomePlace)
        .values(person_id=person_id, place_id=place_id)
        .on_conflict_do_update(index_elements=["person_id"], set_={"place_id": place_id})
    )


async def move_home(session: Session, person_id: int, found: FoundPlace) -> None:
    """Start from another place from now on; only its cell is kept."""
    await forget_home(session, person_id)
    place = await save_place(
        session,
        owner_id=person_id,
        lat=found.lat,
        lon=found.lon,
        nis=found.municipality_nis,
        postcode=found.postcode,
    )
    await choose_home(session, person_id, place.id)


async def forget_home(session: Session, person_id: int) -> None:
    """Forms begin without a place again; the cell that was home is nobody's from now on."""
    place_id = await session.scalar(
        delete(HomePlace).where(HomePlace.person_id == person_id).returning(HomePlace.place_id)
    )
    await session.execute(update(Place).where(Place.id == place_id).values(owner_id=None))


def _public_place(
    owner_id: int | None, lat: float, lon: float, nis: str, postcode: str | None
) -> Place:
    municipality = municipalities().get(nis)
    if municipality is None:
        raise InvalidError({"place": [_("We do not know this place. Type a postcode or a town.")]})
    try:
        cell = cell_of(lat, lon)
    except ValueError as error:
        raise InvalidError({"place": [_("This is not a point on the map.")]}) from error
    centre_lat, centre_lon = cell_centre(cell)
    return Place(
        owner_id=owner_id,
        cell_row=cell.row,
        cell_column=cell.col,
        lat=centre_lat,
        lon=centre_lon,
        postcode=postcode,
        nis=nis,
        name_fr=municipality.name_fr,
        name_nl=municipality.name_nl,
    )
