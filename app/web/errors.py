"""A refusal becomes a page in the person's language, or problem details for programs."""

import socket
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import msgspec
import structlog
from jinja2 import Environment
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Template
from sqlalchemy import exc as database

from app import errors
from app.i18n import gettext as _
from app.i18n import sentence
from app.web.answers import SentElsewhereError, page, see_other
from app.web.once import SentBeforeError, answer_again
from app.web.templates import url
from app.web.visit import Visit, current_visit, enter

log = structlog.get_logger()

STATUS: dict[type[errors.SolidareError], int] = {
    errors.InvalidError: 422,
    errors.SignInNeededError: 401,
    errors.ProofNeededError: 403,
    errors.FactorNeededError: 403,
    errors.NotAllowedError: 403,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.GoneError: 410,
    errors.TooManyError: 429,
    errors.UnavailableError: 503,
}

# Pages that a person is led to instead of being refused.
DOORS: dict[type[Exception], str] = {
    errors.SignInNeededError: "/sign-in",
    errors.ProofNeededError: "/account/proof",
    errors.FactorNeededError: "/account/factors",
}

TITLES = {
    400: sentence("This request cannot be read."),
    401: sentence("Sign in to continue."),
    403: sentence("You cannot do this."),
    404: sentence("This page does not exist."),
    405: sentence("This page does not exist."),
    409: sentence("Something changed in the meantime."),
    410: sentence("This has ended."),
    413: sentence("This is too large."),
    422: sentence("There is a problem with what you entered."),
    429: sentence("That was too often."),
    500: sentence("Something went wrong on our side."),
    503: sentence("We are not fully here right now."),
}

NEXT_STEPS = {
    400: sentence("Go back and try again."),
    403: sentence("If you think you should be able to, call us."),
    404: sentence("Check the address, or start again from the home page."),
    405: sentence("Check the address, or start again from the home page."),
    409: sentence("Nothing is lost. Go back and look again."),
    410: sentence("You can look for something similar or say what you need."),
    413: sentence("Send a smaller file or a shorter text."),
    429: sentence("Wait a little, or call us: a person will help."),
    500: sentence("Nothing is lost. Try again in a minute, or call us."),
    503: sentence("Try again in a minute, or call us."),
}

# The other act is over in a moment: a lock not granted, a deadlock, a serialization failure.
BUSY = frozenset({"55P03", "40P01", "40001"})
# Connections lost or refused, servers out of room, starting or stopping, statements cut short.
AWAY = ("08", "53", "57")
RETRY_BUSY, RETRY_AWAY = "2", "30"
PROBLEM = "application/problem+json"


def retry_after(error: BaseException) -> str | None:
    """Seconds after which to try again where a server is away or busy; None for other failures."""
    match error:
        case BaseExceptionGroup(exceptions=[only]):
            return retry_after(only)
        case errors.UnavailableError():
            return RETRY_AWAY
        case ConnectionError() | TimeoutError() | socket.gaierror() | database.TimeoutError():
            return RETRY_AWAY
        case database.DBAPIError():
            state = str(getattr(error.orig, "sqlstate", None) or "")
            if state in BUSY:
                return RETRY_BUSY
            gone = error.connection_invalidated or isinstance(error, database.InterfaceError)
            return RETRY_AWAY if gone or state.startswith(AWAY) else None
    return None


def lost_to(error: BaseException) -> str:
    """The state code where the act lost to another one and may be done again; else empty."""
    match error:
        case BaseExceptionGroup(exceptions=[only]):
            return lost_to(only)
        case database.DBAPIError():
            state = str(getattr(error.orig, "sqlstate", None) or "")
            return state if state in BUSY else ""
    return ""


def status_of(error: Exception) -> int:
    if isinstance(error, errors.SolidareError):
        return STATUS[type(error)]
    if isinstance(error, HTTPException):
        return error.status_code
    return 503 if retry_after(error) else 500


def sentence_of(error: Exception, status: int) -> str:
    """What to tell the person; never the text of an unexpected failure."""
    if isinstance(error, errors.SolidareError):
        return _(error.message, **error.values)
    return _(TITLES.get(status, TITLES[500]))


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The only exception handler: a page or a problem document, and a log line without data."""
    visit = _visit_or_new(request)
    if isinstance(error, SentElsewhereError):
        return see_other(error.path)
    if isinstance(error, SentBeforeError):
        return answer_again(error)
    visit.lost_to = lost_to(error)
    status = status_of(error)
    _note(error, status, visit, request.method)
    if visit.is_api:
        headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
        return Response(
            content=problem(error, status), status_code=status, media_type=PROBLEM, headers=headers
        )
    if isinstance(error, tuple(DOORS)):
        return _led_to(DOORS[type(error)], visit, request.method)
    return error_page(error, status)


def _led_to(door: str, visit: Visit, method: str) -> Response[Any]:
    """To the door first; afterwards the person comes back here."""
    query = f"?{visit.query}" if visit.query and method == "GET" else ""
    following = quote(f"{visit.path}{query}", safe="/")
    return Response(
        content=b"",
        status_code=303,
        headers={"Location": url(f"{door}?next={following}")},
        media_type=MediaType.HTML,
    )


def write_error(
    environment: Environment, error: Exception, visit: Visit, method: str
) -> tuple[int, str, bytes]:
    """Status, media type and body where the application was not even reached."""
    status = status_of(error)
    _note(error, status, visit, method)
    if visit.is_api:
        return status, PROBLEM, msgspec.json.encode(problem(error, status))
    shown = error_page(error, status)
    body = environment.get_template(str(shown.template_name)).render(shown.context)
    return status, "text/html; charset=utf-8", body.encode()


def error_page(error: Exception, status: int) -> Template:
    """What happened and what to do next; nothing is asked of the database."""
    return page(
        "errors/error.html",
        status=status,
        code=status,
        title=_(TITLES.get(status, TITLES[500])),
        sentence=sentence_of(error, status),
        next_step=_(NEXT_STEPS.get(status, NEXT_STEPS[400])),
        fields=error.fields if isinstance(error, errors.InvalidError) else {},
    )


def problem(error: Exception, status: int) -> dict[str, object]:
    """RFC 9457 problem details."""
    name = "Unavailable" if status == HTTPStatus.SERVICE_UNAVAILABLE else type(error).__name__
    body: dict[str, object] = {
        "type": f"urn:solidare:problem:{name.removesuffix('Error')}",
        "title": _(TITLES.get(status, TITLES[500])),
        "status": status,
        "detail": sentence_of(error, status),
    }
    if isinstance(error, errors.InvalidError):
        body["errors"] = error.fields
    elif isinstance(error, HTTPException) and isinstance(error.extra, list):
        body["errors"] = {
            str(item.get("key", "body")): [str(item.get("message", ""))] for item in error.extra
        }
    return body


def _note(error: Exception, status: int, visit: Visit, method: str) -> None:
    """A log line without data, and when to come back where that helps."""
    name = type(error).__name__
    seconds = retry_after(error)
    if seconds is not None:
        visit.headers["retry-after"] = seconds
        log.warning("request_not_served", error=name, method=method)
    elif status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request_failed", error=name, method=method, exc_info=error)


def _visit_or_new(request: Request[Any, Any, Any]) -> Visit:
    try:
        return current_visit()
    except LookupError:
        visit = Visit(path=request.url.path, is_api=request.url.path.startswith("/api/"))
        enter(visit)
        return visit
