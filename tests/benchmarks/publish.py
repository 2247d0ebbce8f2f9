"""How long from publishing a need to its first proposal, with many open posts and one worker.

    python -m tests.benchmarks.publish --posts 100000 --needs 200 --json FILE

The posts are spread over Brussels and its belt by the real cells; needs are published one after
the other through the same action as the pages, each waits for its first proposal.
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
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.accounts.rules import Visitor
from app.cli.database import database
from app.crypto import keyring
from app.db import Session, SessionMaker, create_engine, session_maker, transaction
from app.embedded import platform
from app.posts.actions import publish
from app.posts.rules import CATEGORIES, PlaceDraft, PostDraft, PostKind, Urgency
from app.settings import DatabaseSettings, read_settings
from app.territories.geocoder.gazetteer import find_places

SEED = 20_261_120
WAIT_SECONDS = 30
MATCHABLE = [one for one in CATEGORIES if not one.is_hosting]
LANGUAGES = ("fr", "nl", "en", "ar")


# Filling a million rows is one statement.
PATIENCE_MS = 1_800_000


def open_for_loading(settings: DatabaseSettings) -> AsyncEngine:
    """Past every wall, and with time for statements that no visitor would be given."""
    return create_engine(replace(settings, statement_timeout_ms=PATIENCE_MS), at_work=True)


async def load(session: Session, posts: int, helpers: int) -> None:
    """Open posts in bulk: three offers to two needs, Gaussian around the centre of Brussels."""
    await session.execute(text("SELECT setseed(0.42)"))
    await session.execute(
        text(
            "INSERT INTO person (name, language, languages) "
            "SELECT 'P' || n, 'fr', '{fr}' FROM generate_series(1, :people) n"
        ),
        {"people": helpers},
    )
    await session.execute(
        text(
            "INSERT INTO place (cell_row, cell_column, lat, lon, nis, name_fr, name_nl) "
            "VALUES (5593, 14000, 50.85, 4.35, '21004', 'Bruxelles', 'Brussel')"
        )
    )
    await session.execute(
        text(
            "INSERT INTO post (code, kind, category, author_id, place_id, lat, lon, note_language, "
            "languages, radius_km, remote, places, unit, urgency, published_at, confirmed_at, "
            "attested_at, waiting_since, ends_at) "
            "SELECT 'b' || n, CASE WHEN n % 5 < 3 THEN 'offer' ELSE 'need' END, "
            "(CAST(:numbers AS int[]))[k], "
            "(SELECT min(id) FROM person) + floor(random() * :people), "
            "(SELECT min(id) FROM place), "
            "50.85 + 0.09 * sqrt(-2 * ln(random() + 1e-9)) * cos(2 * pi() * random()), "
            "4.35 + 0.14 * sqrt(-2 * ln(random() + 1e-9)) * cos(2 * pi() * random()), 'fr', "
            "ARRAY[(ARRAY['fr', 'nl', 'en', 'ar'])[1 + floor(random() * 4)], 'fr'], "
            "(CAST(:radius AS float[]))[k], random() < 0.2, 1 + floor(random() * 4), 'visits', "
            "floor(random() * 3), now() - random() * interval '20 days', "
            "now(), now(), now() - random() * interval '5 days', "
            "now() + interval '30 days' "
            "FROM (SELECT n, 1 + floor(random() * :kinds)::int AS k "
            "FROM generate_series(1, :posts) n) numbered"
        ),
        {
            "posts": posts,
            "people": helpers - 1,
            "kinds": len(MATCHABLE),
            "numbers": [one.number for one in MATCHABLE],
            "radius": [float(one.radius_km or 0) for one in MATCHABLE],
        },
    )


def a_draft(draw: random.Random) -> PostDraft:
    """A need somewhere in the nineteen communes."""
    found = find_places(draw.choice(["1000", "1030", "1050", "1060", "1070", "1080", "1190"]))[0]
    category = draw.choice(MATCHABLE)
    return PostDraft(
        kind=PostKind.NEED,
        category=category.number,
        place=PlaceDraft(found.lat, found.lon, found.municipality_nis, found.postcode),
        places=draw.choice([1, 1, 2]),
        languages=("fr", draw.choice(LANGUAGES[1:])),
        urgency=draw.choice(list(Urgency)),
    )


async def one_need(maker: SessionMaker, draw: random.Random) -> float | None:
    """Milliseconds from the commit of the need to the commit of its first proposal."""
    async with transaction(maker) as session:
        author = (
            await session.execute(
                text("INSERT INTO person (name, language) VALUES ('N', 'fr') RETURNING id")
            )
        ).scalar_one()
        post = await publish(session, Visitor(author, "N", "fr"), a_draft(draw))
        need_id = post.id
    start = time.perf_counter()
    while time.perf_counter() - start < WAIT_SECONDS:
        async with transaction(maker) as session:
            seen = await session.execute(
                text(
                    "SELECT EXISTS (SELECT FROM proposal WHERE need_id = :id), EXISTS (SELECT FROM "
                    "job WHERE kind = 'find_pairings' AND ref = :id AND done_at IS NOT NULL)"
                ),
                {"id": need_id},
            )
            proposed, looked = seen.one()
        if proposed:
            return 1000 * (time.perf_counter() - start)
        if looked:
            return None
        await asyncio.sleep(0.004)
    return float("inf")


def summary(posts: int, times: list[float | None], load_s: float) -> dict[str, Any]:
    found = sorted(one for one in times if one is not None)
    at = {name: found[min(len(found) - 1, int(share * len(found)))] for name, share in
          (("p50_ms", 0.5), ("p95_ms", 0.95), ("p99_ms", 0.99))} if found else {}  # fmt: skip
    return {
        "posts": posts,
        "needs": len(times),
        "proposed": len(found),
        "load_s": round(load_s, 1),
        **{name: round(value, 1) for name, value in at.items()},
    }


async def measure(posts: int, needs: int) -> dict[str, Any]:
    settings = read_settings()
    keyring.open(settings.secret_key)
    engine = open_for_loading(settings.database)
    maker = session_maker(engine)
    start = time.perf_counter()
    async with transaction(maker) as session:
        await load(session, posts, helpers=max(10, posts // 3))
    async with transaction(maker) as session:
        await session.execute(text("ANALYZE"))
    load_s = time.perf_counter() - start
    draw = random.Random(SEED)  # noqa: S311 - a reproducible benchmark
    worker = subprocess.Popen([sys.executable, "-m", "workers"], stderr=subprocess.DEVNULL)  # noqa: ASYNC220 - our own interpreter
    try:
        for _ in range(5):
            await one_need(maker, draw)
        times = [await one_need(maker, draw) for _ in range(needs)]
    finally:
        worker.terminate()
        worker.wait(timeout=20)
        await engine.dispose()
    return summary(posts, times, load_s)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--needs", type=int, default=200)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, platform(Path(folder)) as environment:
        os.environ.update(environment)
        database(["upgrade"], standalone_mode=False)
        result = asyncio.run(measure(options.posts, options.needs))
    line = json.dumps(result)
    print(line)
    if options.json:
        options.json.write_text(line + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
