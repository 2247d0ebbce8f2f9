"""Entries get places once, signatures follow what was read back, and nothing forks."""

import asyncio
import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, text, update

from app.db import Session, SessionMaker, reading, transaction
from app.errors import ConflictError
from app.ledger import actions, queries, rules
from app.ledger.models import Leaf, Pending, Tile
from app.ledger.rules import note, tree
from tests.app.ledger.test_ledger import write
from tests.conftest import APPEND_ONLY

ORIGIN = "example.org/ledger"


async def seal(maker: SessionMaker, entries: int, held: tuple[str, ...] = ()) -> str:
    async with transaction(maker) as session:
        for _ in range(entries):
            await write(session)
        await actions.take_places(session, ORIGIN)
    async with transaction(maker) as session:
        signed = await actions.sign_checkpoint(session, held)
    assert signed is not None
    return signed


async def tamper(maker: SessionMaker, statement: str) -> None:
    """As the owner of the database could."""
    async with transaction(maker) as session:
        for table in APPEND_ONLY:
            await session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        await session.execute(text(statement))
        for table in APPEND_ONLY:
            await session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


async def test_a_checkpoint_covers_all_entries_and_carries_the_signature(
    maker: SessionMaker,
) -> None:
    signed = await seal(maker, 5)
    key = queries.key_of(ORIGIN)
    assert note.is_signed_by(signed, key)
    async with reading(maker) as reader:
        found = await queries.verify(reader)
        raws = [raw async for raw in queries.canonical_bytes(reader, 1, 5)]
    assert note.read_text(signed) == rules.Checkpoint(
        ORIGIN, 5, tree.root(tree.digest(raw) for raw in raws)
    )
    assert (found.entries, found.sealed, found.problems) == (5, 5, 0)


async def test_sealing_again_signs_the_same_bytes_and_growth_keeps_old_places(
    maker: SessionMaker,
) -> None:
    first = await seal(maker, 3)
    assert await seal(maker, 0) == first
    second = await seal(maker, 300)
    async with reading(maker) as reader:
        proof = await queries.consistency(reader, 1, 3, 303)
        placed = await queries.inclusion(reader, 1, 2, 303)
        assert await queries.sizes_signed(reader, 1) == [3, 303]
    assert note.read_text(second).size == 303
    assert proof
    assert placed.index == 2


async def test_sealers_side_by_side_give_each_entry_one_place(maker: SessionMaker) -> None:
    async def one() -> None:
        async with transaction(maker) as session:
            for _ in range(10):
                await write(session)
        async with transaction(maker) as session:
            await actions.take_places(session, ORIGIN)
            await actions.sign_checkpoint(session)

    await asyncio.gather(*(one() for _ in range(5)))
    async with reading(maker) as reader:
        found = await queries.verify(reader)
        places = list(await reader.scalars(select(Leaf.index).order_by(Leaf.index)))
    assert places == list(range(50))
    assert found.problems == 0


async def test_control_an_entry_that_neither_waits_nor_stands_is_found(
    maker: SessionMaker,
) -> None:
    await seal(maker, 2)
    async with transaction(maker) as session:
        await write(session)
        await session.execute(text("DELETE FROM ledger_pending"))
    async with reading(maker) as reader:
        assert (await queries.verify(reader)).unplaced == 1


