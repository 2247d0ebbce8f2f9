"""Collect the pages, show them to browsers, and say of each gate what was measured."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.async_api import Browser, async_playwright

from app.settings import Settings
from tests.conftest import CHROMIUM, QUIET, new_client
from tests.gates import outside, paint, tools, visits, weights, words
from tests.gates.looks import Fault, Looker
from tests.gates.platform import Stage, somebody_first, stage
from tests.gates.pretend import pretending, unasked
from tests.gates.report import Gate
from tests.gates.town import a_town
from tests.gates.visits import STRANGER, Album, Ground, Shown

SIDE_BY_SIDE = 2
LOOKED_AT = {"G5", "G7", "G8", "G9"}
# Public pages that a search leads to; the others stand behind a code or a name.
JUDGED = ("/", "/offers", "/help", "/how-it-works", "/ledger", "/privacy")


@dataclass(frozen=True)
class Wanted:
    """Which gates, in which languages, over which share of the pages."""

    only: set[str]
    languages: tuple[str, ...]
    part: int = 1
    parts: int = 1

    def wants(self, *gates: str) -> bool:
        return bool(self.only & set(gates))

    def share(self, shown: Sequence[Shown]) -> list[Shown]:
        """The same pages on each run, about as many in each part."""
        return [one for one in shown if _drawn(one) % self.parts == self.part - 1]


def _drawn(shown: Shown) -> int:
    return int.from_bytes(hashlib.sha256(shown.name.encode()).digest()[:4], "big")


async def collect(on: Stage, languages: Sequence[str]) -> tuple[Ground, list[Shown]]:
    """Every page of an empty platform and of a lively one."""
    album = Album(languages)
    await on.clear()
    await visits.empty_pages(on.app, on.maker, await somebody_first(on.maker), album)
    await on.clear()
    ground = Ground(on.app, on.maker, await a_town(on.maker))
    await visits.everything(ground, album)
    return ground, album.shown


async def look(
    browsers: Sequence[Browser], on: Stage, shown: Sequence[Shown], wanted: Wanted
) -> list[Looker]:
    """Browsers side by side, each with a pile of its own."""
    waiting = list(shown)
    first = shown[0].language if shown else ""

    async def work(browser: Browser) -> Looker:
        async with new_client(on.app) as client:
            looker = await Looker.in_(browser, client)
            while waiting:
                one = waiting.pop()
                await looker.look(one, deep=one.language == first, axe=wanted.wants("G5"))
            return looker

    return list(await asyncio.gather(*(work(browser) for browser in browsers)))


async def pseudo(browser: Browser, on: Ground, wanted: Wanted) -> Looker:
    """Every page in the pseudo-locale: no word unasked for, and room for longer ones."""
    album = Album(["en"])
    with pretending():
        await visits.refusals(on.app, album)
        for role in (STRANGER, visits.PAPER, *visits.people(on.town)):
            await visits.pages_of(on, role, album)
    async with new_client(on.app) as client:
        looker = await Looker.in_(browser, client)
        for one in wanted.share(album.shown):
            await looker.open(one, width=320)
            looker.note("G7", await looker.ask("overflow"), " in the pseudo-locale")
            looker.note("G8", unasked(await looker.ask("unmarked")), " in the pseudo-locale")
        return looker


async def heavy(browser: Browser, on: Ground, shown: Sequence[Shown]) -> list[Gate]:
    """G1 to G3 over a real port."""
    first = [one for one in shown if one.method == "GET" and one.status == 200]
    first = [one for one in first if one.language == first[0].language]
    cookies = {}
    for role in visits.people(on.town):
        async with visits.browser(on, role) as client:
            cookies[role] = client.cookies["sid"]
    async with weights.served(on.app) as address:
        scales = await weights.weigh_all(browser, address, first, cookies)
        await weights.weigh_fragments(address, scales)
    style, scripts = weights.own_files()
    large = style > weights.STYLE_BYTES or scripts > weights.SCRIPT_BYTES
    files = [Fault("G3", "app/static", f"{style} and {scripts} bytes")] * large
    cold = ", ".join(f"{kind} {kb:.1f}/{n}" for kind, (kb, n) in scales.heaviest.items())
    limits = ", ".join(f"{kind} {kb:.0f}/{n}" for kind, _, kb, n in weights.COLD)
    by = {name: [one for one in scales.faults if one.gate == name] for name in ("G1", "G2", "G3")}
    return [
        Gate("G1", cold, limits, by["G1"]),
        Gate("G2", f"{scales.warmest:.1f}, {scales.fragment:.1f} KB", "6, 3 KB", by["G2"]),
        Gate("G3", f"css {style}, js {scripts} bytes", "8192, 20480; own host", by["G3"] + files),
    ]


async def fast(browser: Browser, on: Stage) -> Gate:
    """G4: Lighthouse on a phone, and the first words on a slow line."""
    faults: list[Fault] = []
    least = dict.fromkeys(tools.CATEGORIES, 100.0) | {"shift": 0.0}
    slowest = 0.0
    async with weights.served(on.app) as address:
        for path in JUDGED:
            scores = await tools.lighthouse(f"{address}/fr{path}")
            faults += tools.judge(path, scores)
            least = {k: (max if k == "shift" else min)(least[k], scores[k]) for k in least}
            seconds = await paint.first_paint(browser, f"{address}/fr{path}")
            slowest = max(slowest, seconds)
            if seconds > paint.MOST_SECONDS:
                faults.append(Fault("G4", path, f"first words after {seconds:.2f} s"))
    told = "/".join(f"{least[name]:.0f}" for name in tools.CATEGORIES)
    measured = f"{told}, CLS {least['shift']:.3f}, FCP {slowest:.2f} s"
    return Gate("G4", measured, "95 (map 90)/100/100/95, CLS 0.05, FCP 1.5 s", faults)


def _looked(lookers: Sequence[Looker], wanted: Wanted, more: Sequence[Fault]) -> list[Gate]:
    limits = {
        "G5": "0 violations",
        "G7": "0 px",
        "G8": "100 %, 0 unasked",
        "G9": "44/24 px, 10 stops",
    }
    faults = [*more, *(fault for looker in lookers for fault in looker.faults)]
    gates = []
    for name in sorted(LOOKED_AT & wanted.only):
        own = [one for one in faults if one.gate == name]
        looks = sum(looker.counted[name] for looker in lookers)
        gates.append(Gate(name, f"{len(own)} faults in {looks} looks", limits[name], own))
    return gates


def _long(wanted: Wanted) -> list[Gate]:
    if not wanted.wants("G10"):
        return []
    found, faults = words.lengths()
    measured = ", ".join(f"{one} {mean:.1f}/{most}" for one, (mean, most) in found.items())
    return [Gate("G10", measured, "12/20 words", faults)]


async def _in_browsers(on: Stage, wanted: Wanted) -> list[Gate]:
    ground, shown = await collect(on, wanted.languages)
    mine, found = wanted.share(shown), []
    if wanted.wants("G12"):
        wrong = await tools.validate(mine)
        found.append(Gate("G12", f"{len(wrong)} remarks on {len(mine)} pages", "0", wrong))
    async with async_playwright() as playwright:
        start = playwright.chromium.launch
        browsers = [await start(executable_path=CHROMIUM, args=QUIET) for _ in range(SIDE_BY_SIDE)]
        if wanted.wants("G1", "G2", "G3"):
            found += await heavy(browsers[0], ground, mine)
        if wanted.wants("G4"):
            found.append(await fast(browsers[0], on))
        if wanted.wants(*LOOKED_AT):
            lookers = await look(browsers, on, mine, wanted)
            lookers.append(await pseudo(browsers[0], ground, wanted))
            found += _looked(lookers, wanted, words.catalogues())
        for browser in browsers:
            await browser.close()
    return found


async def gates(settings: Settings, wanted: Wanted) -> list[Gate]:
    """Every gate that is wanted, in their order."""
    found = _long(wanted)
    if wanted.wants("G1", "G2", "G3", "G4", "G12", *LOOKED_AT):
        async with stage(settings) as on:
            found += await _in_browsers(on, wanted)
    if wanted.wants("G6", "G13"):
        found += [one for one in await outside.journeys() if one.name in wanted.only]
    if wanted.wants("G11"):
        found.append(await outside.browsing())
    return sorted(found, key=lambda gate: int(gate.name[1:]))
