"""Jan and Amal, who use the pages alone: compose first, prove the contact last."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.cli.demo.play.browser import Browser, Given, Page, StoryError
from app.cli.demo.play.letters import Mailbag

MOST_PAGES = 15
POST = re.compile(r"/(?:needs|offers)/([0-9a-z]+)")

JAN: Mapping[str, Mapping[str, Given]] = {
    "kind": {"category": "goods.furniture"},
    "place": {"text": "1030"},
    "when": {"when": "any", "places": "3"},
    "languages": {"languages": ["nl", "fr"]},
}
AMAL: Mapping[str, Mapping[str, Given]] = {
    "kind": {"category": "goods.furniture"},
    "place": {"text": "1030"},
    "people": {"people": "1", "urgency": "2"},
    "languages": {"languages": ["ar", "fr"]},
}


@dataclass
class Visitor:
    """Somebody with a browser, a contact and nothing else."""

    name: str
    contact: str
    browser: Browser
    mailbag: Mailbag

    async def publish_offer(self, answers: Mapping[str, Mapping[str, Given]]) -> str:
        """From "I can help" to a published offer; gives its code."""
        page = await self.browser.open(f"/{self.browser.language}/offer-help")
        begun = await self.browser.send(page, page.form("/drafts", kind="offer"), answers["kind"])
        return await self._finish(begun, answers)

    async def publish_need(self, answers: Mapping[str, Mapping[str, Given]]) -> str:
        """From "I need help" to a request that is sent; gives its code."""
        page = await self.browser.open(f"/{self.browser.language}/need-help")
        begun = await self.browser.send(page, page.form("/drafts", kind="need"), answers["kind"])
        return await self._finish(begun, answers)

    async def ask_for(self, offer: str, answers: Mapping[str, Mapping[str, Given]]) -> str:
        """From an offer's page to a need written for it; gives the need's code."""
        page = await self.browser.open(f"/{self.browser.language}/offers/{offer}")
        begun = await self._begin_asking(page, offer)
        return await self._finish(begun, answers)

    async def _begin_asking(self, page: Page, offer: str) -> Page:
        for form in page.forms:
            if ("offer", offer) in form.fields:
                return await self.browser.send(page, form, {})
        return await self.browser.follow(page, rf"offer={offer}")

    async def accept_by_link(self, path: str) -> None:
        """Two taps from the message: the page with the question, the button."""
        page = await self.browser.open(path)
        question = await self.browser.follow(page, "answer=accept")
        await self.browser.send(question, question.form("/accept"), {})

    async def accept(self, proposal: str) -> None:
        inbox = await self.browser.open("/proposals")
        await self.accept_by_link(inbox.link(rf"/proposals/{proposal}$"))

    async def exchange(self) -> str:
        """The code of the newest exchange on the own list."""
        page = await self.browser.open("/exchanges")
        return page.link(r"/exchanges/[0-9a-z]+$").rsplit("/", 1)[-1]

    async def write(self, exchange: str, words: str) -> None:
        page = await self.browser.open(f"/exchanges/{exchange}")
        await self.browser.send(page, page.form("/send-message"), {"body": words})

    async def say_yes(self, exchange: str, thanks: str = "") -> None:
        page = await self.browser.open(f"/exchanges/{exchange}")
        question = await self.browser.follow(page, "/confirm$")
        answers = {"answer": "yes", "thanks": thanks}
        await self.browser.send(question, question.form("/say"), answers)

    async def _finish(self, page: Page, answers: Mapping[str, Mapping[str, Given]]) -> str:
        """Answer one question a page, check, send, prove the contact."""
        contact = {"name": self.name, "contact": self.contact, "adult": "y"}
        known = {**answers, "contact": contact}
        for _ in range(MOST_PAGES):
            if page.last == "done":
                return code_on(page)
            if page.last == "check":
                page = await self.browser.send(page, page.form("/publish"), {})
            elif page.last == "code":
                code = await self.mailbag.code_for(self.contact)
                page = await self.browser.send(page, page.form("/code"), {"code": code})
            else:
                page = await self._answer(page, known)
        raise StoryError(f"{self.name} did not get to the end of the form, but to {page.path}.")

    async def _answer(self, page: Page, known: Mapping[str, Mapping[str, Given]]) -> Page:
        if page.last not in known:
            raise StoryError(f"{self.name} has no answer to {page.path}.")
        return await self.browser.send(page, page.form(f"/{page.last}"), known[page.last])


def code_on(page: Page) -> str:
    for link in page.links:
        if found := POST.search(link):
            return found[1]
    raise StoryError(f"The page {page.path} does not lead to the new post.")
