"""What no person means to send, sent to every address and form, and what an answer must be."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote_from_bytes

import httpx
from litestar import Litestar

Fields = list[tuple[str, bytes]]

# Bytes as they travel: NUL, a lone surrogate, half a character, numbers nobody can store.
NUL = b"\x00"
VALUES: tuple[bytes, ...] = (
    NUL,
    b"\xed\xa0\x80",
    b"\xff\xfe\xc3",
    b"99999999999999999999",
    b"-1",
    "٣".encode(),
    b"1e400",
    b"31/02",
    b"2026-02-31",
    b"1.2.3",
    b"21013.999.9999",
    b"'\"><script>{{7*7}}%s",
    "\u202e\u0130ß\U0001f600".encode(),
    b"x" * 3_000,
    b"",
)
# Enough for the second walk, which sends each field of each form alone, half of these a turn.
FEWER = (b"\xff\xc3", b"99999999999999999999", b"31/02", b"")
# Who comes next sends other values: all of them together are sent everywhere.
TURNS = 4
NAME = re.compile(r'\bname="([a-z_]+)"')
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
# A part of an address that says which one, not what.
CODED = re.compile(r"/[^/]*[0-9A-Z][^/]*")
SENTENCES = ("Traceback", "Internal Server Error", "500 Internal")


def quoted(value: bytes) -> str:
    return quote_from_bytes(value, safe="")


def address(path: str, real: dict[str, str]) -> str:
    """The path with parameters that mean something."""
    return PARAMETER.sub(lambda match: real.get(match[1], "x"), path)


def urlencoded(fields: Fields) -> bytes:
    return "&".join(f"{name}={quoted(value)}" for name, value in fields).encode()


def mixed(names: list[str], turn: int) -> Fields:
    """Each field holds another hostile value, and others on the next turn."""
    size = len(VALUES)
    return [(name, VALUES[(at * 7 + turn * 5) % size]) for at, name in enumerate(names)]


def field_names() -> list[str]:
    """Every name that a template gives to a field, and what addresses carry."""
    found = {"page", "q", "from", "to", "next", "then", "group", "link", "about", "code", "cell"}
    for template in Path("templates").rglob("*.html"):
        found.update(NAME.findall(template.read_text(encoding="utf-8")))
    return sorted(found - {"_csrf_token"})


@dataclass(frozen=True)
class Finding:
    """A request that was answered badly."""

    request: str
    what: str


@dataclass(frozen=True)
class Route:
    method: str
    path: str


def routes(app: Litestar, *, api: bool = False) -> list[Route]:
    """Every address that a browser can get or post to."""
    found = {
        Route(method, route.path)
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        for method in handler.http_methods & {"GET", "POST"}
        if route.path.startswith("/api/") is api
    }
    return sorted(found, key=lambda route: (route.path, route.method))


def judge(answer: httpx.Response, path: str) -> str | None:
    """What is wrong with an answer: broken, empty, or not in words."""
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"status {answer.status_code}"
    if answer.is_redirect:
        return None if answer.headers.get("location") else "a redirect to nowhere"
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        if path.startswith("/api/"):
            return None if kind == "application/problem+json" else f"no problem details but {kind}"
        if kind != "text/html" or "<h1" not in answer.text or "</html>" not in answer.text:
            return f"{answer.status_code} without words: {kind} {answer.text[:80]!r}"
    return next((one for one in SENTENCES if one in answer.text), None)


async def ask(client: httpx.AsyncClient, request: "Hostile") -> Finding | None:
    """Send it and judge the answer; an exception that reaches us reached nobody's words."""
    headers = {"content-type": request.content_type} if request.content_type else {}
    url = client.base_url.copy_with(raw_path=request.target.encode())
    try:
        answer = await client.request(
            request.method, url, content=request.body or None, headers=headers
        )
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        return Finding(request.shown, f"raised {error!r}")
    path = request.target.partition("?")[0]
    wrong = judge(answer, path)
    return Finding(request.shown, wrong) if wrong else None


@dataclass(frozen=True)
class Hostile:
    """One request as it travels."""

    method: str
    target: str
    body: bytes = b""
    content_type: str = ""

    @property
    def shown(self) -> str:
        return f"{self.method} {self.target[:160]} {self.content_type} {self.body[:160]!r}"


FORM = "application/x-www-form-urlencoded"
BOUNDARY = "frontier"


