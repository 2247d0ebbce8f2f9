"""A browser without JavaScript that counts clicks, fields and pages as the budgets count them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx


@dataclass
class Form:
    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # words, name, value


@dataclass
class Shown:
    """What a page shows that can be used."""

    forms: list[Form] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)  # words, address


class _Reader(HTMLParser):
    """Forms with their prefilled values, and links."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = Shown()
        self._words: list[str] | None = None
        self._open: tuple[str, str, str] = ("", "", "")
        self._select = ""
        self._chosen: dict[str, str] = {}
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.shown.forms.append(Form(at.get("action", "")))
        elif tag == "a":
            self._words, self._open = [], ("a", at.get("href", ""), "")
        elif tag == "button":
            self._words, self._open = [], ("button", at.get("name", ""), at.get("value", ""))
        elif tag == "input":
            self._input(at)
        elif tag == "select":
            self._select = at["name"]
        elif tag == "option" and ("selected" in at or self._select not in self._chosen):
            self._chosen[self._select] = at["value"]
            self.shown.forms[-1].values[self._select] = [at["value"]]
        elif tag == "textarea":
            self._area = at["name"]
            self.shown.forms[-1].values[self._area] = [""]

    def _input(self, at: dict[str, str]) -> None:
        ticks = at.get("type") in ("radio", "checkbox")
        if not self.shown.forms or "name" not in at or (ticks and "checked" not in at):
            return
        self.shown.forms[-1].values.setdefault(at["name"], []).append(at.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.shown.forms[-1].values[self._area][0] += data.removeprefix("\n")
        if self._words is not None:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        if tag != self._open[0] or self._words is None:
            return
        words = " ".join("".join(self._words).split())
        if tag == "a":
            self.shown.links.append((words, self._open[1]))
        elif self.shown.forms:
            self.shown.forms[-1].buttons.append((words, self._open[1], self._open[2]))
        self._words, self._open = None, ("", "", "")


def read_page(html: str) -> Shown:
    reader = _Reader()
    reader.feed(html)
    return reader.shown


@dataclass
class Walker:
    """Follows links and presses buttons by their words; what is not filled stays as shown."""

    client: httpx.AsyncClient
    answer: httpx.Response | None = None
    typed: dict[str, list[str]] = field(default_factory=dict)
    clicks: int = 0
    fields: int = 0
    pages: int = 0

    @property
    def html(self) -> str:
        assert self.answer is not None
        return self.answer.text

    @property
    def path(self) -> str:
        assert self.answer is not None
        return self.answer.url.path

    async def open(self, address: str) -> "Walker":
        """Come from outside: counted as nothing."""
        self.answer = await self.client.get(address, follow_redirects=True)
        return self

    async def follow(self, words: str) -> "Walker":
        address = next(to for text, to in read_page(self.html).links if words in text)
        self.answer = await self.client.get(
            str(self.answer.url.join(address)) if self.answer else address, follow_redirects=True
        )
        return self._counted()

    def fill(self, **fields: str | list[str]) -> "Walker":
        for name, value in fields.items():
            self.typed[name] = value if isinstance(value, list) else [value]
            self.fields += 1
        return self

    async def press(self, words: str) -> "Walker":
        form, button = next(
            (form, button)
            for form in read_page(self.html).forms
            for button in form.buttons
            if words in button[0]
        )
        data = {**form.values, **self.typed}
        if button[1]:
            data[button[1]] = [button[2]]
        self.typed = {}
        assert self.answer is not None
        self.answer = await self.client.post(
            str(self.answer.url.join(form.action)), data=data, follow_redirects=True
        )
        return self._counted()

    def _counted(self) -> "Walker":
        self.clicks += 1
        self.pages += 1
        return self
