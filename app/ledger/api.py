"""The ledger for programs: entries, the signed tree, proofs, and the signatures of witnesses."""

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from app.db import ReadSession, Session
from app.errors import NotFoundError
from app.ledger import actions, queries
from app.ledger.models import Log
from app.web.access import PUBLIC
from app.web.api import Listing, PageNumber, Received

TEXT = "text/plain; charset=utf-8"


class LedgerEntry(msgspec.Struct):
    """`canonical` is the text that is hashed; the digest is SHA-256 of a zero byte and it."""

    number: int
    sound: bool
    digest: str
    canonical: str


class LedgerInclusion(msgspec.Struct):
    """`hashes` lead from the leaf at `place` to the root of `checkpoint` (RFC 9162, 2.1.3)."""

    place: int
    size: int
    hashes: list[str]
    checkpoint: str


class LedgerConsistency(msgspec.Struct):
    """`hashes` show that the first `new` entries begin with the first `old` (RFC 9162, 2.1.4)."""

    old: int
    new: int
    hashes: list[str]


class LedgerWitness(msgspec.Struct):
    """Who keeps checkpoints outside; `size` is the largest one they signed."""

    name: str
    key: str
    holder: str
    size: int | None


class ReceivedCosignature(Received):
    """A witness's signature line for the checkpoint of this size."""

    size: int
    line: str


def _shape(record: queries.Record) -> LedgerEntry:
    text = record.canonical.decode(errors="replace")
    return LedgerEntry(record.number, record.sound, record.digest.hex(), text)


async def _log(reader: ReadSession) -> Log:
    log = await queries.current_log(reader)
    if log is None:
        raise NotFoundError("The ledger is not signed yet.")
    return log


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


@get("/api/v1/ledger/{number:int}/proof", opt=PUBLIC, summary="That an entry stands in the tree")
async def get_ledger_proof(
    reader: NamedDependency[ReadSession], number: FromPath[int]
) -> LedgerInclusion:
    entry = await queries.entry(reader, number)
    found = await queries.sealed_entry(reader, entry.number)
    if found is None:
        raise NotFoundError("This entry waits to be signed. Try again within the hour.")
    sealed, proof = found
    hashes = [one.hex() for one in proof.hashes]
    return LedgerInclusion(proof.index, proof.size, hashes, sealed.note)


@get("/api/v1/ledger/checkpoint", opt=PUBLIC, summary="The newest signed root", media_type=TEXT)
async def get_ledger_checkpoint(reader: NamedDependency[ReadSession]) -> str:
    log = await _log(reader)
    sealed = await queries.checkpoint_at(reader, log.id)
    if sealed is None:
        raise NotFoundError("The ledger is not signed yet.")
    return sealed.note


@get("/api/v1/ledger/key", opt=PUBLIC, summary="The key that signs the ledger", media_type=TEXT)
async def get_ledger_key(reader: NamedDependency[ReadSession]) -> str:
    log = await _log(reader)
    return f"{queries.key_of(log.origin)}\n"


@get("/api/v1/ledger/consistency", opt=PUBLIC, summary="That the ledger only grew")
async def get_ledger_consistency(
    reader: NamedDependency[ReadSession], old: FromQuery[int], new: FromQuery[int]
) -> LedgerConsistency:
    log = await _log(reader)
    hashes = await queries.consistency(reader, log.id, old, new)
    return LedgerConsistency(old, new, [one.hex() for one in hashes])


@get(
    "/api/v1/ledger/tiles/{level:int}/{number:int}",
    opt=PUBLIC,
    summary="Up to 256 nodes of the tree, 32 bytes each",
    media_type="application/octet-stream",
)
async def get_ledger_tile(
    reader: NamedDependency[ReadSession], level: FromPath[int], number: FromPath[int]
) -> Response[bytes]:
    log = await _log(reader)
    hashes = await queries.tile(reader, log.id, level, number)
    return Response(hashes, media_type="application/octet-stream")


@get("/api/v1/ledger/witnesses", opt=PUBLIC, summary="Who signs after the ledger")
async def list_ledger_witnesses(reader: NamedDependency[ReadSession]) -> list[LedgerWitness]:
    found = await queries.witnesses(reader)
    return [LedgerWitness(one.name, one.key, one.holder, one.size) for one in found]


@post(
    "/api/v1/ledger/cosignatures",
    opt=PUBLIC,
    status_code=204,
    summary="A witness signs a checkpoint; the signature itself says who",
)
async def cosign_ledger(
    session: NamedDependency[Session],
    data: JSONBody[ReceivedCosignature],
) -> None:
    await actions.cosign(session, data.size, data.line)


handlers: list[ControllerRouterHandler] = [
    list_ledger,
    get_ledger_entry,
    get_ledger_entry_raw,
    get_ledger_proof,
    get_ledger_checkpoint,
    get_ledger_key,
    get_ledger_consistency,
    get_ledger_tile,
    list_ledger_witnesses,
    cosign_ledger,
]
