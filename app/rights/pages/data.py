"""What is kept about me: to read, to print, to take along."""

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import ReadSession
from app.rights import queries
from app.rights.pages.marks import FRESH
from app.rights.pages.words import sections
from app.web.answers import page


@get("/account/data", opt=FRESH)
async def own_data(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    found = await queries.export(reader, visitor.person_id)
    return page("rights/own_data.html", found=found, sections=sections(found))


@get("/account/data/file", opt=FRESH, media_type="application/json")
async def own_data_file(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Response[bytes]:
    found = await queries.export(reader, visitor.person_id)
    body = msgspec.json.format(msgspec.json.encode(found))
    name = f"solidare-{found.made_on.isoformat()}.json"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type="application/json", headers=headers)


handlers: list[ControllerRouterHandler] = [own_data, own_data_file]
