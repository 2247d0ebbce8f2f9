"""A bed with an organisation between: JavaScript off, 360 px, every cost counted."""

import asyncio
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from app.cli.demo.authenticator import app_code
from app.cli.demo.play.browser import Browser
from app.cli.demo.play.desk_ground import Desk, open_desk
from app.cli.demo.play.desk_pages import Worker
from app.cli.demo.play.letters import Mailbag
from app.clock import now
from app.crypto import keyring
from app.db import create_engine, session_maker
from app.embedded import read_environment
from app.settings import Settings, read_settings
from tests.journeys.traveller import Traveller

Travel = Callable[..., Traveller]
JAN, FATOU, NADIA = "jan.host@example.org", "fatou.desk@example.org", "nadia.desk@example.org"
PHONE = "+32470112299"
STAY = re.compile(r"https?://\S+/stay/\S+")


def settings_of(folder: Path) -> Settings:
    settings = read_settings({**os.environ, **read_environment(folder)})
    keyring.open(settings.secret_key)
    return settings


async def a_desk(folder: Path) -> Desk:
    engine = create_engine(settings_of(folder).database, at_work=True)
    try:
        return await open_desk(session_maker(engine), "Le Relais", FATOU, NADIA)
    finally:
        await engine.dispose()


async def verify(folder: Path, address: str, offer: str) -> None:
    """The two workers visit and sign, as the desk's own test shows page by page."""
    mailbag = Mailbag(folder / "mail")
    for number, contact in enumerate((FATOU, NADIA)):
        async with Browser(address, "en") as browser:
            worker = Worker(contact, browser, mailbag)
            await worker.sign_in()
            if number == 0:
                await worker.write_host_file(offer)
            await worker.sign_for(offer)


def beside(work: Callable[[], object]) -> None:
    """While Playwright runs no other loop can run in this thread."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


def jan_offers_a_bed(jan: Traveller) -> str:
    """J2: at most 8 clicks, 6 fields, 7 pages, and one of each for the code."""
    jan.open("/en/")
    jan.follow("I can help")
    jan.press(re.compile("Bed, few nights"))
    jan.fill(re.compile("postcode|town|where", re.IGNORECASE), "1080")
    jan.press("Continue")
    jan.press("Continue")
    jan.press("Continue")
    jan.fill(re.compile("name", re.IGNORECASE), "Jan")
    jan.fill(re.compile("phone|e-mail", re.IGNORECASE), JAN)
    jan.choose(re.compile("18"))
    jan.press("Continue")
    jan.press("Publish my offer")
    jan.fill(re.compile("code", re.IGNORECASE), jan.code(JAN))
    jan.press(re.compile("Send|Continue|Publish"))
    assert "calls you to visit" in jan.text
    # The home page is where the count starts.
    assert jan.cost.within(8 + 1, 6 + 1, 7 + 1 + 1)
    jan.follow(re.compile("See it, change it"))
    return jan.page.url.rsplit("/", 1)[-1].partition("-")[0]


def amal_asks_for_it(amal: Traveller, offer: str) -> None:
    """J1: at most 6 clicks, 4 fields, 6 pages, and one of each for the code."""
    amal.open(f"/en/offers/{offer}")
    amal.press(re.compile("Ask"))
    amal.fill("Women", "1")
    amal.press("Continue")
    amal.fill(re.compile("name", re.IGNORECASE), "أمل")
    amal.fill(re.compile("phone|e-mail", re.IGNORECASE), PHONE)
    amal.choose(re.compile("18"))
    amal.press("Continue")
    amal.press("Send my request")
    amal.fill(re.compile("code", re.IGNORECASE), amal.code(PHONE))
    amal.press(re.compile("Send|Continue"))
    assert "reads your request and calls you" in amal.text
    # From home it is one click and two pages more: the tile, and the offer in the list.
    assert amal.cost.within(6 + 1 - 2, 4 + 1, 6 + 1 - 1)


def fatou_signs_in(fatou: Traveller) -> None:
    fatou.open("/en/sign-in")
    fatou.fill(re.compile("phone|e-mail", re.IGNORECASE), FATOU)
    fatou.press("Send me a code")
    fatou.fill(re.compile("code", re.IGNORECASE), fatou.code(FATOU))
    fatou.press("Continue")
    fatou.fill(re.compile("code", re.IGNORECASE), app_code(FATOU))
    fatou.press("Continue")


def fatou_vouches(fatou: Traveller) -> None:
    fatou.open("/en/desk")
    fatou.restart_count()
    fatou.follow(re.compile("Vouch"))
    fatou.choose(re.compile("I have spoken"))
    fatou.press("I vouch for this guest")
    assert fatou.cost.within(2, 1)


def fatou_agrees(fatou: Traveller) -> None:
    link = fatou.link(FATOU, 60)
    fatou.restart_count()
    fatou.open(f"/en/p/{link.rpartition('/')[2]}")  # she reads French; this test English
    fatou.follow(re.compile("Yes, accept"))
    assert "CPAS or OCMW" in fatou.text
    fatou.press("Yes, I accept")
    fatou.fill("Last day of the stay", (now() + timedelta(days=20)).date().isoformat())
    fatou.fill(re.compile("Where does the guest go next"), "The housing agency, 3 December.")
    fatou.press(re.compile("Save"))
    assert fatou.cost.within(3, 2)
    assert "All three said yes" in fatou.text


def test_a_bed_from_offer_to_leaving(travel: Travel, address: str, platform_folder: Path) -> None:
    beside(lambda: asyncio.run(a_desk(platform_folder)))
    jan, amal, fatou = travel("en"), travel("en"), travel("en")
    fatou_signs_in(fatou)
    offer = jan_offers_a_bed(jan)
    beside(lambda: asyncio.run(verify(platform_folder, address, offer)))
    jan.follow(re.compile("What was checked"))
    assert jan.sees(re.compile("Verified by Le Relais"))
    amal_asks_for_it(amal, offer)
    fatou_vouches(fatou)
    jan.open(jan.link(JAN, 60))
    jan.follow(re.compile("Yes, accept"))
    assert "CPAS or OCMW" in jan.text
    jan.press("Yes, I accept")
    fatou_agrees(fatou)
    amal.open(amal.newest(PHONE, STAY, 60))
    assert amal.sees(re.compile("Somebody to call"))
    amal.restart_count()
    amal.press("Leave now")
    assert amal.cost.clicks == 1
    assert amal.sees("Call now")
    jan.open("/en/exchanges")
    assert "unsafe" not in jan.text
    assert jan.sees("Called off")
    assert not [status for status in jan.statuses + amal.statuses if status >= 400]
