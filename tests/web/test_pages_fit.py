"""Every page answers under one main heading, and a sample is looked at in a browser.

`python -m tests.gates` looks at all of them, in every state and language.
"""

import hashlib
import re
from collections.abc import AsyncIterator
from http import HTTPStatus

import pytest
from litestar import Litestar
from playwright.async_api import async_playwright

from app.db import SessionMaker
from tests.conftest import QUIET, new_client
from tests.gates import tools
from tests.gates.looks import Fault, Looker
from tests.gates.town import a_town
from tests.gates.visits import STRANGER, Album, Ground, Shown, pages_of

PARTS = 12
MAIN_HEADING = re.compile(r"<h1\b")
PLANTED = """<!DOCTYPE html><html lang="nl" dir="ltr"><head><meta charset="utf-8">
<title>Solidare</title></head><body>
<main><h1>Bonjour</h1><h1>Encore</h1><p style="inline-size:900px">Trop large</p>
<a href="/x" style="outline:0;display:block;width:9px;height:9px;overflow:hidden">x</a>
<button style="border:0;outline:0;height:20px">Go</button><img src="/y.png"></main></body></html>"""


def drawn(path: str) -> int:
    return int.from_bytes(hashlib.sha256(path.encode()).digest()[:4], "big") % PARTS


@pytest.fixture
async def looker(app: Litestar, browser_path: str) -> AsyncIterator[Looker]:
    async with async_playwright() as playwright, new_client(app) as client:
        browser = await playwright.chromium.launch(executable_path=browser_path, args=QUIET)
        yield await Looker.in_(browser, client)
        await browser.close()


def plain_faults(one: Shown) -> list[Fault]:
    """What needs no browser."""
    wrong = []
    if len(MAIN_HEADING.findall(one.html)) != 1:
        wrong.append(Fault("G7", one.name, "not one main heading"))
    if one.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wrong.append(Fault("G7", one.name, "failed"))
    if f'<html lang="{one.language}"' not in one.html:
        wrong.append(Fault("G8", one.name, "another language"))
    return wrong


async def test_pages_answer_and_some_are_looked_at(
    app: Litestar, maker: SessionMaker, looker: Looker
) -> None:
    ground = Ground(app, maker, await a_town(maker))
    french, arabic = Album(["fr"]), Album(["ar"])
    await pages_of(ground, STRANGER, french)
    await pages_of(ground, "helper", arabic)
    found = french.shown + arabic.shown
    wrong = [fault for one in found for fault in plain_faults(one)]
    some = [one for one in found if drawn(one.path) == 0]
    assert len(some) > PARTS // 2
    has_axe = tools.missing() is None
    for one in some:
        await looker.look(one, deep=False, axe=has_axe)
    assert [*wrong, *looker.faults] == []


async def test_planted_faults_are_caught(looker: Looker) -> None:
    """The measure itself: a page with every fault must be found out in each of them."""
    planted = Shown(STRANGER, "fr", "GET", "/planted", 200, PLANTED)
    await looker.look(planted, deep=True, axe=tools.missing() is None)
    said = " ".join(fault.what for fault in looker.faults)
    for what in ("px too wide", "2 main headings", "no title", "says it is in 'nl'", "9 x 9 px"):
        assert what in said
    assert "shows no focus" in said
    assert "no edge in forced colours" in said
    assert tools.missing() or "image-alt" in said
