"""Inside the database: what the platform's role may do, and which rows it sees unasked: none."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.accounts.queries import contacts_of
from app.db import (
    Session,
    SessionMaker,
    Wall,
    create_engine,
    open_wall,
    reading,
    session_maker,
    transaction,
)
from app.organisations.actions import write_note
from app.settings import Settings
from app.territories.actions import save_place
from app.territories.queries import exact_address
from tests.factories.accounts import make_person
from tests.factories.hosting import a_hosting, a_stay
from tests.factories.organisations import a_client

WALLED = {
    "contact", "contact_release", "place_exact", "client_note", "host_adult", "host_reference"
}  # fmt: skip
APPEND_ONLY = {"ledger_entry", "ledger_leaf", "ledger_checkpoint"}


@pytest.fixture
async def platform(settings: Settings, maker: SessionMaker) -> AsyncIterator[SessionMaker]:
    """Sessions as the web opens them: another role, serving nobody in particular."""
    engine = create_engine(settings.database)
    yield session_maker(engine)
    await engine.dispose()


async def _full(session: Session) -> dict[str, int]:
    """One row at least behind every wall; whose they are."""
    person = await make_person(session, name="Amal", email="amal@wall.example")
    place = await save_place(
        session, owner_id=person.id, lat=50.84, lon=4.35, nis="21004", address="Rue du Mur 1"
    )
    hosting = await a_hosting(session)
    await a_stay(session, hosting)
    client = await a_client(session, hosting.house.organisation)
    await write_note(session, client.id, None, "Afraid of the stairs")
    return {"person": person.id, "place": place.id, "client": client.id}


async def _seen(session: Session, table: str) -> int:
    found = await session.execute(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - ours
    return int(found.scalar_one())


async def test_unasked_the_platform_sees_no_row_behind_a_wall(
    maker: SessionMaker, platform: SessionMaker
) -> None:
    async with transaction(maker) as session:
        await _full(session)
    async with transaction(maker) as session:
        control = {table: await _seen(session, table) for table in WALLED}
    assert all(control.values()), f"the control sees every wall from inside: {control}"
    async with transaction(platform) as session:
        assert {table: await _seen(session, table) for table in WALLED} == dict.fromkeys(WALLED, 0)
        for table in WALLED:
            left = await session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - ours
            assert left.rowcount == 0, table  # type: ignore[attr-defined] # a cursor's result


async def test_a_wall_opens_for_the_named_rows_alone_and_for_one_transaction(
    maker: SessionMaker, platform: SessionMaker
) -> None:
    async with transaction(maker) as session:
        whose = await _full(session)
    async with reading(platform) as reader:
        assert [one.value for one in await contacts_of(reader, whose["person"])] == [
            "amal@wall.example"
        ]
        rows = await reader.execute(text("SELECT person_id FROM contact"))
        assert set(rows.scalars()) == {whose["person"]}, "of the others still nothing"
        assert await exact_address(reader, whose["place"]) == "Rue du Mur 1"
        assert await exact_address(reader, whose["place"] + 1) is None
        assert (await reader.execute(text("SELECT 1 FROM place_exact"))).all() == []
    async with reading(platform) as reader:
        assert (await reader.execute(text("SELECT 1 FROM contact"))).all() == []


async def test_a_viewer_sees_what_is_their_own(maker: SessionMaker, platform: SessionMaker) -> None:
    async with transaction(maker) as session:
        whose = await _full(session)
        other = await make_person(session, name="Bo", email="bo@wall.example")
    for viewer, rows in ((whose["person"], 1), (other.id, 0)):
        async with reading(platform, viewer) as reader:
            addresses = await reader.execute(text("SELECT 1 FROM place_exact"))
            assert len(addresses.all()) == rows
            mine = await reader.execute(text("SELECT person_id FROM contact"))
            assert mine.scalars().all() == [viewer]


async def test_a_new_row_may_be_written_but_not_under_a_closed_wall_read_back(
    maker: SessionMaker, platform: SessionMaker
) -> None:
    async with transaction(maker) as session:
        person = await make_person(session, name="Amal")
    write = "INSERT INTO contact (person_id, kind, value, lookup) VALUES (:id, 'email', '', :key)"
    async with transaction(platform) as session:
        await session.execute(text(write), {"id": person.id, "key": b"1"})
    with pytest.raises(DBAPIError, match="row-level security"):
        async with transaction(platform) as session:
            await session.execute(text(f"{write} RETURNING id"), {"id": person.id, "key": b"2"})
    async with transaction(platform) as session:
        await open_wall(session, Wall.CONTACT, person.id)
        made = await session.execute(text(f"{write} RETURNING id"), {"id": person.id, "key": b"3"})
        assert made.scalar_one()


async def test_the_platforms_role_owns_nothing_and_passes_no_wall(platform: SessionMaker) -> None:
    async with reading(platform) as reader:
        role = (
            await reader.execute(
                text(
                    "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb "
                    "FROM pg_roles WHERE rolname = current_user"
                )
            )
        ).one()
        owned = await reader.execute(
            text("SELECT 1 FROM pg_class WHERE pg_get_userbyid(relowner) = current_user")
        )
        walls = await reader.execute(
            text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        )
        ways = await reader.execute(
            text("SELECT tablename, array_agg(cmd ORDER BY cmd) FROM pg_policies GROUP BY 1")
        )
        assert tuple(role) == ("solidare_app", False, False, False, False)
        assert owned.all() == []
        assert set(walls.scalars()) == WALLED
        commands = ["DELETE", "INSERT", "SELECT", "UPDATE"]
        assert {table: list(cmds) for table, cmds in ways} == dict.fromkeys(WALLED, commands)


async def test_the_platforms_role_may_write_rows_and_nothing_else(platform: SessionMaker) -> None:
    async with reading(platform) as reader:
        rows = await reader.execute(
            text(
                "SELECT relname, ARRAY(SELECT one FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', "
                "'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) one "
                "WHERE has_table_privilege(current_user, oid, one)) FROM pg_class "
                "WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')"
            )
        )
        granted = {table: list(grants) for table, grants in rows}
    for table, grants in granted.items():
        expected = ["SELECT", "INSERT", "UPDATE", "DELETE"]
        if table in APPEND_ONLY:
            expected = ["SELECT", "INSERT"]
        if table == "alembic_version":
            expected = ["SELECT"]
        assert grants == expected, table


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE contact DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE contact NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY contact_seen ON contact",
        "TRUNCATE contact",
        "UPDATE ledger_entry SET kind = kind",
        "DELETE FROM ledger_leaf",
        "CREATE TABLE public.mine (id int)",
        "ALTER ROLE solidare_app BYPASSRLS",
    ],
)
async def test_the_platforms_role_cannot_take_a_wall_down(
    platform: SessionMaker, statement: str
) -> None:
    with pytest.raises(DBAPIError, match=r"must be owner|permission denied"):
        async with transaction(platform) as session:
            await session.execute(text(statement))


async def test_the_wall_binds_the_owner_too(maker: SessionMaker) -> None:
    """FORCE: without it the owner, unasked, would see everything."""
    async with maker() as owner:
        seen = "SELECT count(*) FROM contact"
        await owner.execute(text("INSERT INTO person (name, language) VALUES ('A', 'fr')"))
        await owner.execute(
            text(
                "INSERT INTO contact (person_id, kind, value, lookup) "
                "SELECT max(id), 'email', '', '' FROM person"
            )
        )
        assert (await owner.execute(text(seen))).scalar_one() == 1, "the control is at work"
        await owner.execute(text("SELECT set_config('solidare.viewer', '', true)"))
        assert (await owner.execute(text(seen))).scalar_one() == 0
        await owner.execute(text("ALTER TABLE contact NO FORCE ROW LEVEL SECURITY"))
        assert (await owner.execute(text(seen))).scalar_one() == 1, "the control without FORCE"
        await owner.rollback()


async def test_workers_say_on_purpose_that_they_serve_nobody(
    settings: Settings, maker: SessionMaker
) -> None:
    """The same role, and every row: else no letter would leave and nobody could be erased."""
    async with transaction(maker) as session:
        await _full(session)
    engine = create_engine(settings.database, at_work=True)
    async with transaction(session_maker(engine)) as session:
        role = (await session.execute(text("SELECT current_user"))).scalar_one()
        seen = {table: await _seen(session, table) for table in WALLED}
    await engine.dispose()
    assert role == "solidare_app"
    assert all(seen.values()), seen
