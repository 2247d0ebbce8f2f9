"""A browser is told that there is an answer: no name, no kind of help, nothing personal.

What travels is encrypted for the browser alone; its maker sees that we wrote, and when.
"""

import asyncio
import socket
import time
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx
import msgspec
import structlog
from py_vapid import Vapid02  # type: ignore[import-untyped] # ships no types
from pywebpush import WebPusher  # type: ignore[import-untyped] # ships no types

from app.errors import UnavailableError
from app.i18n import direction, speaking
from app.i18n import gettext as _
from app.notifications import actions, queries
from app.notifications.queries import Sign
from app.notifications.rules.push import is_public, may_reach
from app.settings import PushSettings, Settings
from workers.protocol import Task

log = structlog.get_logger()

SECONDS = 8
KEPT_SECONDS = 86_400  # how long the maker keeps it for a browser that sleeps
VALID_SECONDS = 12 * 3_600
GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


async def push_news(task: Task) -> None:
    """Tell each browser of one person once; a browser that is gone is forgotten."""
    async with task.reading() as reader:
        signs = await queries.signs_for(reader, task.ref)
    settings = task.tools.settings
    for sign in signs if settings.push.key else ():
        status = await send(settings, sign)
        async with task.before() as session:
            if status in GONE:
                await actions.forget_browser(session, sign.number)
            else:
                await actions.mark_pushed(session, sign.number, sign.until)
    async with task.effect():
        pass


def words(language: str) -> bytes:
    """What the browser shows, and where a tap leads."""
    with speaking(language):
        sign = {
            "body": _("You have an answer"),
            "lang": language,
            "dir": direction(),
            "url": f"/{language}/notices",
        }
    return msgspec.json.encode(sign)


async def send(settings: Settings, sign: Sign) -> int:
    """Hand it to the browser's maker; raise where it should be tried again."""
    endpoint = sign.browser.endpoint
    if settings.is_production and not await _is_outside(endpoint):
        return HTTPStatus.GONE
    keys = {"p256dh": sign.browser.p256dh, "auth": sign.browser.auth}
    sealed = WebPusher({"endpoint": endpoint, "keys": keys}).encode(words(sign.language))
    async with httpx.AsyncClient(timeout=SECONDS, follow_redirects=False) as client:
        answer = await client.post(
            endpoint, content=sealed["body"], headers=_headers(settings.push, endpoint)
        )
    log.info("browser_told", status=answer.status_code)
    if answer.status_code not in GONE and not answer.is_success:
        raise UnavailableError("The browser's maker does not answer now.")
    return answer.status_code


def _headers(settings: PushSettings, endpoint: str) -> dict[str, str]:
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + VALID_SECONDS,
        "sub": settings.contact,
    }
    signed: dict[str, str] = Vapid02.from_raw(settings.key.reveal().encode()).sign(claims)
    fixed = {"TTL": str(KEPT_SECONDS), "Topic": "news", "Content-Encoding": "aes128gcm"}
    return {**signed, **fixed, "Content-Type": "application/octet-stream"}


async def _is_outside(endpoint: str) -> bool:
    """Where a name leads can change after it was given: look again, just before."""
    if not may_reach(endpoint):
        return False
    host = urlsplit(endpoint).hostname
    found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return all(is_public(str(where[4][0])) for where in found)
