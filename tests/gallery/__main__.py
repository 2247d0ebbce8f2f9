"""Take a picture of every page and state, and lay them out to be looked at.

    python -m tests.gallery DIR [--languages fr,ar] [--share 1/8]

Each page stands at 360 and 1280 px, light and dark; DIR/index.html shows all of them. Pages and
states are those that the gates discover.
"""

import argparse
import asyncio
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from playwright.async_api import async_playwright

from app.settings import Settings
from tests.conftest import CHROMIUM, QUIET, new_client
from tests.gates.looks import Looker
from tests.gates.measure import Wanted, collect
from tests.gates.platform import servers, stage
from tests.gates.visits import Shown

WIDTHS = {360: 740, 1280: 900}
SCHEMES = ("light", "dark")
# What is longer is cut: the contact sheet shows how a page begins, the file has room for more.
TALLEST = 6_000
STYLE = """body{font:15px system-ui;margin:24px;background:#ddd}
section{display:inline-block;vertical-align:top;margin:0 16px 24px 0;inline-size:190px}
img{inline-size:190px;max-block-size:420px;object-fit:cover;object-position:top;display:block}
h2{font-size:12px;overflow-wrap:anywhere;margin:0 0 4px}"""


@dataclass(frozen=True)
class Picture:
    """One file of the gallery and what it shows."""

    file: str
    title: str


def file_name(number: int, shown: Shown, width: int, scheme: str) -> str:
    path = re.sub(r"[^a-z0-9]+", "-", shown.path.lower()).strip("-")[:40] or "home"
    return f"{number:04}-{path}-{shown.role}-{shown.language}-{width}-{scheme}.png"


async def take(looker: Looker, number: int, shown: Shown, folder: Path) -> list[Picture]:
    """One page in each width and scheme."""
    pictures = []
    for width, height in WIDTHS.items():
        await looker.open(shown, width)
        for scheme in SCHEMES:
            await looker.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # both are
            tall = await looker.page.evaluate("document.documentElement.scrollHeight")
            await looker.page.set_viewport_size(
                {"width": width, "height": max(height, min(int(tall), TALLEST))}
            )
            name = file_name(number, shown, width, scheme)
            await looker.page.screenshot(path=folder / name)
            pictures.append(Picture(name, f"{shown.name} {width} {scheme}"))
    return pictures


def contact_sheet(pictures: Sequence[Picture]) -> str:
    parts = [
        f'<section><h2>{escape(one.title)}</h2><a href="{one.file}">'
        f'<img loading="lazy" src="{one.file}" alt=""></a></section>'
        for one in pictures
    ]
    head = '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Gallery</title>'
    return f"{head}<style>{STYLE}</style><h1>{len(pictures)} pictures</h1>{''.join(parts)}</html>"


async def paint(settings: Settings, wanted: Wanted, folder: Path) -> int:
    async with stage(settings) as on, async_playwright() as playwright, new_client(on.app) as files:
        _, shown = await collect(on, wanted.languages)
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        looker = await Looker.in_(browser, files)
        pictures: list[Picture] = []
        for number, one in enumerate(wanted.share(shown)):
            pictures += await take(looker, number, one, folder)
        await browser.close()
    (folder / "index.html").write_text(contact_sheet(pictures), encoding="utf-8")
    return len(pictures)


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--languages", default="fr,ar")
    parser.add_argument("--share", default="1/1", help="1/8: every eighth page")
    asked = parser.parse_args(words)
    asked.folder.mkdir(parents=True, exist_ok=True)
    part, parts = (int(one) for one in asked.share.split("/"))
    wanted = Wanted(set(), tuple(asked.languages.split(",")), part, parts)
    with tempfile.TemporaryDirectory() as home, servers(Path(home)) as settings:
        many = asyncio.run(paint(settings, wanted, asked.folder))
    print(f"{many} pictures: {asked.folder / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
