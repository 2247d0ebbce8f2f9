"""A quarter of an hour with a client's code, in the browser in which it was typed.

It is a signed cookie and no account's session: a page must survive reloading, going back and
another language without script, and a code in an address would stay in a borrowed phone's
history. It opens the pages under /code alone, and ends with the browser or with one button.
"""

from typing import Any

from litestar import Request

from app import crypto
from app.clock import now
from app.db import ReadSession
from app.exchanges import queries
from app.organisations.models import Client
from app.organisations.rules import CODE_PASS
from app.web.answers import SentElsewhereError, forget_cookie, set_cookie
from app.web.csrf import new_device
from app.web.visit import current_visit

PURPOSE = "code_pass"
LONGEST_ID = 18  # decimal digits that a row id can have


def give_pass(code_id: int) -> None:
    body = f"{code_id}.{int((now() + CODE_PASS).timestamp())}"
    signature = crypto.text_of(crypto.sign(PURPOSE, f"{new_device(current_visit())}.{body}", 18))
    set_cookie(_name(), f"{body}.{signature}", max_age=int(CODE_PASS.total_seconds()))


def end_pass() -> None:
    forget_cookie(_name())


async def who_speaks(reader: ReadSession, request: Request[Any, Any, Any]) -> Client | None:
    """The client whose code was typed here lately; None where it has to be typed again."""
    current_visit().headers["cache-control"] = "private, no-store"
    code_id = _read(request.cookies.get(_name(), ""))
    return None if code_id is None else await queries.client_by_code(reader, code_id)


async def speaking(reader: ReadSession, request: Request[Any, Any, Any]) -> Client:
    """The client whose code was typed here; anybody else is asked for one."""
    client = await who_speaks(reader, request)
    if client is None:
        raise SentElsewhereError("/code")
    return client


def _read(cookie: str) -> int | None:
    body, _, signature = cookie.rpartition(".")
    code_id, _, until = body.partition(".")
    if (
        not (body.isascii() and code_id.isdecimal() and until.isdecimal())
        or len(body) > 2 * LONGEST_ID
    ):
        return None
    signed = crypto.is_signed(
        PURPOSE, f"{current_visit().device}.{body}", crypto.bytes_of(signature)
    )
    return int(code_id) if signed and int(until) > now().timestamp() else None


def _name() -> str:
    """Beside the session's cookie, with its prefix."""
    return current_visit().session_cookie.replace("sid", "pass")
