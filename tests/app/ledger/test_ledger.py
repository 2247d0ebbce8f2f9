"""Entries stay as they were written, say nothing about persons, and anyone can check them."""

import hashlib
import json
import secrets
from uuid import UUID

import httpx
import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.db import Session, SessionMaker, reading, transaction
from app.errors import NotFoundError
from app.ledger import actions, queries, rules
from app.ledger.actions.record import key_of
from app.ledger.models import Entry, SubjectKey
from app.ledger.rules import SubjectKind

CHANGES = [
    "UPDATE ledger_entry SET kind = 'other'",
    "DELETE FROM ledger_entry",
    "TRUNCATE ledger_entry CASCADE",
]


async def write(
    session: Session,
    giver: int = 1,
    receiver: int = 2,
    *,
    commune: str = "21004",
    completed_there: int = 1,
) -> Entry:
    return await actions.record(
        session,
        reference=UUID(bytes=secrets.token_bytes(16)),
        group="food",
        month="2026-11",
        commune=commune,
        completed_there=completed_there,
        quantity=3,
        unit="persons",
        giver=(SubjectKind.PERSON, giver),
        receiver=(SubjectKind.PERSON, receiver),
    )


@pytest.mark.parametrize("change", CHANGES)
async def test_the_owner_of_the_table_cannot_change_it_by_mistake(
    session: Session, change: str
) -> None:
    await write(session)
    with pytest.raises(DBAPIError, match="append-only"):
        await session.execute(text(change))


@pytest.mark.parametrize("change", CHANGES)
async def test_control_a_table_without_the_refusal_is_changed(
    session: Session, change: str
) -> None:
    await write(session)
    await session.execute(text("CREATE TEMPORARY TABLE control AS TABLE ledger_entry"))
    await session.execute(text(change.replace("ledger_entry", "control")))
    unchanged = await session.scalar(text("SELECT count(*) FROM control WHERE kind = 'exchange'"))
    assert unchanged == 0


async def test_an_exchange_has_one_entry(session: Session) -> None:
    entry = await write(session)
    with pytest.raises(IntegrityError):
        await actions.record(
            session,
            reference=entry.reference,
            group="food",
            month="2026-12",
            commune="21004",
            completed_there=2,
            quantity=1,
            unit="persons",
            giver=(SubjectKind.PERSON, 1),
            receiver=(SubjectKind.PERSON, 2),
        )


async def test_a_person_keeps_one_key_and_never_shows_twice(session: Session) -> None:
    entries = [await write(session) for _ in range(5)]
    facts = [rules.read(entry.canonical) for entry in entries]
    assert len({number for fact in facts for number in (fact.giver, fact.receiver)}) == 10
    assert await session.scalar(select(func.count()).select_from(SubjectKey)) == 2


async def test_a_client_and_a_person_with_the_same_id_are_two_subjects(session: Session) -> None:
    for kind in SubjectKind:
        await key_of(session, (kind, 7))
    assert await session.scalar(select(func.count()).select_from(SubjectKey)) == 2


async def test_who_holds_the_opening_can_show_whose_entry_it_is(session: Session) -> None:
    entry = await write(session, giver=42)
    key = await key_of(session, (SubjectKind.PERSON, 42))
    opening = rules.opening(key.secret, entry.reference)
    assert rules.read(entry.canonical).giver == rules.commitment(opening, key.subject)


