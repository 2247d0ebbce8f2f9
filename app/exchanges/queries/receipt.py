"""What each side may keep of a completed exchange: proof for itself, about nobody else."""

from dataclasses import dataclass

from sqlalchemy import select

from app.db import ReadSession
from app.errors import NotFoundError
from app.exchanges.models import Exchange
from app.exchanges.queries.stands import Stand
from app.ledger import queries as ledger
from app.ledger import rules
from app.ledger.models import Entry
from app.ledger.rules import Kind, SubjectKind
from app.posts.models import Post


@dataclass(frozen=True)
class Receipt:
    """An entry as one side may show it; `proof` is None while the entry waits to be signed."""

    number: int
    digest: bytes
    fact: rules.Fact
    proof: dict[str, object] | None


def subject_of(post: Post) -> tuple[SubjectKind, int]:
    """Whose solidarity it is: the client's, where an organisation wrote for one."""
    if post.client_id is not None:
        return SubjectKind.CLIENT, post.client_id
    return SubjectKind.PERSON, post.author_id


async def receipt(reader: ReadSession, stand: Stand) -> Receipt:
    """The receipt of one side; `NotFoundError` before the exchange is completed."""
    entry = await _entry(reader, stand.exchange)
    return Receipt(
        entry.id, entry.digest, rules.read(entry.canonical), await _proof(reader, stand, entry)
    )


async def _entry(reader: ReadSession, exchange: Exchange) -> Entry:
    found: Entry | None = await reader.scalar(
        select(Entry).where(
            Entry.reference == exchange.reference, Entry.kind == Kind.EXCHANGE.value
        )
    )
    if found is None:
        raise NotFoundError("There is no receipt before both sides have confirmed.")
    return found


async def _proof(reader: ReadSession, stand: Stand, entry: Entry) -> dict[str, object] | None:
    own = subject_of(stand.own_post)
    opening = await ledger.opening_of(reader, own, entry.reference)
    sealed = await ledger.sealed_entry(reader, entry.id)
    if opening is None or sealed is None:
        return None
    checkpoint, proof = sealed
    return rules.receipt(
        entry.canonical,
        side=stand.side.value,
        subject=opening.subject,
        opened=opening.secret,
        place=proof.index,
        proof=proof.hashes,
        checkpoint=checkpoint.note,
    )
