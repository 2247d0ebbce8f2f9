"""Places are saved by their cell; the exact address is apart, encrypted, and the point is gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select, text

from app.accounts.models import Person
from app.db import Session
from app.errors import InvalidError
from app.posts.queries.nearby import cells_between
from app.territories import actions, queries
from app.territories.forms import place_id, read_place_id
from app.territories.geocoder.gazetteer import Gazetteer, find_places
from app.territories.models import Place
from app.territories.rules import Cell, cell_centre, cell_distance_km, cell_of

POINT = {"lat": 50.826312, "lon": 4.345721, "nis": "21013", "postcode": "1060"}


async def test_a_saved_place_forgets_its_point(session: Session) -> None:
    place = await actions.save_place(session, owner_id=None, address=" Rue 1 ", **POINT)  # type: ignore[arg-type]
    assert (place.lat, place.lon) == cell_centre(Cell(place.cell_row, place.cell_column))
    assert (place.name_fr, place.name_nl) == ("Saint-Gilles", "Sint-Gillis")
    assert await queries.exact_address(session, place.id) == "Rue 1"
    columns = {column.key for column in inspect(Place).columns}
    assert not columns & {"exact_lat", "exact_lon", "address"}
    sealed = await session.scalar(text("SELECT address FROM place_exact"))
    assert isinstance(sealed, bytes)
    assert b"Rue" not in sealed


async def test_a_home_is_chosen_and_chosen_anew(session: Session) -> None:
    person = Person(name="Amal", language="fr", languages=["fr"])
    session.add(person)
    await session.flush()
    assert await queries.home_place(session, person.id) is None
    for _time in range(2):
        place = await actions.save_place(session, owner_id=person.id, **POINT)  # type: ignore[arg-type]
        await actions.choose_home(session, person.id, place.id)
        home = await queries.home_place(session, person.id)
        assert home is not None
        assert home.id == place.id


@pytest.mark.parametrize("change", [{"nis": "99999"}, {"lat": 90.1}, {"lon": float("inf")}])
async def test_impossible_places_are_refused(session: Session, change: dict[str, object]) -> None:
    with pytest.raises(InvalidError):
        await actions.save_place(session, owner_id=None, **(POINT | change))  # type: ignore[arg-type]
    assert (await session.scalars(select(Place))).all() == []


async def test_no_words_find_no_place() -> None:
    assert await queries.find_places(Gazetteer(), "  \n ", "fr") == []
    assert (await queries.find_places(Gazetteer(), "1060", "fr"))[0].postcode == "1060"


def test_an_id_names_the_cell_and_comes_back() -> None:
    found = find_places("1060")[0]
    nis, cell, postcode = read_place_id(place_id(found)) or ("", Cell(0, 0), None)
    assert (nis, cell, postcode) == ("21013", cell_of(found.lat, found.lon), "1060")


@given(st.text(max_size=40))
def test_other_texts_are_no_ids(words: str) -> None:
    read_place_id(words)
    assert read_place_id(f"x{words}") is None


@given(
    lat=st.floats(49.4, 51.6),
    lon=st.floats(2.4, 6.5),
    step=st.sampled_from([(0, 2), (2, 5), (5, 10)]),
)
def test_no_cell_of_a_step_is_forgotten(lat: float, lon: float, step: tuple[int, int]) -> None:
    near = cell_of(lat, lon)
    found = set(cells_between(near, *step))
    assert all(step[0] <= cell_distance_km(near, one) < step[1] for one in found)
    # The naive way: walk a generous square of points.
    for up in range(-24, 25):
        for aside in range(-24, 25):
            other = cell_of(lat + up * 0.0045, lon + aside * 0.0066)
            if step[0] <= cell_distance_km(near, other) < step[1]:
                assert other in found
