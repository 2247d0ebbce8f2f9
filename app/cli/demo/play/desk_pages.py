"""A caseworker with a browser: clients, needs read out, papers, hosts and guests."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.cli.demo.authenticator import app_code
from app.cli.demo.play.browser import Browser, Given, Page, StoryError
from app.cli.demo.play.desk_ground import day_in
from app.cli.demo.play.letters import Mailbag
from app.cli.demo.play.pages import MOST_PAGES, code_on

DIGITS = re.compile(r'class="slip-digits"><bdi dir="ltr">([\d ]+)<')
WOMEN, MEN, CHILDREN = "2", "4", "8"
HOST_FILE: tuple[tuple[str, Mapping[str, Given]], ...] = (
    ("identity", {"day": day_in(0)}),
    ("adults", {"name": "J.", "record": "seen", "day": day_in(0)}),
    ("adults", {"name": "K.", "record": "seen", "day": day_in(0)}),
    ("visit", {"day": day_in(-1), "by": "Nadia, dix ans de visites", "findings": "Calme, clé."}),
    ("references", {"name": "M.", "how": "written", "day": day_in(-2), "words": "Fiable."}),
    ("references", {"name": "P.", "how": "spoken", "day": day_in(-2), "words": "Attentif."}),
    ("household", {"household": "couple", "willing": [WOMEN, CHILDREN]}),
)


@dataclass
class Worker:
    """Somebody who works at the desk."""

    contact: str
    browser: Browser
    mailbag: Mailbag

    async def sign_in(self) -> None:
        page = await self.browser.open("/fr/sign-in")
        asked = await self.browser.send(page, page.form("/sign-in"), {"contact": self.contact})
        code = await self.mailbag.code_for(self.contact)
        second = await self.browser.send(asked, asked.form("/code"), {"code": code})
        answer = {"code": app_code(self.contact)}
        await self.browser.send(second, second.form("/sign-in/factor"), answer)

    async def welcome(self, languages: list[str]) -> str:
        """A new client after the interview, and what they allow; gives the alias."""
        page = await self.browser.open("/desk/clients/new")
        about = {"place": "1060", "languages": languages, "channel": "none"}
        card = await self.browser.send(page, page.form_to("/desk/clients/new"), about)
        alias = card.last
        allowed = {"how": "oral", "language": languages[0], "contact_release": "y"}
        await self.browser.send(card, card.form("/mandate"), allowed)
        return alias

    async def post_for(self, alias: str, category: str) -> str:
        """A need, read out to the client and then published; gives its code."""
        card = await self.browser.open(f"/desk/clients/{alias}")
        page = await self.browser.send(card, card.form("/need"), {})
        answers: Mapping[str, Mapping[str, Given]] = {
            "kind": {"category": category},
            "people": {"people": "2", "urgency": "1"},
            "languages": {},
            "consent": {"how": "interpreter"},
        }
        for _ in range(MOST_PAGES):
            if page.last == "done":
                return code_on(page)
            if page.last == "check":
                page = await self.browser.send(page, page.form("/publish"), {"read_back": "yes"})
            elif page.last in answers:
                page = await self.browser.send(page, page.form(f"/{page.last}"), answers[page.last])
            else:
                raise StoryError(f"The desk has no answer to {page.path}.")
        raise StoryError(f"The need of {alias} did not get to its end, but to {page.path}.")

    async def print_paper(self, alias: str, need: str) -> str:
        """The client's paper; gives the ten digits that stand on it once."""
        card = await self.browser.open(f"/desk/clients/{alias}")
        paper = await self.browser.send(card, card.form(f"/desk/posts/{need}/slip"), {})
        found = DIGITS.search(paper.text)
        if found is None:
            raise StoryError("There are no digits on the client's paper.")
        return found[1]

    async def write_host_file(self, offer: str) -> None:
        """Everything that is found out about a host, one part after the other."""
        for section, answers in HOST_FILE:
            page = await self.browser.open(f"/desk/hosts/{offer}/{section}")
            page = await self.browser.send(page, page.form(f"/{offer}/{section}"), answers)
        page = await self.browser.open(f"/desk/hosts/{offer}/adults")
        await self.browser.send(page, page.form("/all-adults"), {})

    async def sign_for(self, offer: str) -> None:
        page = await self.browser.open(f"/desk/hosts/{offer}")
        await self.browser.send(page, page.form("/sign"), {})

    async def adopt(self, need: str) -> None:
        page = await self.browser.open(f"/desk/needs/{need}/adopt")
        said = {"women": "1", "children": "1", "spoken": "y"}
        await self.browser.send(page, page.form_to(f"/needs/{need}/adopt"), said)

    async def agree_to_stay(self, proposal: str) -> str:
        """Last day and plan, and the organisation's yes; gives the exchange that opens."""
        page = await self.browser.open(f"/proposals/{proposal}/plan")
        plan = {"ends_on": day_in(25), "move_on": "Rendez-vous à l'agence immobilière sociale."}
        stay = await self.browser.send(page, page.form("/plan"), plan)
        if "/desk/stays/" not in stay.path:
            raise StoryError(f"The stay did not begin: the plan led to {stay.path}.")
        return stay.last


async def revoke_by_code(browser: Browser, digits: str) -> Page:
    """A client with a borrowed phone and a paper takes everything back."""
    page = await browser.open("/fr/code")
    mine = await browser.send(page, page.form("/code"), {"code": digits})
    question = await browser.follow(mine, r"/code/revoke$")
    return await browser.send(question, question.form("/code/revoke"), {})


async def say_fine(browser: Browser, link: str) -> None:
    """The guest answers how they are, from the message, without signing in."""
    page = await browser.open(link)
    await browser.send(page, page.form("/check-in", answer="fine"), {})
