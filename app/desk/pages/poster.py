"""An organisation on paper: where its desk is, when it is open, and a code that a phone reads."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.db import ReadSession
from app.errors import NotFoundError
from app.i18n import gettext as _
from app.i18n import language_name, listed
from app.organisations import queries as organisations
from app.organisations.models import Organisation
from app.organisations.rules import Standing, standing
from app.web.access import PUBLIC
from app.web.answers import page
from app.web.qr import qr_code


@get("/organisations/{code:str}/poster", opt=PUBLIC)
async def organisation_poster(
    request: Request[Any, Any, Any],
    reader: NamedDependency[ReadSession],
    code: FromPath[str],
    size: FromQuery[str] = "a4",
) -> Template:
    found = await organisations.organisation_by_code(reader, code)
    if standing(found) is not Standing.VERIFIED:
        raise NotFoundError("There is no such organisation.")
    address = f"{request.app.state.settings.public_url}/organisations/{found.code}"
    return page(
        "desk/organisation_poster.html",
        noindex=True,
        size="a6" if size == "a6" else "a4",
        at=f"/organisations/{found.code}",
        title=found.name,
        rows=_rows(found),
        qr=qr_code(address),
        short=address.removeprefix(f"{urlsplit(address).scheme}://"),
    )


def _rows(found: Organisation) -> list[tuple[str, str]]:
    return [
        (_("Where"), found.desk),
        (_("Opening hours"), found.hours or ""),
        (_("Languages"), listed(language_name(one) for one in found.languages)),
        (_("Phone"), found.phone),
    ]


handlers: list[ControllerRouterHandler] = [organisation_poster]
