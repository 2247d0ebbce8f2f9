"""Notices inside the platform, and the choice of messages outside."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor, device_name
from app.db import ReadSession, Session
from app.errors import InvalidError, NotFoundError
from app.i18n import gettext as _
from app.notifications import actions, queries
from app.notifications.forms import PreferencesForm, preferences_form
from app.notifications.rules import Channel, LinkPurpose, SignedLink, read_link
from app.notifications.rules.push import public_key, read_browser
from app.web import access
from app.web.answers import flash, page, see_other
from app.web.forms import read_form

Browser = Request[Any, Any, Any]


@get("/notices", opt=access.SIGNED_IN)
async def notices(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    return page("notifications/notices.html", lines=await queries.recent(reader, visitor.person_id))


@post("/notices/read", opt=access.SIGNED_IN, status_code=200)
async def mark_read(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    await actions.mark_read(session, visitor.person_id)
    return see_other("/notices")


@get("/account/notifications", opt=access.SIGNED_IN)
async def preferences(
    request: Browser, reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    wishes = await queries.wishes_of(reader, visitor.person_id)
    return await _preferences(
        request, reader, visitor, form=preferences_form(wishes), all_off=not wishes
    )


async def _preferences(
    request: Browser, reader: ReadSession, visitor: Visitor, status: int = 200, **shown: object
) -> Template:
    return page(
        "notifications/preferences.html",
        push_key=public_key(request.app.state.settings.push),
        browsers=await queries.browsers_of(reader, visitor.person_id),
        status=status,
        **shown,
    )


@post("/account/notifications", opt=access.SIGNED_IN, status_code=200)
async def choose_wishes(
    request: Browser,
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Template | Redirect:
    form = PreferencesForm(await read_form(request))
    if not form.validate():
        return await _preferences(request, session, visitor, form=form, all_off=False, status=422)
    await actions.choose_wishes(session, visitor.person_id, form.chosen())
    flash(_("Your choice is saved."))
    return see_other("/account/notifications")


@post("/account/notifications/browsers", opt=access.SIGNED_IN, status_code=200)
async def tell_browser(
    request: Browser, session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    """Only a script can fill this form: the browser asks its owner and hands out its keys."""
    form, settings = await read_form(request), request.app.state.settings
    told = [str(form.get(name, "")) for name in ("endpoint", "p256dh", "auth")]
    browser = read_browser(*told, anywhere=not settings.is_production)
    if browser is None or not settings.push.key:
        raise InvalidError({"endpoint": [_("This browser cannot be told of news.")]})
    device = device_name(request.headers.get("user-agent", ""))
    await actions.subscribe(session, visitor.person_id, browser, device)
    flash(_("This browser tells you of news."))
    return see_other("/account/notifications")


@post("/account/notifications/browsers/{number:int}/remove", opt=access.SIGNED_IN, status_code=200)
async def leave_browser(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor], number: FromPath[int]
) -> Redirect:
    await actions.unsubscribe(session, visitor.person_id, number)
    flash(_("That browser tells you nothing any more."))
    return see_other("/account/notifications")


def _read_unsubscribe(token: str) -> SignedLink:
    link = read_link(LinkPurpose.UNSUBSCRIBE, token)
    if link is None:
        raise NotFoundError("This link is not complete. Copy it whole from the message.")
    return link


@get("/unsubscribe/{token:str}", opt=access.PUBLIC)
async def unsubscribe(token: FromPath[str]) -> Template:
    """Only shows the button: mail scanners open every link."""
    _read_unsubscribe(token)
    return page("notifications/unsubscribe.html", token=token, noindex=True)


@post("/unsubscribe/{token:str}", opt=access.BY_LINK, status_code=200)
async def mute_channel(
    request: Browser, token: FromPath[str], session: NamedDependency[Session]
) -> Redirect | Response[None]:
    """A press of the button, or one click in a mail program (RFC 8058), which follows nothing."""
    link = _read_unsubscribe(token)
    await actions.mute_channel(session, link.person_id, Channel(link.ref))
    if "List-Unsubscribe" in await read_form(request):
        return Response(None, status_code=204)
    flash(_("Done. We only write to you about the safety of your account."))
    return see_other("/")


handlers: list[ControllerRouterHandler] = [
    notices,
    mark_read,
    preferences,
    choose_wishes,
    tell_browser,
    leave_browser,
    unsubscribe,
    mute_channel,
]
