"""Who a token speaks for."""

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler

from app.accounts import queries
from app.accounts.rules import Visitor
from app.db import ReadSession
from app.web import access


class Me(msgspec.Struct, kw_only=True):
    """The person behind a token, and what the token may do."""

    name: str
    language: str
    languages: list[str]
    roles: list[str]
    scopes: list[str]


@get("/api/v1/me", opt=access.SIGNED_IN, summary="The person and the token")
async def me(reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]) -> Me:
    person = await queries.person(reader, visitor.person_id)
    return Me(
        name=person.name,
        language=person.language,
        languages=person.languages,
        roles=sorted(visitor.roles),
        scopes=sorted(visitor.scopes),
    )


handlers: list[ControllerRouterHandler] = [me]
