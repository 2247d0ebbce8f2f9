"""A stranger's notice, a decision, an objection, a second reviewer: in a browser without script."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli.demo.authenticator import app_code
from tests.journeys.staff import JAN, NADIA, OMAR
from tests.journeys.traveller import Traveller

Words = str | re.Pattern[str]
Travel = Callable[..., Traveller]
FACTS = "The offer asks for a gift in return."


@pytest.fixture
def offer(address: str, platform_folder: Path) -> str:
    """The code of Jan's offer in the running platform; moderators are there too."""
    assert address
    made = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "tests.journeys.staff", str(platform_folder)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return made.stdout.strip()


def signed_in(travel: Travel, mail: str) -> Traveller:
    person = travel("en")
    person.open("/en/sign-in?next=/moderation")
    person.fill(re.compile("phone|e-mail", re.IGNORECASE), mail)
    person.press(re.compile("Send|Continue"))
    person.fill(re.compile("code", re.IGNORECASE), person.code(mail))
    person.press(re.compile("Send|Continue|Sign in"))
    person.fill(re.compile("code", re.IGNORECASE), app_code(mail))
    person.press("Continue")
    person.open("/en/moderation")
    return person


def reports(stranger: Traveller, code: str) -> tuple[str, str]:
    """Number and secret part of the receipt; nobody asks who the stranger is."""
    stranger.open(f"/en/offers/{code}")
    stranger.restart_count()
    stranger.follow("Report a problem")
    stranger.choose("Somebody asks for money, work or papers")
    stranger.fill("What happened?", "He wants a gift for his soup.")
    stranger.press("Send the report")
    assert "We have your report." in stranger.text
    assert stranger.cost.clicks <= 2
    assert stranger.cost.fields <= 2
    number, secret = stranger.page.locator("dd.row-value").all_inner_texts()[:2]
    return number, secret


def decides(moderator: Traveller, choice: str, rule: Words, facts: str) -> None:
    """From the queue to the decision, and back to the queue."""
    moderator.open("/en/moderation")
    moderator.restart_count()
    moderator.follow("Somebody asks for money")
    moderator.choose(choice)
    moderator.choose(rule)
    moderator.fill("The facts", facts)
    moderator.press("Decide and tell them")
    assert "Decided. Those concerned are told." in moderator.text
    assert moderator.cost.clicks <= 2
    assert moderator.cost.fields <= 3


def objects(jan: Traveller, letter: str) -> None:
    jan.open(letter)
    for words in ("A decision about you", FACTS, "Help is free", "A person, not a machine"):
        assert words in jan.text, words
    assert "He wants a gift" not in jan.text
    jan.restart_count()
    jan.follow("I object")
    jan.fill("Why do you disagree?", "It was a joke among friends.")
    jan.press("Send my objection")
    assert "A second person looks again." in jan.text
    assert jan.cost.clicks <= 2


def test_from_a_strangers_notice_to_a_second_reviewer(travel: Travel, offer: str) -> None:
    stranger, jan = travel("en"), travel("en")
    number, secret = reports(stranger, offer)
    nadia = signed_in(travel, NADIA)
    decides(nadia, "Hold the posts", re.compile("Help is free"), FACTS)
    jan.open(f"/en/offers/{offer}")
    objects(jan, jan.decision(JAN))
    nadia.open("/en/moderation?stage=appealed")
    nadia.follow("Somebody asks for money")
    assert "You decided first. Another moderator looks again." in nadia.text
    omar = signed_in(travel, OMAR)
    decides(omar, "Release the posts", "No rule was broken.", "It was a joke, and is gone.")
    stranger.open("/en/reports")
    stranger.fill("Number of the report", number)
    stranger.fill("Secret part of the receipt", secret)
    stranger.press("Open the report")
    assert "reversed the decision" in stranger.text
    everything = stranger.statuses + jan.statuses + nadia.statuses + omar.statuses
    assert not [status for status in everything if status >= 400 and status != 404]
