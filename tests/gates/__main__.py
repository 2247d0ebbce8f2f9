"""Measure every gate of the interface in a real browser, over every page and state.

    python -m tests.gates --json FILE [--only G5,G7] [--languages fr,ar] [--share 1/8]

Ends with 0 only if all gates pass. Pages are found in the application's own table of routes. A
share is every eighth page, chosen by its name: for a quick look, never for a verdict.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from app.i18n import LANGUAGES
from app.settings import Settings
from tests.gates import measure
from tests.gates.platform import servers
from tests.gates.report import NAMES, Gate, table, worst, write
from tests.gates.tools import missing


def options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", default=",".join(NAMES), help="gates, with commas between")
    parser.add_argument("--languages", default=",".join(LANGUAGES))
    parser.add_argument("--share", default="1/1", help="1/8: every eighth page")
    return parser.parse_args(words)


def run(asked: argparse.Namespace, settings: Settings) -> list[Gate]:
    only, languages = set(asked.only.split(",")), tuple(asked.languages.split(","))
    part, parts = (int(one) for one in asked.share.split("/"))
    wanted = measure.Wanted(only, languages, part, parts)
    return asyncio.run(measure.gates(settings, wanted))


def main(words: Sequence[str]) -> int:
    asked = options(words)
    if why := missing():
        print(f"The gates need their tools: {why}")
        return 2
    with tempfile.TemporaryDirectory() as folder, servers(Path(folder)) as settings:
        found = run(asked, settings)
    print(worst(found), table(found), sep="\n\n")
    if asked.json:
        about = {"languages": asked.languages, "share": asked.share, "load": os.getloadavg()[0]}
        write(asked.json, found, about)
    return 0 if all(gate.is_open for gate in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
