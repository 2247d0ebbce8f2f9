"""The front door: language prefix, visitor, own browser checks and headers for every answer."""

import re
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from itertools import count
from urllib.parse import quote

from app import i18n
from app.settings import Settings
from app.web.again import Held, Remembered, pause
from app.web.answers import FLASH_COOKIE, forget_cookie, read_flashes, set_cookie
from app.web.asgi import ASGIApp, Message, Receive, Scope, Send
from app.web.errors import write_error
from app.web.forms import is_clean
from app.web.static import StaticFiles
from app.web.templates import create_environment
from app.web.visit import Stranger, Visit, Visitor, enter

FindVisitor = Callable[[str, str], Awaitable[Visitor | None]]
# Machines ask for these; they have no language.
PLAIN = (
    "/static/", "/api/", "/health/", "/metrics", "/favicon.ico", "/robots.txt", "/.well-known/",
    "/sw.js",
)  # fmt: skip
CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# A number that no row can have.
NO_NUMBER = re.compile(r"/\d{19,}(?=/|$)")
HEADERS = {
    "content-security-policy": CONTENT_SECURITY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "permissions-policy": "geolocation=(self), camera=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
TRANSPORT_SECURITY = "max-age=63072000; includeSubDomains"
LANGUAGE_COOKIE = "language"
YEAR = 31_536_000


class Front:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, settings: Settings, find_visitor: FindVisitor) -> None:
        self.app = app
        self.settings = settings
        self.find_visitor = find_visitor
        prefix = "__Host-" if settings.is_https else ""
        self.static = StaticFiles()
        self.environment = create_environment(settings)
        self.session_cookie = f"{prefix}sid"
        self.device_cookie = f"{prefix}device"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"].startswith(("/health/", "/static/")):
            plain = self.static if scope["path"].startswith("/static/") else self.app
            await plain(scope, receive, _guarded(send))
            return
        if not is_clean(scope["path"]) or NO_NUMBER.search(scope["path"]):
            _forget_unreadable(scope)
        visit, failure = await self._visit(scope)
        enter(visit)
        i18n.use_language(visit.language)
        if failure is not None:
            await self._apologise(visit, failure, scope, send)
            return
        if await self._sent_elsewhere(visit, scope, send):
            return
        scope["path"] = visit.path
        scope["raw_path"] = quote(visit.path).encode()
        wants_head = scope["method"] == "HEAD"
        if wants_head:
            scope["method"] = "GET"
        await self._answer(visit, scope, Remembered(receive), send, wants_head=wants_head)

    async def _answer(
        self, visit: Visit, scope: Scope, receive: Remembered, send: Send, *, wants_head: bool
    ) -> None:
        """Until an attempt is not undone; each begins from the request as it came."""
        for attempt in count(1):
            current = visit.anew()
            enter(current)
            held = Held(current, self._sender(current, send, wants_head=wants_head), attempt)
            state = dict(scope.get("state", {}))
            await self.app({**scope, "state": state}, receive, held)
            if not held.lost_to:
                return
            receive.rewind()
            await pause(held.lost_to, attempt)

    async def _visit(self, scope: Scope) -> tuple[Visit, Exception | None]:
        """The visit, and why nobody could look who it is."""
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        cookies = _cookies(headers.get("cookie", ""))
        path = scope["path"]
        first, _, rest = path.lstrip("/").partition("/")
        prefixed = first in i18n.LANGUAGES
        inner = f"/{rest}" if prefixed else path
        # As routing reads it: whatever stands before, programs come with a token, never a cookie.
        is_api = f"/{inner.lstrip('/')}".startswith("/api/")
        bearer = headers.get("authorization", "")
        kind, token = "session", cookies.get(self.session_cookie, "")
        if is_api:
            kind, token = "api", bearer.removeprefix("Bearer ") if bearer else ""
        visitor, failure = await self._look_up(kind, token)
        language = i18n.choose_language(
            first if prefixed else None,
            visitor.language if visitor else None,
            cookies.get(LANGUAGE_COOKIE),
            accept_language=headers.get("accept-language", ""),
        )
        visit = Visit(
            path=inner,
            query=scope["query_string"].decode("latin-1"),
            language=language,
            visitor=visitor or Stranger(),
            session_cookie=self.session_cookie,
            session_token=token if visitor and not is_api else "",
            device="" if is_api else cookies.get(self.device_cookie, ""),
            address=(scope.get("client") or ("",))[0],
            is_api=is_api,
            flashes=read_flashes(cookies.get(FLASH_COOKIE, "")),
        )
        return visit, failure

    async def _look_up(self, kind: str, token: str) -> tuple[Visitor | None, Exception | None]:
        try:
            return (await self.find_visitor(kind, token) if token else None), None
        except Exception as error:  # noqa: BLE001 - there is no handler outside the application
            return None, error

    async def _apologise(self, visit: Visit, failure: Exception, scope: Scope, send: Send) -> None:
        """Say it in words, with nothing but templates: the database may be away."""
        status, media, body = write_error(self.environment, failure, visit, scope["method"])
        headers = [(b"content-type", media.encode()), (b"content-length", b"%d" % len(body))]
        answer = self._sender(visit, send, wants_head=scope["method"] == "HEAD")
        await answer({"type": "http.response.start", "status": status, "headers": headers})
        await answer({"type": "http.response.body", "body": body, "more_body": False})

    async def _sent_elsewhere(self, visit: Visit, scope: Scope, send: Send) -> bool:
        """Pages live under their language: a bare address goes there, keeping its query."""
        path = scope["path"]
        if path != visit.path or path.startswith(PLAIN) or scope["method"] not in ("GET", "HEAD"):
            return False
        query = f"?{visit.query}" if visit.query else ""
        location = quote(f"/{visit.language}{path}") + query
        await _plain(send, 307, b"", [(b"location", location.encode("latin-1"))])
        return True

    def _sender(self, visit: Visit, send: Send, *, wants_head: bool) -> Send:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers(visit, message)]
            elif message["type"] == "http.response.body" and wants_head:
                message["body"] = b""
            await send(message)

        return send_with_headers

    def _headers(self, visit: Visit, message: Message) -> list[tuple[bytes, bytes]]:
        present = {name.lower() for name, _ in message["headers"]}
        headers = {name: value for name, value in HEADERS.items() if name.encode() not in present}
        if self.settings.is_https:
            headers["strict-transport-security"] = TRANSPORT_SECURITY
        headers.update(visit.headers)
        if b"cache-control" not in present:
            private = visit.visitor.signed_in or visit.device or visit.is_api
            headers["cache-control"] = "private, no-store" if private else "no-cache"
        headers["vary"] = "Accept-Language, Cookie, HX-Request"
        headers["content-language"] = visit.language
        self._collect_cookies(visit)
        secure = "; Secure" if self.settings.is_https else ""
        cookies = [(b"set-cookie", f"{cookie}{secure}".encode()) for cookie in visit.set_cookies]
        return [(name.encode(), value.encode()) for name, value in headers.items()] + cookies

    def _collect_cookies(self, visit: Visit) -> None:
        if visit.device_is_new:
            set_cookie(self.device_cookie, visit.device, max_age=YEAR)
        already = any(cookie.startswith(f"{FLASH_COOKIE}=") for cookie in visit.set_cookies)
        if visit.flashes and visit.flashes_shown and not already:
            forget_cookie(FLASH_COOKIE)


def _forget_unreadable(scope: Scope) -> None:
    """An impossible address becomes one that does not exist, in the same language."""
    first = scope["path"].lstrip("/").partition("/")[0]
    known = first if first in (*i18n.LANGUAGES, "api") else i18n.DEFAULT
    scope["path"], scope["query_string"] = f"/{known}/unreadable", b""


def _guarded(send: Send) -> Send:
    """The browser's own checks for answers that no visit stands behind."""

    async def send_guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            wanted = ((name.encode(), value.encode()) for name, value in HEADERS.items())
            missing = [(name, value) for name, value in wanted if name not in present]
            message["headers"] = [*message["headers"], *missing]
        await send(message)

    return send_guarded


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}


async def _plain(
    send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    common = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-length", str(len(body)).encode()),
                # Where it leads depends on who asks.
                (b"cache-control", b"private, no-store"),
                (b"vary", b"Accept-Language, Cookie"),
                *common,
                *(headers or []),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})
