"""A person with a browser: every click, field and page is counted, as the budgets count them."""

import email
import email.policy
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, Response

CODE = re.compile(r"(?<!\d)(\d{3} ?\d{3})(?!\d)")
LINK = re.compile(r"https?://\S+/(?:p|x)/\S+")
DECISION = re.compile(r"https?://\S+/reports/\S+")


@dataclass
class Cost:
    """What a journey asks of a person."""

    clicks: int = 0
    fields: int = 0
    pages: int = 0

    def within(self, clicks: int, fields: int, pages: int | None = None) -> bool:
        """Whether each of them stays within its own budget."""
        fits = self.clicks <= clicks and self.fields <= fields
        return fits and (pages is None or self.pages <= pages)


@dataclass
class Traveller:
    """Clicks links and buttons by their words, fills fields by their labels."""

    page: Page
    address: str
    mail: Path
    cost: Cost = field(default_factory=Cost)
    statuses: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", self._note)

    def _note(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.statuses.append(response.status)
            if not 300 <= response.status < 400:
                self.cost.pages += 1

    def restart_count(self) -> None:
        self.cost = Cost()

    def open(self, path: str) -> None:
        """Come to a page from outside: an address typed, or a link in a message."""
        self.page.goto(path if path.startswith("http") else self.address + path)

    def follow(self, words: str | re.Pattern[str]) -> None:
        self.page.get_by_role("link", name=words).first.click()
        self.cost.clicks += 1

    def press(self, words: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=words).first.click()
        self.cost.clicks += 1

    def fill(self, label: str | re.Pattern[str], value: str) -> None:
        self.page.get_by_label(label).first.fill(value)
        self.cost.fields += 1

    def choose(self, label: str | re.Pattern[str]) -> None:
        """Choose a radio button or tick a box."""
        self.page.get_by_label(label).first.check(force=True)
        self.cost.fields += 1

    def sees(self, words: str | re.Pattern[str]) -> bool:
        return self.page.get_by_text(words).first.is_visible()

    @property
    def text(self) -> str:
        """What the page says, once all of it has come."""
        self.page.wait_for_load_state("domcontentloaded")
        return self.page.inner_text("body")

    def code(self, to: str, seconds: float = 15) -> str:
        """The newest sign-in code sent to this contact."""
        return self.newest(to, CODE, seconds)

    def link(self, to: str, seconds: float = 15) -> str:
        """The newest link that opens one thing, sent to this contact."""
        return self.newest(to, LINK, seconds)

    def decision(self, to: str, seconds: float = 15) -> str:
        """The newest link to a decision, sent to this contact."""
        return self.newest(to, DECISION, seconds)

    def newest(self, to: str, pattern: re.Pattern[str], seconds: float = 15) -> str:
        """What the newest message to this contact holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for path in sorted(self.mail.iterdir(), reverse=True):
                words = _words(path) if path.suffix in (".eml", ".sms") else ""
                found = pattern.findall(words) if to in words else []
                if found:
                    return str(found[-1])
            time.sleep(0.1)
        raise AssertionError(f"no message to {to} with what was looked for")


def _words(path: Path) -> str:
    """Address and text of a letter or SMS."""
    if path.suffix == ".sms":
        return path.read_text()
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = letter.get_body(("plain",))
    return f"{letter['to']}\n{letter['subject']}\n{body.get_content() if body else ''}"
