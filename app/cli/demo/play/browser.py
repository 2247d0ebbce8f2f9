"""A browser without JavaScript: it reads forms as they stand on the page and sends them back."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx

PATIENCE = 20.0
REFUSED = 400
Given = str | Sequence[str]


class StoryError(Exception):
    """The day did not go as it should; the message says where."""


@dataclass
class Form:
    """Where it goes and what stands in it before anybody types."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, answers: Mapping[str, Given]) -> list[tuple[str, str]]:
        """What stands there, but for the fields that were answered."""
        kept = [(name, value) for name, value in self.fields if name not in answers]
        for name, given in answers.items():
            kept += [(name, one) for one in ([given] if isinstance(given, str) else given)]
        return kept


class _FormReader(HTMLParser):
    """Forms with their hidden, typed, ticked and chosen values; links."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._textarea: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "input":
            self._input(given)
        elif tag == "textarea":
            self._textarea = given.get("name")
        elif tag == "select":
            self._select = given.get("name")
        elif tag == "option" and self._select and "selected" in given:
            self._keep(self._select, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._keep(self._textarea, data.removeprefix("\n"))

    def _input(self, given: Mapping[str, str]) -> None:
        kind = given.get("type", "text")
        is_unticked = kind in {"radio", "checkbox"} and "checked" not in given
        if given.get("name") and not is_unticked and kind not in {"submit", "button", "file"}:
            self._keep(given["name"], given.get("value", ""))

    def _keep(self, name: str, value: str) -> None:
        if self.forms:
            self.forms[-1].fields.append((name, value))


@dataclass(frozen=True)
class Page:
    """What came back: its address, its words, its forms and links."""

    url: str
    text: str
    forms: tuple[Form, ...]
    links: tuple[str, ...]

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def last(self) -> str:
        """The last part of the address: on a draft, which question it is."""
        return self.path.rstrip("/").rsplit("/", 1)[-1]

    def form(self, ending: str, **standing: str) -> Form:
        """The form whose address ends so and in which these values stand."""
        for one in self.forms:
            if one.action.endswith(ending) and standing.items() <= dict(one.fields).items():
                return one
        raise StoryError(f"There is no form {ending} on {self.path}")

    def form_to(self, part: str) -> Form:
        """The form whose address holds this, whatever question follows it."""
        for one in self.forms:
            if part in one.action:
                return one
        raise StoryError(f"There is no form to {part} on {self.path}")

    def link(self, pattern: str) -> str:
        """The first link that the pattern is found in."""
        for one in self.links:
            if re.search(pattern, one):
                return one
        raise StoryError(f"There is no link like {pattern} on {self.path}")


class Browser:
    """One person's browser, with its cookies and its language."""

    def __init__(self, address: str, language: str) -> None:
        self.language = language
        self._client = httpx.AsyncClient(
            base_url=address,
            follow_redirects=True,
            timeout=PATIENCE,
            headers={"accept-language": language, "sec-fetch-site": "same-origin"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def open(self, path: str) -> Page:
        """Go to an address; one of our own may leave out the language."""
        return read_page(await self._client.get(path))

    async def follow(self, page: Page, pattern: str) -> Page:
        return await self.open(urljoin(page.url, page.link(pattern)))

    async def send(self, page: Page, form: Form, answers: Mapping[str, Given]) -> Page:
        """Send a form as it stands, with these answers in it."""
        data: dict[str, list[str]] = {}
        for name, value in form.filled(answers):
            data.setdefault(name, []).append(value)
        return read_page(await self._client.post(urljoin(page.url, form.action), data=data))


def read_page(answer: httpx.Response) -> Page:
    if answer.status_code >= REFUSED:
        where = f"{answer.request.method} {answer.url.path}"
        raise StoryError(f"{where} answered {answer.status_code}: {_words(answer.text)}")
    reader = _FormReader()
    reader.feed(answer.text)
    return Page(str(answer.url), answer.text, tuple(reader.forms), tuple(reader.links))


def _words(html: str) -> str:
    """The error lines of a page, or its beginning."""
    main = html[max(0, html.find("<main")) :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).strip()[:300]
