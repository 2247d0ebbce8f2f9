"""The shape of the JSON API: clean input, pages of lists, idempotent writes."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from litestar import Request
from litestar.params import QueryParameter

from app.db import Session
from app.errors import ConflictError, InvalidError
from app.i18n import gettext as _
from app.idempotency import Key, keep_answer, reserve
from app.web.forms import is_clean
from app.web.visit import current_visit

T = TypeVar("T")
MAX_BODY = 256 * 1024
MAX_DEPTH = 12
LARGEST_INTEGER = 2**53
LONGEST_KEY = 80
LAST_PAGE = 10_000
PageNumber = Annotated[int, QueryParameter(ge=1, le=LAST_PAGE, description="From 1.")]


class Listing(msgspec.Struct, Generic[T]):
    """One page of a list; `total` stops counting at a thousand."""

    items: list[T]
    page: int
    pages: int
    total: int


class Received(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of everything a program may send: unknown fields are errors."""


async def refuse_impossible_json(request: Request[Any, Any, Any]) -> None:
    """Refuse bodies that are too large or deep, or hold bytes and numbers nobody can store."""
    body = await request.body()
    if not body:
        return
    if len(body) > MAX_BODY:
        raise InvalidError({"body": [_("This is too large.")]})
    try:
        sane = _is_sane(msgspec.json.decode(body), MAX_DEPTH)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidError({"body": [_("This is not valid JSON.")]}) from error
    if not sane:
        raise InvalidError({"body": [_("A text, number or depth here is impossible.")]})


def _is_sane(value: object, depth: int) -> bool:
    if depth == 0:
        return False
    if isinstance(value, str):
        return is_clean(value)
    if isinstance(value, dict):
        return all(is_clean(str(k)) and _is_sane(v, depth - 1) for k, v in value.items())
    if isinstance(value, list):
        return all(_is_sane(item, depth - 1) for item in value)
    if isinstance(value, int | float):
        return abs(value) < LARGEST_INTEGER
    return True


async def once(
    request: Request[Any, Any, Any],
    session: Session,
    shape: type[T],
    act: Callable[[], Awaitable[T]],
) -> T:
    """Do the act, or give the answer it had when the same Idempotency-Key was first seen.

    Whether the person may act is for the caller to ask before, so that a repeat is asked too.
    """
    given = request.headers.get("idempotency-key", "")
    if len(given) > LONGEST_KEY:
        raise InvalidError({"Idempotency-Key": [_("This is too large.")]})
    actor = current_visit().visitor.person_id
    if not given or actor is None:
        return await act()
    route = f"{request.method} {request.url.path}"[:120]
    key = Key(actor, given, route, await request.body())
    earlier = await reserve(session, key)
    if earlier is None:
        answer = await act()
        await keep_answer(session, key, msgspec.json.encode(answer))
        return answer
    if not earlier.same:
        raise ConflictError("This key was used for another request. Send a new key.")
    return msgspec.json.decode(earlier.answer or b"null", type=shape)
