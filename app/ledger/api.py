"""The ledger for programs."""

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from app.db import ReadSession
from app.ledger import queries
from app.web.access import PUBLIC
from app.web.api import Listing, PageNumber


class LedgerEntry(msgspec.Struct):
    """`canonical` is the text that is hashed; the digest is SHA-256 of a zero byte and it."""

    number: int
    sound: bool
    digest: str
    canonical: str


def _shape(record: queries.Record) -> LedgerEntry:
    text = record.canonical.decode(errors="replace")
    return LedgerEntry(record.number, record.sound, record.digest.hex(), text)


@get("/api/v1/ledger", opt=PUBLIC, summary="All entries, newest first")
async def list_ledger(
    reader: NamedDependency[ReadSession], page: PageNumber = 1
) -> Listing[LedgerEntry]:
    found = await queries.entries(reader, page)
    items = [_shape(record) for record in found.items]
    return Listing(items, found.number, found.last, found.total)


@get("/api/v1/ledger/{number:int}", opt=PUBLIC, summary="One entry by its number")
async def get_ledger_entry(
    reader: NamedDependency[ReadSession], number: FromPath[int]
) -> LedgerEntry:
    return _shape(await queries.entry(reader, number))


@get(
    "/api/v1/ledger/{number:int}/raw",
    opt=PUBLIC,
    summary="The bytes of an entry as they were hashed",
    media_type="application/json",
)
async def get_ledger_entry_raw(
    reader: NamedDependency[ReadSession], number: FromPath[int]
) -> Response[bytes]:
    entry = await queries.entry(reader, number)
    return Response(entry.canonical, media_type="application/json")


handlers: list[ControllerRouterHandler] = [list_ledger, get_ledger_entry, get_ledger_entry_raw]
