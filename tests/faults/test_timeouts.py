"""Nothing waits for ever: every client has its limit, and silent lines are left in time."""

import ast
import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from app.db import create_engine, session_maker, transaction
from app.settings import Secret, Settings
from tests.faults.platform import through
from tests.faults.proxy import Wire
from workers import queue

# Whoever opens a line to somebody else, and the words that limit it.
NEEDED = {
    "AsyncClient": {"timeout"},
    "Client": {"timeout"},
    "connect": {"timeout"},  # asyncpg
    "urlopen": {"timeout"},
    "create_connection": {"timeout"},
    "Nominatim": {"timeout"},
    "ArqRedis": {"socket_timeout", "socket_connect_timeout"},
    "send": {"timeout"},  # aiosmtplib
    "HTTPConnection": {"timeout"},
}
MODULES = {"connect": "asyncpg", "send": "aiosmtplib", "Client": "httpx"}


def without_limit(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        owner = getattr(getattr(node.func, "value", None), "id", "")
        name = name or getattr(node.func, "id", "")
        if name not in NEEDED or MODULES.get(name, owner) != owner:
            continue
        if missing := NEEDED[name] - {one.arg for one in node.keywords if one.arg}:
            yield f"line {node.lineno}: {name} without {', '.join(sorted(missing))}"


def test_every_client_has_its_limit() -> None:
    sources = [path for place in ("app", "workers") for path in Path(place).rglob("*.py")]
    found = {str(path): list(without_limit(path.read_text())) for path in sources}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_control_a_client_without_limit_is_seen() -> None:
    source = "httpx.AsyncClient()\nasyncpg.connect('there')\nArqRedis(socket_timeout=1)"
    assert len(list(without_limit(source))) == 3


async def test_the_database_ends_what_lasts_too_long(settings: Settings) -> None:
    engine = create_engine(settings.database)
    limits = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    async with transaction(session_maker(engine)) as session:
        shown = [await session.scalar(text(f"SHOW {limit}")) for limit in limits]
    await engine.dispose()
    assert shown == ["10s", "2s", "15s"]


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire() as wire:
        yield wire


async def test_a_silent_database_is_left_in_time(settings: Settings, wire: Wire) -> None:
    url = settings.database.url.reveal()
    wire.to = urlsplit(url).port or 0
    wired = Secret(through(url, wire.port))
    engine = create_engine(replace(settings.database, url=wired, statement_timeout_ms=100))
    maker = session_maker(engine)
    async with transaction(maker) as session:
        await session.execute(text("SELECT 1"))
    wire.hold()
    began = time.monotonic()
    with pytest.raises((OSError, TimeoutError)):
        async with asyncio.timeout(20), transaction(maker) as session:
            await session.execute(text("SELECT 1"))
    assert time.monotonic() - began < 15  # its own limits, not the test's
    wire.close()
    await wire.mend()
    async with transaction(maker) as session:
        assert await session.scalar(text("SELECT 1")) == 1
    await engine.dispose()


async def test_a_silent_queue_is_left_in_time(
    settings: Settings, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "ANSWER_SECONDS", 0.3)
    url = settings.redis_url.reveal()
    wire.to = urlsplit(url).port or 0
    reached = queue.open_queue(replace(settings, redis_url=Secret(through(url, wire.port))))
    assert await reached.ping()
    wire.hold()
    waiting = asyncio.ensure_future(reached.ping())
    await asyncio.sleep(0.5)
    wire.close()
    await wire.mend()
    assert await asyncio.wait_for(waiting, 10)
    await reached.aclose()
