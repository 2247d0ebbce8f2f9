"""G1 to G3: what a visit weighs on the wire, cold and warm, and whom it asks."""

import asyncio
import json
import re
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
import uvicorn
from litestar import Litestar
from playwright.async_api import Browser, BrowserContext

from app.web.static import FOLDER
from tests.gates.looks import Fault
from tests.gates.visits import Shown

KILOBYTE = 1_000
# Kilobytes and own requests of a first visit; the first rule that fits an address counts.
COLD: tuple[tuple[str, str, float, int], ...] = (
    ("home", r"/$", 15, 4),
    ("map", r"/(offers|needs)/map", 85, 8),
    ("staff", r"/(desk|moderation|engine|jobs|organisations|mailbox|decisions)\b", 60, 8),
    ("form", r"/(drafts|need-help|offer-help|sign-in|report|code|account)\b", 25, 5),
    ("list and page", r"/", 30, 6),
)
WARM_KB, FRAGMENT_KB = 6, 3
STYLE_BYTES, SCRIPT_BYTES = 8 * 1024, 20 * 1024
LISTS = ("/offers", "/needs")


@asynccontextmanager
async def served(app: Litestar) -> AsyncIterator[str]:
    """The application behind a real port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - the server raises no event
        await asyncio.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


@dataclass
class Weight:
    """Bytes as they came, and every host that was asked."""

    sizes: list[int] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)

    @property
    def kilobytes(self) -> float:
        return sum(self.sizes) / KILOBYTE


async def weigh(context: BrowserContext, address: str) -> Weight:
    """Load a page in this context and weigh what travels; what the cache holds weighs nothing."""
    page = await context.new_page()
    wire = await context.new_cdp_session(page)
    weight = Weight()
    cached: set[str] = set()
    wire.on("Network.requestServedFromCache", lambda one: cached.add(one["requestId"]))

    def came(one: dict[str, object]) -> None:
        if one["requestId"] not in cached:
            weight.sizes.append(int(str(one["encodedDataLength"]).split(".")[0]))

    wire.on("Network.loadingFinished", came)
    page.on("request", lambda one: weight.hosts.add(urlsplit(one.url).netloc))
    page.on("request", lambda one: weight.kinds.add(one.resource_type))
    await wire.send("Network.enable")
    await page.goto(address, wait_until="networkidle")
    weight.sizes = [size for size in weight.sizes if size]
    await page.close()
    return weight


@dataclass
class Scales:
    """The heaviest of each kind, and what was too heavy."""

    heaviest: dict[str, tuple[float, int]] = field(
        default_factory=lambda: defaultdict(lambda: (0.0, 0))
    )
    warmest: float = 0.0
    fragment: float = 0.0
    faults: list[Fault] = field(default_factory=list)

    def cold(self, shown: Shown, weight: Weight) -> None:
        path = urlsplit(shown.path).path
        kind, _, kilobytes, requests = next(rule for rule in COLD if re.match(rule[1], path))
        heavy, many = self.heaviest[kind]
        self.heaviest[kind] = max(heavy, weight.kilobytes), max(many, len(weight.sizes))
        if weight.kilobytes > kilobytes or len(weight.sizes) > requests:
            what = (
                f"{weight.kilobytes:.1f} KB in {len(weight.sizes)} (most: {kilobytes}/{requests})"
            )
            self.faults.append(Fault("G1", shown.name, what))

    def warm(self, shown: Shown, weight: Weight) -> None:
        self.warmest = max(self.warmest, weight.kilobytes)
        if weight.kilobytes > WARM_KB:
            self.faults.append(Fault("G2", shown.name, f"{weight.kilobytes:.1f} KB warm"))

    def asked(self, shown: Shown, weight: Weight, own: str) -> None:
        foreign = weight.hosts - {own}
        self.faults += [Fault("G3", shown.name, f"asks {host}") for host in sorted(foreign)]
        if "font" in weight.kinds:
            self.faults.append(Fault("G3", shown.name, "loads a font"))


async def weigh_all(
    browser: Browser, address: str, shown: Sequence[Shown], cookies: dict[str, str]
) -> Scales:
    """Every page of these, each first with an empty cache and then again."""
    scales, own = Scales(), urlsplit(address).netloc
    for one in shown:
        context = await browser.new_context(viewport={"width": 360, "height": 740})
        if one.role in cookies:
            await context.add_cookies([{"name": "sid", "value": cookies[one.role], "url": address}])
        here = f"{address}/{one.language}{one.path}"
        first = await weigh(context, here)
        scales.cold(one, first)
        scales.asked(one, first, own)
        scales.warm(one, await weigh(context, here))
        await context.close()
    return scales


async def weigh_fragments(address: str, scales: Scales) -> None:
    """What a filter swaps in, asked as the page's own script asks."""
    asked = {"hx-request": "true", "hx-target": "results", "accept-encoding": "gzip"}
    async with httpx.AsyncClient(base_url=address, headers=asked) as client:
        for path in LISTS:
            for query in ("?kind=food", "?place=1060&speaks=fr"):
                answer = await client.get(f"/fr{path}{query}")
                kilobytes = answer.num_bytes_downloaded / KILOBYTE
                scales.fragment = max(scales.fragment, kilobytes)
                if kilobytes > FRAGMENT_KB:
                    what = f"{kilobytes:.1f} KB swapped in"
                    scales.faults.append(Fault("G2", f"fr{path}{query}", what))


def own_files() -> tuple[int, int]:
    """Bytes, compressed, of the one stylesheet and of all scripts off the map."""
    files: dict[str, str] = json.loads((FOLDER / "manifest.json").read_text())["files"]
    size = {name: (FOLDER / f"{built}.gz").stat().st_size for name, built in files.items()
            if (FOLDER / f"{built}.gz").exists()}  # fmt: skip
    scripts = [
        one for one in size if one.endswith(".js") and not re.search("map|leaflet|swagger|api", one)
    ]
    return size["site.css"], sum(size[one] for one in scripts)
