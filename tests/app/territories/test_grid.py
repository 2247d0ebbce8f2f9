"""The public grid: fixed, about a kilometre, the same for every reading of a place."""

import math

import pytest
from geopy.distance import geodesic  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from app.territories.rules import (
    Cell,
    DistanceBucket,
    cell_bounds,
    cell_centre,
    cell_distance_km,
    cell_of,
    columns_in,
    cube_of,
    distance_bucket,
    distance_km,
)
from matching import geo

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
inhabited = st.floats(-65, 65)
belgian_latitudes = st.floats(49.4, 51.6)
belgian_longitudes = st.floats(2.5, 6.5)


@given(latitudes, longitudes)
def test_a_cell_is_the_cell_of_its_own_centre(lat: float, lon: float) -> None:
    cell = cell_of(lat, lon)
    assert cell_of(*cell_centre(cell)) == cell


@given(latitudes, longitudes)
def test_a_point_lies_within_its_cell(lat: float, lon: float) -> None:
    bounds = cell_bounds(cell_of(lat, lon))
    slack = 1e-9  # degrees
    assert bounds.south - slack <= lat <= bounds.north + slack
    assert bounds.west - slack <= lon <= bounds.east + slack


@given(latitudes, longitudes)
def test_only_the_cell_decides_the_public_point(lat: float, lon: float) -> None:
    bounds = cell_bounds(cell_of(lat, lon))
    inside = (bounds.south * 0.7 + bounds.north * 0.3, bounds.west * 0.2 + bounds.east * 0.8)
    assert cell_centre(cell_of(*inside)) == cell_centre(cell_of(lat, lon))


@given(inhabited, longitudes)
def test_a_cell_measures_at_least_one_kilometre_each_way(lat: float, lon: float) -> None:
    bounds = cell_bounds(cell_of(lat, lon))
    height = distance_km(bounds.south, bounds.west, bounds.north, bounds.west)
    edge = max(bounds.south, bounds.north, key=abs)
    width = 2 * math.pi * 6378.168 * math.cos(math.radians(edge)) / columns_in(cell_of(lat, 0).row)
    assert 1.0 <= height <= 1.02
    assert 1.0 <= width <= 1.01


@given(belgian_latitudes, belgian_longitudes)
def test_the_public_point_stays_near(lat: float, lon: float) -> None:
    assert distance_km(lat, lon, *cell_centre(cell_of(lat, lon))) < 0.75


@pytest.mark.parametrize(
    ("lat", "lon"), [(90, 0), (-90, 0), (90, 180), (0, 180), (0, -180), (-90, -180), (50.85, 180)]
)
def test_the_rims_of_the_globe_have_a_cell(lat: float, lon: float) -> None:
    cell = cell_of(lat, lon)
    assert 0 <= cell.col < columns_in(cell.row)
    assert -9900 <= cell.row < 9900


@pytest.mark.parametrize(
    ("lat", "lon"), [(90.1, 0), (-91, 0), (0, 180.5), (0, -200), (math.nan, 0), (0, math.inf)]
)
def test_what_is_no_point_is_refused(lat: float, lon: float) -> None:
    with pytest.raises(ValueError, match="globe"):
        cell_of(lat, lon)


def test_the_grand_place_keeps_its_cell_for_ever() -> None:
    assert cell_of(50.8467, 4.3525) == Cell(row=5593, col=12954)


@given(belgian_latitudes, belgian_longitudes, belgian_latitudes, belgian_longitudes)
def test_the_sphere_is_close_to_the_ellipsoid(
    lat_a: float, lon_a: float, lat_b: float, lon_b: float
) -> None:
    true = geodesic((lat_a, lon_a), (lat_b, lon_b)).km
    assert distance_km(lat_a, lon_a, lat_b, lon_b) == pytest.approx(true, rel=0.004, abs=1e-6)


@given(latitudes, longitudes, latitudes, longitudes)
def test_the_cube_measures_the_same_distance(
    lat_a: float, lon_a: float, lat_b: float, lon_b: float
) -> None:
    chord_km = math.dist(cube_of(lat_a, lon_a), cube_of(lat_b, lon_b)) / 1000
    arc_km = 2 * 6378.168 * math.asin(min(1.0, chord_km / (2 * 6378.168)))
    assert arc_km == pytest.approx(distance_km(lat_a, lon_a, lat_b, lon_b), rel=1e-6, abs=0.01)


def test_the_cube_of_a_known_point() -> None:
    assert cube_of(0, 0) == pytest.approx((6378168, 0, 0))
    assert cube_of(90, 0) == pytest.approx((0, 0, 6378168), abs=1e-6)
    assert cube_of(0, 90) == pytest.approx((0, 6378168, 0), abs=1e-6)


@given(st.floats(0, 30))
def test_platform_and_engine_read_a_distance_alike(km: float) -> None:
    assert distance_bucket(km).value == geo.bucket(km).value


@pytest.mark.parametrize("km", [0, 2, 5, 10, math.nextafter(10, 11), math.nextafter(2, 0)])
def test_platform_and_engine_agree_on_the_edges(km: float) -> None:
    assert distance_bucket(km).value == geo.bucket(km).value


def test_neighbours_are_near_and_towns_are_far() -> None:
    brussels, ghent = cell_of(50.8467, 4.3525), cell_of(51.05, 3.7167)
    assert distance_bucket(cell_distance_km(brussels, brussels)) is DistanceBucket.UNDER_2
    assert distance_bucket(cell_distance_km(brussels, ghent)) is DistanceBucket.OVER_10
