"""What an administrator answers for: what everybody sees of the desk, and who looked at files."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role, Visitor
from app.db import ReadSession, Session
from app.i18n import current_language, sentence
from app.i18n import gettext as _
from app.organisations import actions, queries
from app.organisations.forms import DeskForm
from app.organisations.models import Organisation
from app.organisations.rules import ACCESS_KEPT, MOST_FILES, Viewed
from app.territories.geocoder.shipped import municipality_name
from app.web.access import staff
from app.web.answers import flash, page, see_other
from app.web.forms import read_form
from app.web.templates import url

Browser = Request[Any, Any, Any]
LEAD = staff(Role.ORGANISATION_ADMIN.value)
VIEWED = {
    Viewed.FILE: sentence("File"),
    Viewed.CONTACT: sentence("Contact"),
    Viewed.NOTE: sentence("Internal note"),
    Viewed.SLIP: sentence("Slip"),
}


@get("/organisations/{code:str}/access", opt=LEAD)
async def access_log(
    *,
    code: FromPath[str],
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    worker: FromQuery[str] = "",
    client: FromQuery[str] = "",
    number: FromQuery[str] = "",
) -> Template:
    own = await queries.led_organisation(reader, visitor, code)
    asked = queries.LogFilter(_number(worker), client.strip()[:12], _number(number) or 1)
    return page(
        "organisations/access.html",
        noindex=True,
        organisation=own,
        people=await queries.colleagues(reader, own.id),
        views=await queries.views(reader, own.id, asked),
        alarms=await queries.alarms(reader, own.id),
        worker=asked.worker_id,
        client=asked.alias,
        **_terms(),
        here=url(f"/organisations/{code}/access?worker={asked.worker_id or ''}"),
    )


@get("/organisations/{code:str}/settings", opt=LEAD)
async def show_settings(
    code: FromPath[str], reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    own = await queries.led_organisation(reader, visitor, code)
    return _settings_page(own, DeskForm(data=_said(own)))


@post("/organisations/{code:str}/settings", opt=LEAD)
async def change_desk(
    request: Browser,
    code: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect | Template:
    form = DeskForm(await read_form(request))
    own = await queries.led_organisation(session, visitor, code)
    if not form.validate():
        return _settings_page(own, form, 422)
    await actions.change_desk(session, own, form.desk_draft())
    flash(_("Saved. Everybody sees it now."))
    return see_other(f"/organisations/{code}")


def _terms() -> dict[str, Any]:
    """What can be looked at, how many files raise an alarm, how long the log is kept."""
    words = {key: _(text) for key, text in VIEWED.items()}
    return {"words": words, "most": MOST_FILES, "days": ACCESS_KEPT.days}


def _settings_page(own: Organisation, form: DeskForm, status: int = 200) -> Template:
    return page(
        "organisations/settings.html", status=status, noindex=True, organisation=own, form=form
    )


def _said(own: Organisation) -> dict[str, object]:
    communes = (municipality_name(nis, current_language()) or nis for nis in own.area)
    return {
        "phone": own.phone,
        "desk": own.desk,
        "hours": own.hours,
        "languages": own.languages,
        "area": ", ".join(communes),
        "insured_until": own.insured_until.isoformat() if own.insured_until else "",
    }


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - no id is longer


handlers: list[ControllerRouterHandler] = [access_log, show_settings, change_desk]
