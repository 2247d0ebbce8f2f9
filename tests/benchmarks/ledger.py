"""How fast the ledger is sealed, recomputed by the platform, and checked from outside.

    python -m tests.benchmarks.ledger --entries 1000000 --json FILE

Entries are made by the real rules and copied in; what is measured is what the hourly job, the
nightly job and an outsider do. Exit 1 where a target of safety.md is missed.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg  # type: ignore[import-untyped] # it ships no types

from app.cli.database import database
from app.cli.ledger import write_export
from app.crypto import keyring
from app.db import SessionMaker, create_engine, reading, session_maker, transaction
from app.embedded import platform
from app.ledger import actions, queries, rules
from app.settings import Settings, read_settings

SEED = 20_261_120
TOOL = Path("app/ledger/outside/check_ledger.py").resolve()
SEALED_PER_SECOND, VERIFY_SECONDS_PER_MILLION = 5_000, 60


def made(entries: int) -> Iterator[tuple[str, UUID, bytes, bytes]]:
    """Rows of ledger_entry from seeded facts."""
    draw = random.Random(SEED)  # noqa: S311 - a reproducible benchmark
    for _ in range(entries):
        reference = UUID(bytes=draw.randbytes(16))
        fact = rules.Fact(
            kind=rules.Kind.EXCHANGE,
            reference=reference,
            group=draw.choice(["food", "goods", "move", "wash"]),
            month="2026-11",
            area="21004",
            quantity=draw.randint(1, 9),
            unit="persons",
            giver=draw.randbytes(32),
            receiver=draw.randbytes(32),
        )
        raw = rules.canonical(fact)
        yield fact.kind.value, reference, raw, rules.digest(raw)


async def load(settings: Settings, entries: int) -> None:
    url = settings.database.url.reveal().replace("+asyncpg", "")
    connection = await asyncpg.connect(url)
    await connection.copy_records_to_table(
        "ledger_entry", records=made(entries), columns=["kind", "reference", "canonical", "digest"]
    )
    await connection.execute("INSERT INTO ledger_pending SELECT id FROM ledger_entry")
    await connection.execute("ANALYZE")
    await connection.close()


async def seal(settings: Settings, maker: SessionMaker) -> float:
    """Seconds to give every entry its place, with a signature after each batch."""
    start = time.perf_counter()
    placed = 1
    while placed:
        async with transaction(maker) as session:
            placed = await actions.take_places(session, settings.ledger_origin)
        async with transaction(maker) as session:
            await actions.sign_checkpoint(session)
    return time.perf_counter() - start


async def verify(maker: SessionMaker) -> tuple[float, int]:
    start = time.perf_counter()
    async with reading(maker) as reader:
        found = await queries.verify(reader)
    return time.perf_counter() - start, found.problems


async def check_outside(maker: SessionMaker, folder: Path) -> tuple[float, int]:
    async with reading(maker) as reader:
        await write_export(reader, folder)
    start = time.perf_counter()
    run = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-I", str(TOOL), "folder", str(folder)], check=False
    )
    return time.perf_counter() - start, run.returncode


async def measure(entries: int, folder: Path) -> dict[str, Any]:
    settings = read_settings()
    keyring.open(settings.secret_key)
    engine = create_engine(settings.database)
    maker = session_maker(engine)
    await load(settings, entries)
    sealing = await seal(settings, maker)
    verifying, problems = await verify(maker)
    outside, code = await check_outside(maker, folder / "export")
    await engine.dispose()
    return {
        "entries": entries,
        "sealed_per_second": round(entries / sealing),
        "verify_s": round(verifying, 1),
        "outside_s": round(outside, 1),
        "problems": problems + code,
        "met": problems + code == 0
        and entries / sealing >= SEALED_PER_SECOND
        and max(verifying, outside) <= VERIFY_SECONDS_PER_MILLION * max(1, entries / 1_000_000),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, platform(Path(name)) as environment:
        os.environ.update(environment)
        database(["upgrade"], standalone_mode=False)
        result = asyncio.run(measure(options.entries, Path(name)))
    print(json.dumps(result))
    if options.json:
        options.json.write_text(json.dumps(result) + "\n", encoding="utf-8")
    raise SystemExit(0 if result["met"] else 1)


if __name__ == "__main__":
    main()