async def test_erasure_deletes_the_key_and_the_entry_still_verifies(maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        await write(session)
    async with reading(maker) as reader:
        before = await queries.verify(reader)
    async with transaction(maker) as session:
        await session.execute(delete(SubjectKey))
    async with reading(maker) as reader:
        assert await queries.verify(reader) == before
        assert (await queries.entry(reader, 1)).sound
    assert (before.entries, before.broken) == (1, [])


async def break_entry(maker: SessionMaker, number: int) -> None:
    """As an owner of the database could: without the trigger."""
    async with transaction(maker) as session:
        await session.execute(text("ALTER TABLE ledger_entry DISABLE TRIGGER USER"))
        raw = (await session.get_one(Entry, number)).canonical
        changed = raw.replace(b'"quantity":3', b'"quantity":4')
        await session.execute(update(Entry).where(Entry.id == number).values(canonical=changed))
        await session.execute(text("ALTER TABLE ledger_entry ENABLE TRIGGER USER"))


async def test_a_changed_entry_is_found_and_moves_the_root(maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        for _ in range(3):
            await write(session)
        await actions.take_places(session, "example.org/ledger")
    async with reading(maker) as reader:
        before = await queries.verify(reader)
    await break_entry(maker, 2)
    async with reading(maker) as reader:
        after = await queries.verify(reader)
        assert [record.number for record in await queries.broken_entries(reader)] == [2]
    assert after.broken == [2]
    assert after.root != before.root


async def test_the_root_is_over_the_digests_in_order(maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        digests = [(await write(session)).digest for _ in range(5)]
        await actions.take_places(session, "example.org/ledger")
    async with reading(maker) as reader:
        assert (await queries.verify(reader)).root == rules.root(digests)


async def test_a_number_that_does_not_exist(session: Session) -> None:
    with pytest.raises(NotFoundError):
        await queries.entry(session, 404)


async def test_the_pages_show_what_anyone_can_recompute(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    async with transaction(maker) as session:
        entry = await write(session)
    listing = (await client.get("/en/ledger")).text
    assert entry.digest.hex()[:12] in listing
    assert "Brussels Region" in listing
    assert "3 persons" in listing
    shown = (await client.get("/en/ledger/1")).text
    assert entry.digest.hex() in shown
    downloaded = (await client.get("/en/ledger/1/entry.json")).content
    assert downloaded == entry.canonical
    assert hashlib.sha256(b"\x00" + downloaded).hexdigest() in shown


async def test_a_municipality_has_its_name_in_the_reader_s_language(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    async with transaction(maker) as session:
        await write(session, commune="21013", completed_there=100)
        await write(session, commune="99999", completed_there=100)
    for language, name in (("fr", "Saint-Gilles"), ("nl", "Sint-Gillis"), ("en", "Saint-Gilles")):
        for page in ("ledger", "ledger/1"):
            assert name in (await client.get(f"/{language}/{page}")).text
    assert "Municipality 99999" in (await client.get("/en/ledger/2")).text


async def test_a_broken_entry_stands_first(client: httpx.AsyncClient, maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        for _ in range(25):
            await write(session)
    await break_entry(maker, 1)
    for page in (1, 2):
        words = (await client.get(f"/en/ledger?page={page}")).text
        warning = words.index("Some entries were changed")
        assert warning < words.index("Entries, newest first")
    assert "Do not trust it" in (await client.get("/en/ledger/1")).text


async def test_the_list_is_cut_into_pages(client: httpx.AsyncClient, maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        for _ in range(21):
            await write(session)
    first = (await client.get("/api/v1/ledger")).json()
    second = (await client.get("/api/v1/ledger?page=2")).json()
    numbers = [item["number"] for item in first["items"] + second["items"]]
    assert numbers == list(range(21, 0, -1))
    assert (first["pages"], first["total"]) == (2, 21)


async def test_programs_read_the_same_entry(client: httpx.AsyncClient, maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        entry = await write(session)
    answer = (await client.get("/api/v1/ledger/1")).json()
    raw = (await client.get("/api/v1/ledger/1/raw")).content
    assert raw == entry.canonical == answer["canonical"].encode()
    assert answer["digest"] == entry.digest.hex()
    assert json.loads(raw)["quantity"] == 3


@pytest.mark.parametrize(
    "path",
    [
        "/en/ledger/999",
        "/en/ledger/0",
        "/en/ledger/99999999999999999999",
        "/en/ledger?page=x",
        "/api/v1/ledger/999",
        "/api/v1/ledger/99999999999999999999/raw",
    ],
)
async def test_impossible_numbers_are_refused_in_words(
    client: httpx.AsyncClient, path: str
) -> None:
    assert 400 <= (await client.get(path)).status_code < 500


async def test_an_empty_ledger_says_so(client: httpx.AsyncClient) -> None:
    assert "No entries yet" in (await client.get("/en/ledger")).text
