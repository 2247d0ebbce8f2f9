"""The stylesheet and pictures, served ready-made from memory.

Every file is built beforehand, named by its content and compressed (see assets/build.mjs), so an
answer is looked up, never computed, and no path of a request reaches the disk.
"""

import hashlib
import json
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.web.asgi import Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]

FOLDER = Path(__file__).parents[1] / "static"
PREFIX = "/static/"
# Best first: the smallest form that the browser says it understands is sent.
ENCODINGS = {"br": ".br", "gzip": ".gz"}
FOREVER = b"public, max-age=31536000, immutable"


@cache
def _manifest(folder: Path) -> dict[str, str]:
    files: dict[str, str] = json.loads((folder / "manifest.json").read_text())["files"]
    return files


def static(name: str) -> str:
    """The address of a built file, which changes whenever its content does."""
    return PREFIX + _manifest(FOLDER)[name]


@dataclass(frozen=True)
class Form:
    """One file in one encoding; each has its own strong tag."""

    encoding: str
    body: bytes
    tag: str


@dataclass(frozen=True)
class Entry:
    content_type: str
    forms: tuple[Form, ...]

    def best(self, accepted: str) -> Form:
        """The smallest form that this Accept-Encoding allows; the plain one is always allowed."""
        allowed = set(_accepted(accepted))
        return next(form for form in self.forms if form.encoding in allowed or not form.encoding)


def _accepted(header: str) -> Iterator[str]:
    for part in header.lower().split(","):
        name, *parameters = (word.strip() for word in part.split(";"))
        if not any(word.replace(" ", "").rstrip("0.") == "q=" for word in parameters):
            yield name


def _entry(path: Path) -> Entry:
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if content_type.startswith("text/") or content_type.endswith(("javascript", "svg+xml")):
        content_type += "; charset=utf-8"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    forms = [
        Form(name, packed.read_bytes(), f'"{digest}-{name}"')
        for name, suffix in ENCODINGS.items()
        if (packed := path.with_name(path.name + suffix)).exists()
    ]
    return Entry(content_type, (*forms, Form("", path.read_bytes(), f'"{digest}"')))


def _is_known(header: str, tag: str) -> bool:
    tags = {word.strip().removeprefix("W/") for word in header.split(",")}
    return tag in tags or "*" in tags


class StaticFiles:
    """An ASGI application for `/static`: 200 or 304 for built files, 404 and 405 for all else."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._entries = {name: _entry(folder / name) for name in _manifest(folder).values()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        status, headers, body = self._answer(scope)
        headers.append((b"x-content-type-options", b"nosniff"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        shown = b"" if scope["method"] == "HEAD" else body
        await send({"type": "http.response.body", "body": shown})

    def _answer(self, scope: Scope) -> tuple[int, Headers, bytes]:
        entry = self._entries.get(scope["path"].removeprefix(PREFIX).strip("/"))
        if entry is None:
            return _refusal(404, b"Not found")
        if scope["method"] not in ("GET", "HEAD"):
            status, headers, body = _refusal(405, b"Method not allowed")
            return status, [*headers, (b"allow", b"GET, HEAD")], body
        asked = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        form = entry.best(asked.get("accept-encoding", ""))
        headers = [
            (b"cache-control", FOREVER),
            (b"etag", form.tag.encode()),
            (b"vary", b"accept-encoding"),
        ]
        if _is_known(asked.get("if-none-match", ""), form.tag):
            return 304, headers, b""
        headers += [
            (b"content-type", entry.content_type.encode()),
            (b"content-length", str(len(form.body)).encode()),
        ]
        if form.encoding:
            headers.append((b"content-encoding", form.encoding.encode()))
        return 200, headers, form.body


def _refusal(status: int, text: bytes) -> tuple[int, Headers, bytes]:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
        (b"cache-control", b"no-store"),
    ]
    return status, headers, text
