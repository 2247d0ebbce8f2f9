"""A whole running platform and a real browser that counts what a journey costs."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from app.cli.supervisor import supervised
from tests.conftest import QUIET
from tests.journeys.traveller import Traveller


@pytest.fixture(scope="session")
def platform_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journeys")


@pytest.fixture(scope="session")
def address(platform_folder: Path) -> Iterator[str]:
    """Where the platform answers: web, worker, databases and mail as `make run` starts them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with supervised(platform_folder, host="127.0.0.1", port=port, say=print) as platform:
        yield platform.address


@pytest.fixture(scope="module")
def chromium(browser_path: str) -> Iterator[Browser]:
    """One browser for a module: while Playwright runs, no other event loop can."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def travel(
    chromium: Browser, address: str, platform_folder: Path
) -> Iterator[type[Traveller] | object]:
    """Make a person with a phone of 360 px, a language, and JavaScript off."""
    contexts = []

    def arrive(language: str = "fr", *, javascript: bool = False) -> Traveller:
        context = chromium.new_context(
            locale=language,
            java_script_enabled=javascript,
            viewport={"width": 360, "height": 740},
        )
        contexts.append(context)
        return Traveller(context.new_page(), address, platform_folder / "mail")

    yield arrive
    for context in contexts:
        context.close()
