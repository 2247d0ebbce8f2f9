"""Racing for beds: no two stays overlap, through the very statement that the platform books with.

    python -m tests.benchmarks.race --attempts 1000000 --json FILE

Clients of several processes book random nights of a few beds and call some off again, each attempt
one transaction, without the lock of the offer that the platform also takes: the constraint stands
alone. The control counts first and inserts then. Exit 1 where a night is promised twice, or where
the control promises none twice.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg  # type: ignore[import-untyped] # ships no types
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from app.cli.database import database
from app.db import create_engine, session_maker
from app.embedded import platform
from app.posts.actions import booking
from app.settings import read_settings
from tests.concurrency.rows import beds

PROCESSES, CLIENTS = 4, 8
OFFERS, BEDS, DAYS, LONGEST = 4, 2, 40, 6
START = date(2027, 1, 1)
CONTROL_SHARE = 50
OVERLAPS = """
SELECT count(*) FROM {0} one JOIN {0} other ON other.unit_id = one.unit_id
AND other.id > one.id AND other.during && one.during
WHERE one.cancelled_at IS NULL AND other.cancelled_at IS NULL"""
COUNTED = """
SELECT unit.id FROM post_unit unit WHERE unit.post_id = $1 AND NOT EXISTS (
    SELECT FROM naive_booking WHERE unit_id = unit.id AND during && $2 AND cancelled_at IS NULL)
ORDER BY unit.number LIMIT 1"""
NAIVE = "INSERT INTO naive_booking (unit_id, holder, during) VALUES ($1, $2, $3) RETURNING id"
CALL_OFF = "UPDATE {} SET cancelled_at = now() WHERE id = $1"

Attempt = Callable[[asyncpg.Connection, int, "Range[date]", UUID], Awaitable[int | None]]


def platform_attempt() -> Attempt:
    """One bed by the SQL that the platform sends, its values put where the statement has them."""
    plain = booking(1, 1, Range(START, START), UUID(int=1)).compile(
        dialect=PGDialect_asyncpg()  # type: ignore[no-untyped-call] # SQLAlchemy leaves it open
    )
    sql, names = str(plain), list(getattr(plain, "positiontup", None) or ())
    kinds = {name: type(plain.params[name]) for name in names}

    async def attempt(
        connection: asyncpg.Connection, offer: int, nights: "Range[date]", holder: UUID
    ) -> int | None:
        values: list[object] = []
        for name in names:
            if kinds[name] is Range:
                values.append(asyncpg.Range(nights.lower, nights.upper))
            elif kinds[name] is UUID:
                values.append(holder)
            else:
                values.append(offer if name.startswith("post_id") else 1)
        found: int | None = await connection.fetchval(sql, *values)
        return found

    return attempt


async def naive_attempt(
    connection: asyncpg.Connection, offer: int, nights: "Range[date]", holder: UUID
) -> int | None:
    """Look, then write, in one transaction: what a careful reader might have written."""
    days = asyncpg.Range(nights.lower, nights.upper)
    async with connection.transaction():
        unit = await connection.fetchval(COUNTED, offer, days)
        if unit is None:
            return None
        found: int | None = await connection.fetchval(NAIVE, unit, holder, days)
        return found


async def client(url: str, seed: int, attempts: int, offers: list[int], *, naive: bool) -> int:
    """How many of its attempts were granted."""
    connection = await asyncpg.connect(url)
    draw, held, granted = random.Random(seed), list[int](), 0  # noqa: S311 - reproducible
    book = naive_attempt if naive else platform_attempt()
    call_off = CALL_OFF.format("naive_booking" if naive else "unit_booking")
    for _ in range(attempts):
        first = START + timedelta(days=draw.randrange(DAYS))
        nights = Range(first, first + timedelta(days=draw.randint(1, LONGEST)))
        got = await book(connection, draw.choice(offers), nights, UUID(int=draw.getrandbits(128)))
        if got is not None:
            granted += 1
            held.append(got)
        if len(held) > LONGEST:
            await connection.execute(call_off, held.pop(draw.randrange(len(held))))
    await connection.close()
    return granted


def process(url: str, seed: int, attempts: int, offers: list[int], naive: bool) -> int:
    """Several clients of one process at once."""

    async def race() -> int:
        each = attempts // CLIENTS
        clients = (
            client(url, seed * CLIENTS + n, each, offers, naive=naive) for n in range(CLIENTS)
        )
        return sum(await asyncio.gather(*clients))

    return asyncio.run(race())


def race(url: str, attempts: int, offers: list[int], *, naive: bool) -> tuple[float, int]:
    """Seconds, and how many attempts were granted."""
    start = time.perf_counter()
    share = attempts // PROCESSES
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        jobs = [(url, seed, share, offers, naive) for seed in range(PROCESSES)]
        granted = sum(pool.starmap(process, jobs))
    return time.perf_counter() - start, granted


async def prepare(url: str) -> list[int]:
    engine = create_engine(read_settings().database)
    maker = session_maker(engine)
    offers = [(await beds(maker, BEDS))[0] for _ in range(OFFERS)]
    await engine.dispose()
    connection = await asyncpg.connect(url)
    await connection.execute(
        "CREATE TABLE naive_booking (LIKE unit_booking INCLUDING DEFAULTS INCLUDING IDENTITY);"
        "CREATE INDEX ON naive_booking USING gist (unit_id, during) WHERE cancelled_at IS NULL"
    )
    await connection.close()
    return offers


async def overlaps(url: str, table: str) -> int:
    connection = await asyncpg.connect(url)
    found = await connection.fetchval(OVERLAPS.format(table))
    await connection.close()
    return int(found)


def measure(attempts: int) -> dict[str, object]:
    url = read_settings().database.url.reveal().replace("+asyncpg", "")
    offers = asyncio.run(prepare(url))
    seconds, granted = race(url, attempts, offers, naive=False)
    tried = attempts // (PROCESSES * CLIENTS) * PROCESSES * CLIENTS
    control = max(20_000, attempts // CONTROL_SHARE)
    race(url, control, offers, naive=True)
    twice = asyncio.run(overlaps(url, "unit_booking"))
    naive = asyncio.run(overlaps(url, "naive_booking"))
    return {
        "attempts": tried,
        "clients": PROCESSES * CLIENTS,
        "attempts_per_second": round(tried / seconds),
        "granted": granted,
        "overlaps": twice,
        "control_attempts": control,
        "control_overlaps": naive,
        "met": twice == 0 and naive > 0 and granted > 0,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, platform(Path(name)) as environment:
        os.environ.update(environment)
        database(["upgrade"], standalone_mode=False)
        result = measure(options.attempts)
    print(json.dumps(result))
    if options.json:
        options.json.write_text(json.dumps(result) + "\n", encoding="utf-8")
    raise SystemExit(0 if result["met"] else 1)


if __name__ == "__main__":
    main()
