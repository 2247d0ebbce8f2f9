"""Checkers that come through npm: what they say of pages, in our words."""

import asyncio
import json
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.conftest import CHROMIUM, QUIET
from tests.gates.looks import Fault
from tests.gates.visits import Shown

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(ld\+)?json\")[^>]*>|\son[a-z]+=\"|javascript:",
    re.IGNORECASE,
)
# Lighthouse's categories and the least that each must reach, of 100; maps may be slower.
CATEGORIES = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 95}
MAP_PERFORMANCE = 90
MOST_SHIFT = 0.05


def missing() -> str | None:
    """Why the tools cannot run here; None where they can."""
    if shutil.which("node") is None:
        return "no node on this machine"
    if not (MODULES / "axe-core").exists():
        return "tools not installed: run `npm ci` in tests/gates"
    return None


async def _node(*arguments: str) -> str:
    child = await asyncio.create_subprocess_exec(
        "node", *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "CHROME_PATH": CHROMIUM or ""},
    )  # fmt: skip
    output, _ = await child.communicate()
    return output.decode()


async def validate(shown: Sequence[Shown]) -> list[Fault]:
    """What html-validate says of these pages; and scripts or policies that let words act."""
    faults = []
    for one in shown:
        faults += [
            Fault("G12", one.name, f"inline: {found[0][:60]}")
            for found in INLINE.finditer(one.html)
        ]
        policy = one.headers.get("content-security-policy", "")
        scripts = next((part for part in policy.split(";") if "script-src" in part), "")
        if not scripts or "unsafe" in scripts:
            faults.append(Fault("G12", one.name, f"policy {scripts or 'lacks script-src'}"))
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, one in enumerate(shown):
            path = Path(folder) / f"{number}.html"
            path.write_text(one.html, encoding="utf-8")
            names[path.name] = one.name
        program = str(MODULES / "html-validate" / "bin" / "html-validate.mjs")
        config = str(HERE / "html-validate.json")
        written = Path(folder) / "said.json"
        await _node(program, "--config", config, "--formatter", f"json={written}", folder)
        said = json.loads(written.read_text(encoding="utf-8")) if written.exists() else None
    assert said is not None, "html-validate wrote nothing"
    for result in said:
        name = names[Path(result["filePath"]).name]
        for message in result["messages"]:
            what = f"{message['ruleId']}: {message['message']} ({message.get('selector') or ''})"
            faults.append(Fault("G12", name, what))
    return faults


async def lighthouse(address: str) -> dict[str, float]:
    """Scores of 100 by category, and the layout shift, of one page on a slow phone."""
    program = str(MODULES / "lighthouse" / "cli" / "index.js")
    flags = " ".join(["--headless=new", *QUIET])
    only = ",".join(CATEGORIES)
    said = await _node(
        program, address, "--quiet", "--output=json", f"--chrome-flags={flags}",
        f"--only-categories={only}", "--no-enable-error-reporting",
    )  # fmt: skip
    report: dict[str, Any] = json.loads(said)
    scores: dict[str, float] = {
        name: 100 * (report["categories"][name]["score"] or 0) for name in CATEGORIES
    }
    audits = report["audits"]
    scores["shift"] = float(audits["cumulative-layout-shift"]["numericValue"])
    return scores


def judge(path: str, scores: dict[str, float]) -> list[Fault]:
    faults = []
    for name, least in CATEGORIES.items():
        limit = MAP_PERFORMANCE if name == "performance" and "/map" in path else least
        if round(scores[name]) < limit:
            faults.append(Fault("G4", path, f"{name} {scores[name]:.0f} of {limit}"))
    if scores["shift"] > MOST_SHIFT:
        faults.append(Fault("G4", path, f"moves by {scores['shift']:.3f}"))
    return faults
