"""One page after the other in a real browser: whether everybody can read it on every screen."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, Page, Route

from tests.gates.visits import Shown

HERE = Path(__file__).parent
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
LOOKS = (HERE / "looks.js").read_text(encoding="utf-8").partition("\n")[2]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async (rules) => (await axe.run(document, {
  runOnly: rules, resultTypes: ["violations"], elementRef: false,
})).violations.flatMap((one) => one.nodes.slice(0, 2).map((at) => `${one.id} at ${at.target}`))"""
BY_TAG = {"type": "tag", "values": TAGS}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
# WCAG 1.4.12: what a reader may set without losing anything.
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
word-spacing: .16em !important; } p { margin-block-end: 2em !important; }"""
NARROWEST, PHONE, DESKTOP = 320, 360, 1280
SCRIPTS = {"ar": r"[\u0600-\u06ff]", "uk": r"[\u0400-\u04ff]"}
RIGHT_TO_LEFT = ("ar",)
# Short words that each language uses all the time and its neighbours do not.
COMMON = {
    "fr": "le la les des une est vous pour dans avec sur qui votre vos ne pas",
    "nl": "het een van voor met je jouw niet bij wie dat geen zijn wordt of",
    "en": "the of and you for with is your to who this that not by",
    "pt": "os as uma para com não que em seu sua quem por mais ajuda",
}
ENOUGH_WORDS = 60


@dataclass(frozen=True)
class Fault:
    """Something wrong on one page, by the gate that forbids it."""

    gate: str
    page: str
    what: str


@dataclass
class Looker:
    """A browser page that shows answers of the application and looks at them."""

    page: Page
    client: httpx.AsyncClient
    shown: Shown | None = None
    files: dict[str, httpx.Response] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)

    @classmethod
    async def in_(cls, browser: Browser, client: httpx.AsyncClient) -> "Looker":
        context = await browser.new_context(bypass_csp=True, reduced_motion="reduce")
        looker = cls(await context.new_page(), client)
        await looker.page.route("**/*", looker._answer)
        return looker

    async def _answer(self, route: Route) -> None:
        """No port: the document is the one collected, its files come from the application."""
        request = route.request
        if request.is_navigation_request() and self.shown is not None:
            await route.fulfill(
                status=self.shown.status, content_type="text/html", body=self.shown.html
            )
            return
        if "/static/" not in request.url:
            await route.abort()
            return
        if request.url not in self.files:
            self.files[request.url] = await self.client.get(request.url)
        got = self.files[request.url]
        await route.fulfill(
            status=got.status_code,
            content_type=got.headers.get("content-type", "text/plain"),
            body=got.content,
        )

    async def open(self, shown: Shown, width: int = PHONE) -> None:
        self.shown = shown
        await self.page.set_viewport_size({"width": width, "height": 740})
        await self.page.goto(shown.url, wait_until="load")
        await self.page.evaluate(f"window.looks = ({LOOKS.strip()})()")

    async def ask(self, what: str) -> Any:  # noqa: ANN401 - whatever the page tells
        return await self.page.evaluate(f"looks.{what}()")

    def note(self, gate: str, what: Sequence[str], where: str = "") -> None:
        self.counted[gate] += 1
        name = self.shown.name if self.shown else ""
        self.faults += [Fault(gate, f"{name}{where}", one) for one in what]

    async def look(self, shown: Shown, *, deep: bool, axe: bool) -> None:
        """Everything that is looked at; `deep` adds what does not depend on the language."""
        await self.open(shown, NARROWEST)
        await self._fits()
        await self.page.set_viewport_size({"width": PHONE, "height": 740})
        self.note("G9", await self.ask("targets"))
        self.note("G9", await self.ask("stops"))
        self.note("G8", own_language(shown.language, await self.ask("words")))
        if deep:
            await self._deep()
        if axe:
            await self._axe(deep=deep)

    async def _fits(self) -> None:
        """At 320 px, which is also a screen of 1280 px at 400 %; and with the text spread out."""
        self.note("G7", await self.ask("overflow"), " at 320 px")
        self.note("G7", await self.ask("heads"))
        style = await self.page.add_style_tag(content=SPACED)
        spread = await self.ask("overflow") + await self.ask("cut")
        self.note("G7", spread, " at 320 px, text spaced")
        await style.evaluate("(one) => one.remove()")

    async def _deep(self) -> None:
        await self.page.emulate_media(forced_colors="active")
        self.note("G7", await self.ask("edges"), " in forced colours")
        await self.page.emulate_media(forced_colors="none")
        await self.page.keyboard.press("Tab")
        self.note("G9", await self.ask("focus"), " by keyboard")

    async def _axe(self, *, deep: bool) -> None:
        await self.page.add_script_tag(path=AXE)
        self.note("G5", await self.page.evaluate(RUN_AXE, BY_TAG), " at 360 px")
        if deep:
            await self.page.emulate_media(color_scheme="dark")
            self.note("G5", await self.page.evaluate(RUN_AXE, CONTRAST), " in the dark")
            await self.page.emulate_media(color_scheme="light")
        await self.page.set_viewport_size({"width": DESKTOP, "height": 900})
        self.note("G5", await self.page.evaluate(RUN_AXE, BY_TAG), " at 1280 px")
        self.note("G7", await self.ask("overflow"), " at 1280 px")


def own_language(language: str, told: dict[str, str]) -> list[str]:
    """A page says its language and side, and is in it: by script, or by its commonest words."""
    wrong = []
    if told["lang"] != language:
        wrong.append(f"says it is in {told['lang']!r}")
    side = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    if told["dir"] != side:
        wrong.append(f"runs {told['dir']!r}")
    letters = re.findall(r"[^\W\d_]", told["words"])
    if language in SCRIPTS:
        share = len(re.findall(SCRIPTS[language], told["words"])) / max(1, len(letters))
        return wrong + [f"only {share:.0%} of its letters are its own"] * (share < 0.7)
    words = Counter(re.findall(r"\w+", told["words"].lower()))
    if sum(words.values()) >= ENOUGH_WORDS:
        score = {one: sum(words[w] for w in known.split()) for one, known in COMMON.items()}
        best = max(score, key=lambda one: score[one])
        wrong += [f"reads as {best}"] * (score[best] > score[language])
    return wrong
