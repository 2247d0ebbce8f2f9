"""One distance, agreeing with others' within what a sphere allows; shown in buckets only."""

import numpy as np
import pytest
from geopy.distance import geodesic, great_circle  # type: ignore[import-untyped]  # ships no types
from hypothesis import given
from hypothesis import strategies as st

from matching.geo import Bucket, bucket, distance_km, xyz

LAT, LON = st.floats(49.5, 51.5), st.floats(2.5, 6.4)
POINT = st.tuples(LAT, LON)


def between(one: tuple[float, float], other: tuple[float, float]) -> float:
    a, b = (xyz(np.array([lat]), np.array([lon])) for lat, lon in (one, other))
    return float(distance_km(a, b)[0])


@given(POINT, POINT)
def test_distance_agrees_with_great_circle_and_ellipsoid(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    km = between(one, other)
    assert km == pytest.approx(great_circle(one, other).km, rel=0.002, abs=1e-4)
    assert km == pytest.approx(geodesic(one, other).km, rel=0.006, abs=1e-4)
    assert km == pytest.approx(between(other, one))


def test_control_a_flat_map_of_degrees_is_noticed() -> None:
    brussels, liege = (50.85, 4.35), (50.63, 5.57)
    flat = 111.3 * np.hypot(brussels[0] - liege[0], brussels[1] - liege[1])
    assert between(brussels, liege) == pytest.approx(geodesic(brussels, liege).km, rel=0.006)
    assert flat != pytest.approx(geodesic(brussels, liege).km, rel=0.006)


def test_the_other_side_of_the_earth_is_half_a_circle_away() -> None:
    assert between((0, 0), (0, 180)) == pytest.approx(np.pi * 6378.168)


@pytest.mark.parametrize(
    ("km", "shown"),
    [(0, "under_2"), (1.999, "under_2"), (2, "2_5"), (5, "5_10"), (10, "5_10"), (10.01, "over_10")],
)
def test_buckets_meet_without_gap(km: float, shown: str) -> None:
    assert bucket(km) is Bucket(shown)
