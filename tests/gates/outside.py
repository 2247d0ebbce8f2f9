"""Gates that other programs of this repository hold: journeys and the benchmark of lists."""

import asyncio
import json
import re
import sys
import tempfile
from pathlib import Path

from tests.gates.looks import Fault
from tests.gates.report import Gate

P95_LIST, P95_MAP = 100, 200
OFFERS, ROUNDS = 10_000, 12
# J3 and J3b are walked at the desk, J1 and J2 once more without a browser.
COUNTED = (
    "tests/journeys",
    "tests/app/organisations/test_desk.py",
    "tests/app/desk/test_board.py",
    "tests/app/posts/test_drafts_need.py",
    "tests/app/posts/test_drafts_offer.py",
)


async def _python(*arguments: str) -> tuple[int, str]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await child.communicate()
    return child.returncode or 0, output.decode()


async def journeys() -> list[Gate]:
    """Every journey of tests/journeys, counted by its traveller; one click more fails it."""
    code, said = await _python("-m", "pytest", "-n", "0", "-q", *COUNTED, "-p", "no:randomly")
    passed = re.search(r"(\d+) passed", said)
    measured = f"{passed[1] if passed else 0} journeys pass"
    broken = re.findall(r"^FAILED (\S+)", said, re.MULTILINE) or ["pytest tests/journeys"]
    names = ("G6", "all, JavaScript off"), ("G13", "J1-J5 as in ux.md 3")
    return [
        Gate(name, measured, limit, [Fault(name, one, "fails") for one in broken] if code else [])
        for name, limit in names
    ]


async def browsing() -> Gate:
    """Lists and maps of ten thousand offers, as tests/benchmarks/browse measures them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "browse.json"
        sizes = ("--offers", str(OFFERS), "--rounds", str(ROUNDS), "--json", str(file))
        await _python("-m", "tests.benchmarks.browse", *sizes)
        result = json.loads(file.read_text()) if file.exists() else None
    limit = f"{P95_LIST}/{P95_MAP} ms"
    if result is None:
        return Gate("G11", "-", limit, [Fault("G11", "browse", "the benchmark did not end")])
    p95 = {kind: found["p95_ms"] for kind, found in result["kinds"].items()}
    maps = max(p95[kind] for kind in p95 if kind.startswith("map"))
    lists = max(p95[kind] for kind in p95 if not kind.startswith("map"))
    measured = f"{lists:.0f}/{maps:.0f} ms, load {result['load_average']}"
    too_slow = lists > P95_LIST or maps > P95_MAP
    return Gate("G11", measured, limit, [Fault("G11", "browse", measured)] * too_slow)