def multipart(fields: Fields, *, file: str | None = None) -> bytes:
    parts = []
    for name, value in fields:
        as_file = f'; filename="{file}"\r\nContent-Type: application/x-msdownload' if file else ""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{as_file}\r\n\r\n'
        parts.append(head.encode() + value + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def values_in(names: list[str], token: str, turn: int) -> Iterator[tuple[bytes, str]]:
    """Forms in which every field holds what nobody types."""
    mine: Fields = [("_csrf_token", token.encode())]
    for each in (turn, turn + 2):
        yield urlencoded([*mine, *mixed(names, each)]), FORM


def shapes_of(names: list[str], token: str) -> Iterator[tuple[bytes, str]]:
    """Every kind of body that is no honest form."""
    mine: Fields = [("_csrf_token", token.encode())]
    one = [(name, b"x") for name in names]
    yield b"", FORM
    yield b"", ""
    yield b"%ff%fe=%ff&=&&&==", FORM
    yield urlencoded([*mine, *one, *one]), FORM
    yield urlencoded([*mine, (names[0], b"x" * 1_000_000)]), FORM
    yield urlencoded([*mine, *((f"f{number}", b"x") for number in range(600))]), FORM
    yield b'{"a": [1]}', "application/json"
    yield b"\xff\xfe", "text/plain"
    yield urlencoded([*mine, *one]), "multipart/form-data"
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    yield multipart([*mine, *one]), kind
    yield multipart([*mine, *((name, b"\xff\x00") for name in names)]), kind
    yield multipart(mine) + multipart([(name, b"MZ\x00\xff") for name in names], file="a.exe"), kind
    yield multipart([*mine, *((name, b"MZ\x00") for name in names)], file="../a\x00.exe"), kind
    yield multipart([*mine, *one])[:-30], kind
    yield b"no boundary at all", kind


def requests_to(
    route: Route, real: dict[str, str], names: list[str], token: str, turn: int, *, shapes: bool
) -> Iterator[Hostile]:
    """A turn's hostile requests to one address: in its path, in its query, in its body."""
    here = address(route.path, real)
    here = here if here.startswith(("/api/", "/health/", "/metrics")) else f"/en{here}"
    if route.method == "GET":
        for each in (turn, turn + 2):
            fields = mixed(names, each)
            asked = [(name, value) for name, value in fields if value != NUL or not each]
            yield Hostile("GET", f"{here}?{urlencoded(asked).decode()}")
        yield Hostile("GET", f"{here}?page=1&page=2&page[]=3&=&%ff=%ff&&;")
    else:
        sent = values_in(names, token, turn)
        for body, kind in itertools.chain(sent, shapes_of(names, token) if shapes else ()):
            yield Hostile("POST", here, body, kind)
    if "{" not in route.path:
        return
    prefix = here.partition("/")[0] if here.startswith("/api/") else "/en"
    for value in VALUES[turn:12:TURNS]:
        there = prefix + PARAMETER.sub(quoted(value) or "%20", route.path)
        body = urlencoded([("_csrf_token", token.encode())]) if route.method == "POST" else b""
        yield Hostile(route.method, there, body, FORM if body else "")


@dataclass
class ShownForm:
    """A form as a page shows it, with what an unthinking person would send."""

    method: str
    action: str
    fields: list[tuple[str, str]]

    @property
    def kind(self) -> tuple[str, ...]:
        """The same for forms that differ only in what they are about."""
        where = CODED.sub("/*", self.action.partition("?")[0])
        return (self.method, where, *(name for name, _ in self.fields))


class FormReader(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[ShownForm] = []
        self._chosen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = found.get("method", "get").upper()
            self.forms.append(ShownForm(method, found.get("action", ""), []))
            self._chosen = set()
        name = found.get("name", "")
        if tag not in ("input", "select", "textarea", "button") or not name or not self.forms:
            return
        if found.get("type") == "radio" and name in self._chosen:
            return
        self._chosen.add(name)
        value = found.get("value") or {"place": "1060", "text": "1060"}.get(name, "1")
        self.forms[-1].fields.append((name, value))


def forms_of(page: str) -> list[ShownForm]:
    reader = FormReader()
    reader.feed(page)
    return reader.forms


def one_field_wrong(here: str, form: ShownForm, turn: int) -> Iterator[Hostile]:
    """The form as shown, but for one field that holds what nobody types.

    Without its key: under one key only the first would be read.
    """
    action = form.action or here
    fields = [(name, value) for name, value in form.fields if name != "_key"]
    for (name, _), value in itertools.product(fields, FEWER[turn % 2 :: 2]):
        if name == "_csrf_token":
            continue
        sent = [(n, value if n == name else v.encode()) for n, v in fields]
        if form.method == "GET":
            yield Hostile("GET", f"{action.partition('?')[0]}?{urlencoded(sent).decode()}")
        else:
            yield Hostile("POST", action, urlencoded(sent), FORM)
