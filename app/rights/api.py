"""One's own data for one's own programs."""

from litestar import get
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import ReadSession
from app.rights import queries
from app.rights.rules.export import Export, without_reach
from app.web import access


@get(
    "/api/v1/me/data",
    opt=access.SIGNED_IN,
    summary="All that is kept about the person",
    description="Phone, e-mail and addresses are left out: take them from the page, signed in.",
)
async def own_data(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Export:
    return without_reach(await queries.export(reader, visitor.person_id))


handlers: list[ControllerRouterHandler] = [own_data]
