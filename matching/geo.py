"""Where two public cells lie, and how far apart: the one distance of engine, database and pages."""

from bisect import bisect_right
from enum import StrEnum

import numpy as np

from matching.columns import F64

EARTH_KM = 6378.168  # the sphere of PostgreSQL's earthdistance


class Bucket(StrEnum):
    """The only form in which a distance is ever shown."""

    UNDER_2 = "under_2"
    FROM_2_TO_5 = "2_5"
    FROM_5_TO_10 = "5_10"
    OVER_10 = "over_10"


_ORDER = tuple(Bucket)
_EDGES_KM = (2.0, 5.0, float(np.nextafter(10.0, 11.0)))  # exactly 10 km is still "5 to 10"


def xyz(lat: F64, lon: F64) -> F64:
    """Degrees to kilometres from the earth's centre, shape (n, 3)."""
    phi, lam = np.radians(lat), np.radians(lon)
    level = np.cos(phi)
    unit = np.stack((level * np.cos(lam), level * np.sin(lam), np.sin(phi)), axis=-1)
    return np.asarray(EARTH_KM * unit, dtype=np.float64)


def distance_km(a: F64, b: F64) -> F64:
    """Great circle between points of shape (n, 3), in kilometres."""
    step = a - b
    chord = np.sqrt(step[..., 0] ** 2 + step[..., 1] ** 2 + step[..., 2] ** 2)
    return np.asarray(2 * EARTH_KM * np.arcsin(np.minimum(1.0, chord / (2 * EARTH_KM))))


def bucket(km: float) -> Bucket:
    """Below 2, 2 to 5, 5 to 10, or above 10 kilometres."""
    return _ORDER[bisect_right(_EDGES_KM, km)]