FORGERIES = {
    "one leaf dropped": "DELETE FROM ledger_leaf WHERE index = 1",
    "two leaves exchanged": (
        "UPDATE ledger_leaf SET entry_id = CASE index WHEN 0 THEN 2 ELSE 1 END WHERE index < 2"
    ),
    "an entry and its digest rewritten": (
        "UPDATE ledger_entry SET canonical = replace(convert_from(canonical, 'utf8'),"
        " '\"quantity\"\\:3', '\"quantity\"\\:9')::bytea, digest = sha256('\\x00'::bytea ||"
        " replace(convert_from(canonical, 'utf8'), '\"quantity\"\\:3', '\"quantity\"\\:9')::bytea)"
        " WHERE id = 2"
    ),
    "the end cut off": "DELETE FROM ledger_leaf WHERE index = 3",
    "a signature changed": "UPDATE ledger_checkpoint SET note = left(note, -9) || 'AAAAAAA=\n'",
    "a tile rewritten": "UPDATE ledger_tile SET hashes = reverse(encode(hashes, 'hex'))::bytea",
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_rewritten_ledger_is_found(maker: SessionMaker, forgery: str) -> None:
    await seal(maker, 4)
    # DELETE and UPDATE meet unique keys row by row: put the table back in one statement.
    if forgery == "two leaves exchanged":
        await tamper(
            maker, "ALTER TABLE ledger_leaf DROP CONSTRAINT uq_ledger_leaf_log_id_entry_id"
        )
    try:
        await tamper(maker, FORGERIES[forgery])
        async with reading(maker) as reader:
            assert (await queries.verify(reader)).problems > 0
    finally:
        if forgery == "two leaves exchanged":
            await tamper(
                maker,
                "ALTER TABLE ledger_leaf ADD CONSTRAINT uq_ledger_leaf_log_id_entry_id"
                " UNIQUE (log_id, entry_id)",
            )


async def test_nothing_is_signed_over_a_changed_tree(maker: SessionMaker) -> None:
    await seal(maker, 4)
    async with transaction(maker) as session:
        await session.execute(update(Tile).values(hashes=b"\x00" * 128))
        await write(session)
        await actions.take_places(session, ORIGIN)
    with pytest.raises(note.ForkError):
        async with transaction(maker) as session:
            await actions.sign_checkpoint(session)


async def test_a_ledger_behind_a_published_checkpoint_refuses_to_sign(
    maker: SessionMaker,
) -> None:
    """As after a restore from a backup older than what others hold."""
    await seal(maker, 3)
    published = await seal(maker, 5)
    await tamper(maker, "DELETE FROM ledger_leaf WHERE index >= 3")
    await tamper(maker, "DELETE FROM ledger_checkpoint WHERE size > 3")
    with pytest.raises(note.ForkError, match="8 entries, this ledger has 3"):
        async with transaction(maker) as session:
            await actions.sign_checkpoint(session, [published])
    # Control: without the copy outside, a second history would be signed.
    async with transaction(maker) as session:
        await write(session)
        await actions.take_places(session, ORIGIN)
    with pytest.raises(note.ForkError, match=r"not those that were signed|has 4"):
        async with transaction(maker) as session:
            await actions.sign_checkpoint(session, [published])


async def test_a_ledger_that_cannot_be_mended_begins_again_and_quotes_the_old_one(
    maker: SessionMaker,
) -> None:
    published = await seal(maker, 4)
    async with transaction(maker) as session:
        await actions.begin_again(session, "example.org/ledger/2", "Backup too old", published)
    async with transaction(maker) as session:
        await actions.take_places(session, ORIGIN)
        signed = await actions.sign_checkpoint(session, [published])
    assert signed is not None
    assert note.read_text(signed).origin == "example.org/ledger/2"
    async with reading(maker) as reader:
        log = await queries.current_log(reader)
        assert log is not None
        assert (log.quotes, log.reason) == (published, "Backup too old")
        assert (await queries.verify(reader)).problems == 0


class Outside:
    """A witness with a key of its own."""

    def __init__(self, name: str) -> None:
        self.private = Ed25519PrivateKey.generate()
        raw = self.private.public_key().public_bytes_raw()
        self.key = note.PublicKey(name, note.WITNESS, raw)

    def line(self, signed: str, moment: int = 1_790_000_000) -> str:
        body = note.read_text(signed).text
        message = f"cosignature/v1\ntime {moment}\n{body}".encode()
        raw = self.key.id + moment.to_bytes(8, "big") + self.private.sign(message)
        return f"{note.MARK}{self.key.name} {base64.b64encode(raw).decode()}"


async def test_a_known_witness_signs_and_a_stranger_does_not(maker: SessionMaker) -> None:
    signed = await seal(maker, 2)
    known, stranger = Outside("refuge.example"), Outside("refuge.example")
    async with transaction(maker) as session:
        await actions.add_witness(session, str(known.key), "Refuge")
        await actions.cosign(session, 2, known.line(signed))
        await actions.cosign(session, 2, known.line(signed))
        with pytest.raises(ConflictError):
            await actions.cosign(session, 2, stranger.line(signed))
        with pytest.raises(ConflictError):
            await actions.cosign(session, 2, known.line(signed).replace("refuge", "other"))
    async with reading(maker) as reader:
        sealed = await queries.latest_checkpoint(reader)
        facts = await queries.witnesses(reader)
    assert sealed is not None
    assert sealed.note == signed + known.line(signed) + "\n"
    assert [(witness.name, witness.holder, witness.size) for witness in facts] == [
        ("refuge.example", "Refuge", 2)
    ]


async def test_an_entry_waits_with_the_act_that_made_it(session: Session) -> None:
    entry = await write(session)
    assert list(await session.scalars(select(Pending.entry_id))) == [entry.id]
