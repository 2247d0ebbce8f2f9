"""Messages, a time and a place, and the meeting as a calendar file."""

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
from app.exchanges.forms import MeetingForm, MessageForm
from app.exchanges.pages.exchange import exchange_page
from app.exchanges.pages.words import warning_words
from app.exchanges.queries import Stand
from app.exchanges.queries.visits import is_first_visit
from app.i18n import current_language
from app.i18n import gettext as _
from app.posts.rules.taxonomy import public_name
from app.web.access import SIGNED_IN
from app.web.answers import flash, see_other
from app.web.forms import read_form
from app.web.templates import url

MEETING_LASTS = timedelta(hours=1)


@post("/exchanges/{code:str}/send-message", opt=SIGNED_IN)
async def send_message(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Redirect | Template:
    stand = await queries.stand(session, visitor, code)
    form = MessageForm(await read_form(request))
    if not form.validate():
        return await exchange_page(session, visitor, stand, message=form)
    body = str(form.body.data).strip()
    await actions.send_message(session, stand, visitor.person_id, body)
    flash(_("Your message is sent."))
    if warning := warning_words(rules.warnings_in(body)):
        flash(warning, "warning")
    return see_other(f"/exchanges/{code}")


@post("/exchanges/{code:str}/arrange", opt=SIGNED_IN)
async def arrange(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Redirect | Template:
    stand = await queries.stand(session, visitor, code)
    form = MeetingForm(await read_form(request))
    first_visit = await is_first_visit(session, stand)
    if not form.validate() or not form.is_safe(first_visit=first_visit):
        return await exchange_page(session, visitor, stand, meeting=form)
    await actions.arrange(session, stand, form.meeting)
    flash(_("The time and place are set. The other side can see them."))
    return see_other(f"/exchanges/{code}")


@get("/exchanges/{code:str}/calendar.ics", opt=SIGNED_IN)
async def exchange_calendar(
    request: Request[Any, Any, Any],
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Response[bytes]:
    stand = await queries.stand(reader, visitor, code)
    return Response(
        calendar_file(stand, request.app.state.settings.public_url),
        media_type="text/calendar; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="solidare.ics"'},
    )


def calendar_file(stand: Stand, public_url: str) -> bytes:
    """The meeting with a first name and the kind of help; the place stays on the page."""
    meeting_at = stand.exchange.meeting_at
    if meeting_at is None or not rules.is_open(stand.exchange):
        raise NotFoundError("No time is agreed yet.")
    event = Event()
    event.add("uid", f"{stand.exchange.code}@{urlsplit(public_url).hostname}")
    event.add("dtstamp", now())
    event.add("dtstart", local(meeting_at))
    event.add("dtend", local(meeting_at + MEETING_LASTS))
    help_name = public_name(stand.category, current_language())
    event.add("summary", _("%(help)s with %(name)s", help=help_name, name=stand.other_name))
    event.add("url", f"{public_url}{url(f'/exchanges/{stand.exchange.code}')}")
    calendar = Calendar()
    calendar.add("prodid", "-//Solidare//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


handlers: list[ControllerRouterHandler] = [send_message, arrange, exchange_calendar]
