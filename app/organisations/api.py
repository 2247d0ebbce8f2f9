"""Organisations that a person works for, and their clients, for programs."""

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import ReadSession
from app.errors import NotFoundError
from app.organisations import queries
from app.organisations.models import Client
from app.web.access import SIGNED_IN


class OrganisationShown(msgspec.Struct):
    code: str
    name: str


class Organisations(msgspec.Struct):
    items: list[OrganisationShown]


class ClientShown(msgspec.Struct):
    """A client is an alias; `mandate` is true while the client allows posts."""

    alias: str
    languages: list[str]
    municipality_fr: str
    municipality_nl: str
    mandate: bool


class Clients(msgspec.Struct):
    items: list[ClientShown]


@get("/api/v1/organisations", opt=SIGNED_IN, summary="Organisations in whose name you may post")
async def list_organisations(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Organisations:
    own = await queries.own_organisations(reader, visitor.organisation_ids)
    return Organisations([OrganisationShown(one.code, one.name) for one in own])


@get("/api/v1/organisations/{code:str}/clients", opt=SIGNED_IN, summary="Clients by alias")
async def list_clients(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Clients:
    organisation = await queries.organisation_by_code(reader, code)
    if organisation.id not in visitor.organisation_ids:
        raise NotFoundError("There is no such organisation.")
    clients = await queries.clients_of(reader, [organisation.id])
    return Clients([await _shown(reader, client) for client in clients])


async def _shown(reader: ReadSession, client: Client) -> ClientShown:
    mandate = await queries.live_mandate(reader, client.id)
    return ClientShown(
        alias=client.alias,
        languages=list(client.languages),
        municipality_fr=client.place.name_fr,
        municipality_nl=client.place.name_nl,
        mandate=mandate is not None,
    )


handlers: list[ControllerRouterHandler] = [list_organisations, list_clients]
