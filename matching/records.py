"""What the compiled search reads and writes: one record per row, need and category."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.columns import F64, I32, I64

Records = NDArray[np.void]
FREE, REMOTE, FRESH = 0, 1, 2  # which part of the rows a stretch belongs to
INTERPRETER, HARD, FAR = 1, 2, 4
ROW = np.dtype(
    [
        ("windows", "u8"),
        ("languages", "u8"),
        ("has", "u8"),  # features, and what is accepted above them
        ("x", "f4"),
        ("y", "f4"),
        ("z", "f4"),
        ("chord", "f4"),  # of the radius
        ("base", "f4"),  # what the row alone adds to the score
        ("free", "i2"),
        ("flags", "u2"),
    ]
)
NEED = np.dtype(
    [
        ("windows", "u8"),
        ("languages", "u8"),
        ("asks", "u8"),
        ("soft", "u8"),
        ("owner", "i8"),
        ("east", "f8"),  # on the plane
        ("north", "f8"),
        ("shrink", "f8"),  # no pair is nearer than this share of its distance on the plane
        ("radius", "f8"),
        ("chord", "f8"),
        ("least", "f8"),  # the score below which nothing is wanted
        ("doubt", "f8"),  # how wrong the difference of two scores may be
        ("margin", "f8"),  # the same for keys
        ("budget", "f8"),
        ("quarters", "f8"),
        ("wishes", "f8"),
        ("x", "f4"),
        ("y", "f4"),
        ("z", "f4"),
        ("kind", "i4"),
        ("size", "i2"),
        ("flags", "u2"),
    ]
)
KIND = np.dtype(
    [
        ("scale", "f8"),  # 1 / lambda; 0 where distance counts nothing
        ("remote_km", "f8"),  # the distance at which remote pairs are counted at most
        ("near", "f8"),
        ("log_near", "f8"),
        ("time", "f8"),
        ("speak", "f8"),
        ("soft", "f8"),
        ("fit", "f8"),
        ("east", "f8"),
        ("north", "f8"),
        ("cell", "f8"),
        ("base", "f8"),
        ("columns", "i4"),
        ("lines", "i4"),
        ("first_cell", "i4"),
        ("remote", "i4"),
        ("remote_end", "i4"),
        ("fresh", "i4"),
        ("fresh_end", "i4"),
    ]
)


class Rows(NamedTuple):
    """Rows by cell; then once more the remote ones by category; then those added since.

    `cells` holds where each cell begins, `row` what each is called outside.
    """

    record: Records
    row: I32
    kinds: Records
    cells: I32
    id: I64
    owner: I64


class Barred(NamedTuple):
    """Per need, owners and offers that count as absent: where each list begins, and the lists."""

    owners: I64
    owner: I64
    offers: I64
    offer: I64


class Prices(NamedTuple):
    """Price of each row, least price in each cell; empty when the likeliest are sought."""

    row: F64
    cell: F64


class Best(NamedTuple):
    """Keys of the k best so far as a heap; rows and keys of all that might be among them."""

    heap: F64
    kept: I32
    keys: F64
    number: I64


class Task(NamedTuple):
    """What is searched for whom; `slack` is how wrong a distance may be, in km."""

    needs: Records
    rows: Rows
    barred: Barred
    prices: Prices
    best: Best
    slack: float
