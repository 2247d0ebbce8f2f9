"""How long until everything open is planned and proposed, by two workers, while people browse.

    python -m tests.benchmarks.rebalance --posts 100000 --json FILE

Nothing has been proposed before: this is the largest plan that can ever have to be written.
Everybody has an address, so every proposal writes two notices and their letters.
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
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select, text

from app.accounts.models import Contact
from app.cli.database import database
from app.crypto import keyring
from app.db import Session, SessionMaker, reading, session_maker, transaction
from app.embedded import platform
from app.embedded.folder import free_port
from app.outbox import Job, JobRow
from app.proposals.models import Proposal, Shard
from app.settings import read_settings
from tests.benchmarks.browse import QUERIES, ask, percentiles, until_ready
from tests.benchmarks.publish import load, open_for_loading

SEED = 20_261_120
CALM_ROUNDS = 8
TARGET_S = 60
TARGET_P95_MS = 250
LONGEST_S = 600


async def load_contacts(session: Session) -> None:
    """One address, sealed once, for everybody."""
    first = await session.scalar(text("SELECT min(id) FROM person"))
    contact = Contact(person_id=first, kind="email", value="a@example.org", lookup=b"first")
    session.add(contact)
    await session.flush()
    await session.execute(
        text(
            "INSERT INTO contact (person_id, kind, value, lookup, verified_at) "
            "SELECT person.id, 'email', value, sha256(person.id::text::bytea), now() "
            "FROM person, contact"
        )
    )


async def is_done(maker: SessionMaker) -> bool:
    """Every shard that was asked for has been planned since."""
    async with reading(maker) as reader:
        waiting = await reader.scalar(
            select(func.count()).where(Shard.planned_at.is_(None)).select_from(Shard)
        )
        return bool(await reader.scalar(select(func.count(Shard.id)))) and waiting == 0


async def browse(client: httpx.Client, draw: random.Random, rounds: int) -> list[float]:
    times = []
    for _ in range(rounds):
        for kind, query in QUERIES.items():
            times.append(await asyncio.to_thread(ask, client, kind, query(draw)))
    return times


async def figures(maker: SessionMaker) -> dict[str, Any]:
    """From the moment of asking to the end of the last shard, by the database's clock."""
    async with reading(maker) as reader:
        asked = await reader.scalar(select(func.min(Shard.asked_at)))
        ended = await reader.scalar(
            select(func.max(JobRow.done_at)).where(JobRow.kind == Job.BALANCE_SHARD.value)
        )
        count = await reader.scalar(select(func.count()).select_from(Proposal))
        twice = await reader.scalar(
            text(
                "SELECT count(*) FROM (SELECT FROM proposal GROUP BY need_id, offer_id "
                "HAVING count(*) > 1) doubled"
            )
        )
        refused = await reader.scalar(select(func.sum(Shard.refused)))
        shards = await reader.scalar(select(func.count()).select_from(Shard))
    assert asked is not None
    assert ended is not None
    return {
        "shards": shards,
        "seconds": round((ended - asked).total_seconds(), 1),
        "proposals": count,
        "refused": refused,
        "pairs_twice": twice,
    }


async def measure(posts: int, workers: int) -> dict[str, Any]:
    settings = read_settings()
    keyring.open(settings.secret_key)
    engine = open_for_loading(settings.database)
    maker = session_maker(engine)
    async with transaction(maker) as session:
        await load(session, posts, helpers=max(10, posts // 3))
        await load_contacts(session)
    async with transaction(maker) as session:
        await session.execute(text("ANALYZE"))
    port, draw = free_port(), random.Random(SEED)  # noqa: S311 - a reproducible benchmark
    run = [sys.executable, "-m", "app.cli.main", "run", "--port", str(port)]
    started = [subprocess.Popen(run)]  # noqa: ASYNC220, S603 - our own interpreter
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            await asyncio.to_thread(until_ready, client)
            await browse(client, draw, 2)
            calm = await browse(client, draw, CALM_ROUNDS)
            plans = [sys.executable, "-m", "workers", "plans"]
            started += [subprocess.Popen(plans) for _ in range(workers)]  # noqa: ASYNC220, S603 - our own interpreter
            busy, latest = [], time.monotonic() + LONGEST_S
            while not await is_done(maker) and time.monotonic() < latest:
                busy += await browse(client, draw, 1)
        await asyncio.sleep(1)
        return {
            "posts": posts,
            "workers": workers,
            **await figures(maker),
            "browse_calm": percentiles(calm),
            "browse_busy": percentiles(busy),
        }
    finally:
        for process in started:
            process.terminate()
        for process in started:
            await asyncio.to_thread(end, process)
        await engine.dispose()


def end(process: subprocess.Popen[bytes]) -> None:
    """Everything is measured: one that does not leave by itself is put out."""
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, platform(Path(folder)) as environment:
        os.environ.update(environment)
        database(["upgrade"], standalone_mode=False)
        result = asyncio.run(measure(options.posts, options.workers))
    result["load_average"] = round(os.getloadavg()[0], 1)
    result["met"] = (
        result["seconds"] <= TARGET_S
        and result["pairs_twice"] == 0
        and result["browse_busy"]["p95_ms"] <= TARGET_P95_MS
    )
    print(json.dumps(result))
    if options.json:
        options.json.write_text(json.dumps(result) + "\n", encoding="utf-8")
    sys.exit(0 if result["met"] else 1)


if __name__ == "__main__":
    main()
