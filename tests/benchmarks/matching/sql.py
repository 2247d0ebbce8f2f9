"""The same search in the database: exact, by GiST on category and cube, one need at a time."""

import time
from collections.abc import Iterator
from math import sin

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import numpy as np

from matching.columns import F64
from matching.geo import EARTH_KM
from matching.market import Market, Needs
from matching.score import FADE_H, Weights
from matching.taxonomy import TAXONOMY

_AT_ONCE = 50_000
_RAW = """
CREATE TEMPORARY TABLE raw (
  id bigint, category smallint, x float8, y float8, z float8, radius_m float8, windows bigint,
  languages bigint, features bigint, accepts bigint, free smallint, base float8
)"""
_TABLE = """
CREATE UNLOGGED TABLE offer_row AS
SELECT id, category, radius_m, windows, languages, features, accepts, free, base,
  cube(ARRAY[x, y, z]) AS pos
FROM raw ORDER BY category, x
"""
_COLUMNS = (
    "id", "category", "x", "y", "z", "radius_m", "windows", "languages", "features", "accepts",
    "free", "base",
)  # fmt: skip
_INDEX = "CREATE INDEX offer_place ON offer_row USING gist (category, pos) WHERE free > 0"
_BEST = """
SELECT id, base - $11::float8 * sec_to_gc(pos <-> $2::cube) / 1000
  + $12::float8 * least(1, bit_count((windows & $8)::bit(64)) / $13::float8)
  + $14::float8 * ((languages & $10) <> 0)::int
  + $15::float8 * (CASE WHEN free = $7 THEN 1 ELSE 0.5 END) AS score
FROM offer_row
WHERE free > 0 AND category = $1
  AND pos <@ cube_enlarge($2::cube, $3, 3)
  AND sec_to_gc(pos <-> $2::cube) <= least(radius_m, $4) + 0.001
  AND ($5 & ~features) = 0 AND ($6 & ~accepts) = 0 AND free >= $7
  AND (windows & $8) <> 0 AND (NOT $9 OR (languages & $10) <> 0)
ORDER BY 2 DESC, id LIMIT 20
"""


async def load(connection: asyncpg.Connection, market: Market, weights: Weights) -> None:
    """All offers in one table with its index."""
    await connection.execute(_RAW)
    for records in _records(market, weights):
        await connection.copy_records_to_table("raw", records=records, columns=_COLUMNS)
    for step in (_TABLE, _INDEX, "VACUUM ANALYZE offer_row"):
        await connection.execute(step)


def _records(market: Market, weights: Weights) -> Iterator[list[tuple[float | int, ...]]]:
    offers = market.offers
    beta = weights.of(offers.category.astype(np.int64))
    fresh = np.exp(-offers.confirmed_h.astype(np.float64) / FADE_H)
    base = weights.a[offers.category] + beta[:, 4] * offers.attested + beta[:, 5] * fresh
    metres = 1000 * offers.xyz
    columns = (
        offers.id,
        offers.category,
        *metres.T,
        1000 * offers.radius,
        offers.windows.astype(np.int64),
        offers.languages.astype(np.int64),
        offers.features.astype(np.int64),
        offers.accepts.astype(np.int64),
        offers.free,
        base + offers.owner_effect,
    )
    for start in range(0, len(offers), _AT_ONCE):
        part = (column[start : start + _AT_ONCE].tolist() for column in columns)
        yield list(zip(*part, strict=True))


def _arguments(needs: Needs, n: int, weights: Weights) -> tuple[object, ...]:
    category = int(needs.category[n])
    beta = weights.beta + weights.delta[category]
    radius = 1000 * float(needs.radius[n])
    diameter = 2000 * EARTH_KM
    windows = int(needs.windows[n])
    return (
        category,
        "(" + ",".join(str(1000 * axis) for axis in needs.xyz[n].tolist()) + ")",
        diameter * sin(radius / diameter) + 1,
        radius,
        int(needs.req[n]),
        int(needs.profile[n]),
        int(needs.size[n]),
        windows,
        TAXONOMY[category].language_hard,
        int(needs.languages[n]),
        float(beta[0] / weights.lam[category]),
        float(beta[2]),
        min(8, windows.bit_count()),
        float(beta[3]),
        float(beta[7]),
    )


async def searched(
    url: str, market: Market, weights: Weights, sample: int
) -> tuple[F64, list[set[int]]]:
    """Seconds of each of the first `sample` needs, and the offers found for it."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await load(connection, market, weights)
        best = await connection.prepare(_BEST.replace("$2::cube", "$2::text::cube"))
        seconds, found = [], []
        asked = [_arguments(market.needs, n, weights) for n in range(sample)]
        for arguments in asked:  # once before the clock starts, so that pages are in memory
            await best.fetch(*arguments)
        for arguments in asked:
            start = time.perf_counter()
            rows = await best.fetch(*arguments)
            seconds.append(time.perf_counter() - start)
            found.append({row["id"] for row in rows})
    finally:
        await connection.close()
    return np.array(seconds), found
