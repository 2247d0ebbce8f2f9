"""`solidare match` answers without a running worker, and the web never loads the engine's parts."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from app import i18n
from app.cli.match import match
from app.db import SessionMaker, reading, transaction
from app.proposals.models import Proposal
from tests.factories.posts import a_need, an_author, an_offer

HEAVY = ("numba", "scipy", "ortools", "llvmlite")
MOST_SECONDS, MOST_MB = 3.0, 150
START = """
import resource, sys
from app.main import create_app
create_app()
used = resource.getrusage(resource.RUSAGE_SELF)
heavy = [name for name in sys.argv[1:] if name in sys.modules]
print(used.ru_utime + used.ru_stime, int(open("/proc/self/statm").read().split()[1]) * 4 / 1024,
      ",".join(heavy))
"""


async def solidare(
    servers: dict[str, str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> Result:
    for name, value in servers.items():
        monkeypatch.setenv(name, value)
    with i18n.speaking("en"):
        return await asyncio.to_thread(CliRunner().invoke, match, list(arguments))


async def test_a_plan_is_shown_then_made(
    maker: SessionMaker,
    servers: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    async with transaction(maker) as session:
        for number in range(7):
            await a_need(session, await an_author(session, f"N{number}"), places=1)
            await an_offer(session, await an_author(session, f"O{number}"), places=1)
    folder = ("--folder", str(tmp_path))
    shown = await solidare(servers, monkeypatch, "plan", *folder, "--dry-run", "--json")
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.output.splitlines()[-1])
    assert told["totals"]["served"] == 7
    assert told["totals"]["waiting"] == 0
    assert told["categories"][0]["category"] == "food.meal"
    async with reading(maker) as reader:
        assert await reader.scalar(select(func.count()).select_from(Proposal)) == 0
    made = await solidare(servers, monkeypatch, "plan", *folder)
    assert made.exit_code == 0, made.output
    async with reading(maker) as reader:
        assert (await reader.scalar(select(func.count()).select_from(Proposal)) or 0) >= 7
    refused = await solidare(servers, monkeypatch, "revert", *folder)
    assert refused.exit_code == 1
    assert "set by hand" in refused.output


@pytest.fixture
def light(servers: dict[str, str]) -> tuple[float, float, str]:
    """Seconds of processor, megabytes, and heavy parts of a process that serves pages."""
    ended = subprocess.run(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-c", START, *HEAVY],
        env={**os.environ, **servers},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, megabytes, heavy = ended.stdout.splitlines()[-1].split(" ")
    return float(seconds), float(megabytes), heavy


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_the_web_stays_light(light: tuple[float, float, str]) -> None:
    seconds, megabytes, heavy = light
    assert heavy == ""
    assert megabytes <= MOST_MB
    assert seconds <= 2 * MOST_SECONDS, "twice the target: processors of test machines are shared"
