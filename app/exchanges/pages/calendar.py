"""Agreed meetings as calendar files: one exchange to save, or all of one person to follow.

A meeting says what, when and with which first name; the place stays on the page.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from icalendar import Calendar, Event
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.clock import local, now
from app.db import ReadSession, Session
from app.errors import NotFoundError
from app.exchanges import actions, queries, rules
from app.exchanges.queries import Stand
from app.i18n import current_language
from app.i18n import gettext as _
from app.notifications.rules import LinkPurpose, SignedLink, path_of, read_link
from app.posts.rules.taxonomy import public_name
from app.web.access import PUBLIC, SIGNED_IN
from app.web.answers import flash, page, see_other
from app.web.templates import url

MEETING_LASTS = timedelta(hours=1)
LOOK_AGAIN = timedelta(hours=4)
Browser = Request[Any, Any, Any]


@get("/exchanges/{code:str}/calendar.ics", opt=SIGNED_IN)
async def exchange_calendar(
    request: Browser,
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Response[bytes]:
    stand = await queries.stand(reader, visitor, code)
    return _answer(calendar_file(stand, request.app.state.settings.public_url))


@get("/exchanges/calendar", opt=SIGNED_IN)
async def calendar(
    request: Browser, reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    """Where a person's own calendar program finds their meetings, if they want it to."""
    serial = await queries.calendar_serial(reader, visitor.person_id)
    link = SignedLink(LinkPurpose.CALENDAR, serial or "", visitor.person_id)
    public_url = request.app.state.settings.public_url
    address = f"{public_url}{url(path_of(link))}" if serial else None
    return page("exchanges/calendar.html", address=address)


@post("/exchanges/calendar/open", opt=SIGNED_IN, status_code=200)
async def open_calendar(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    await actions.open_calendar(session, visitor.person_id)
    flash(_("Here is the address of your calendar. An older one ends."))
    return see_other("/exchanges/calendar")


@post("/exchanges/calendar/end", opt=SIGNED_IN, status_code=200)
async def end_calendar(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    await actions.end_calendar(session, visitor.person_id)
    flash(_("The address of your calendar has ended."))
    return see_other("/exchanges/calendar")


@get("/calendar/{token:str}", opt=PUBLIC)
async def follow_calendar(
    request: Browser, reader: NamedDependency[ReadSession], token: FromPath[str]
) -> Response[bytes]:
    link = read_link(LinkPurpose.CALENDAR, token)
    stands = await queries.meetings_by_link(reader, link) if link else None
    if stands is None:
        raise NotFoundError("This calendar has ended. Make a new address on your page.")
    public_url = request.app.state.settings.public_url
    events = [_event(stand, public_url) for stand in stands]
    return _answer(
        _file(event for event in events if event), {"cache-control": "private, no-store"}
    )


def calendar_file(stand: Stand, public_url: str) -> bytes:
    """The one meeting of an open exchange."""
    event = _event(stand, public_url)
    if event is None:
        raise NotFoundError("No time is agreed yet.")
    return _file([event])


def _event(stand: Stand, public_url: str) -> Event | None:
    meeting_at = stand.exchange.meeting_at
    if meeting_at is None or not rules.is_open(stand.exchange):
        return None
    event = Event()
    event.add("uid", f"{stand.exchange.code}@{urlsplit(public_url).hostname}")
    event.add("dtstamp", now())
    event.add("dtstart", local(meeting_at))
    event.add("dtend", local(meeting_at + MEETING_LASTS))
    help_name = public_name(stand.category, current_language())
    event.add("summary", _("%(help)s with %(name)s", help=help_name, name=stand.other_name))
    event.add("url", f"{public_url}{url(f'/exchanges/{stand.exchange.code}')}")
    return event


def _file(events: Iterable[Event]) -> bytes:
    made = Calendar()
    made.add("prodid", "-//Solidare//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", "Solidare")
    made.add("refresh-interval", LOOK_AGAIN, parameters={"value": "DURATION"})
    for event in events:
        made.add_component(event)
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _answer(body: bytes, headers: dict[str, str] | None = None) -> Response[bytes]:
    saved = {"content-disposition": 'attachment; filename="solidare.ics"'}
    return Response(
        body, media_type="text/calendar; charset=utf-8", headers={**saved, **(headers or {})}
    )


handlers: list[ControllerRouterHandler] = [
    exchange_calendar,
    calendar,
    open_calendar,
    end_calendar,
    follow_calendar,
]
