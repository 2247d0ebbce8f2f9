"""The table of terms is true: nothing goes before its time, and nothing stays after it."""

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from app.accounts.models import Person
from app.crypto import Encrypted
from app.db import Base, SessionMaker, transaction
from app.notifications.models import Notice
from app.notifications.rules import NoticeKind
from app.rights.rules.closing import SILENT, SILENT_NOTICE, UNDO
from app.rights.rules.retention import RETENTION, covered
from app.settings import Settings
from tests.app.rights.ageing import a_full_house, all_keys, reach, sweep
from tests.app.rights.leaving import a_life, let_pass

AN_HOUR = timedelta(hours=1)
FIXED = sorted(
    (term.after, term.table)
    for kept in RETENTION
    for term in kept.terms
    if term.after is not None and term.after != SILENT
)


def speaks_of_somebody(table: sa.Table) -> bool:
    people = {"person.id", "client.id"}
    return any(
        isinstance(column.type, Encrypted)
        or any(key.target_fullname in people for key in column.foreign_keys)
        for column in table.columns
    )


def test_every_table_that_speaks_of_somebody_has_its_line() -> None:
    silent = [
        table.name
        for table in Base.metadata.sorted_tables
        if speaks_of_somebody(table) and table.name not in covered()
    ]
    assert silent == []
    assert covered() <= set(Base.metadata.tables)


def test_control_a_new_table_about_somebody_is_noticed() -> None:
    apart = sa.MetaData()
    sealed = sa.Table("diary", apart, sa.Column("words", Encrypted("diary")))
    points = sa.Table("visit", apart, sa.Column("who", sa.ForeignKey("person.id")))
    plain = sa.Table("weather", apart, sa.Column("degrees", sa.Integer))
    assert [speaks_of_somebody(one) for one in (sealed, points, plain)] == [True, True, False]


async def test_each_term_is_kept_to_the_hour(
    maker: SessionMaker, settings: Settings, tmp_path: Path
) -> None:
    await a_full_house(maker)
    born = await all_keys(maker, {table for _after, table in FIXED})
    assert [name for name, keys in born.items() if not keys] == [], "nothing to forget"
    age = timedelta()
    early, late = [], []
    for term in sorted({after for after, _table in FIXED}):
        tables = {table for after, table in FIXED if after == term}
        await let_pass(maker, term - AN_HOUR - age)
        await sweep(maker, settings, tmp_path)
        before = await all_keys(maker, tables)
        early += [(name, term) for name in tables if not before[name] & born[name]]
        await let_pass(maker, 2 * AN_HOUR)
        age = term + AN_HOUR
        await sweep(maker, settings, tmp_path)
        after = await all_keys(maker, tables)
        late += [(name, term) for name in tables if after[name] & born[name]]
    assert (early, late) == ([], [])


async def test_who_is_silent_for_two_years_is_told_and_a_month_later_leaves(
    maker: SessionMaker, settings: Settings, tmp_path: Path
) -> None:
    life = await a_life(maker)
    who = life.zorba.person_id

    async def pass_and_look(span: timedelta) -> tuple[int, bool, bool, int]:
        await let_pass(maker, span)
        await sweep(maker, settings, tmp_path)
        async with transaction(maker) as session:
            person = await session.get_one(Person, who, populate_existing=True)
            told = sa.select(sa.func.count()).where(
                Notice.person_id == who, Notice.kind == NoticeKind.ACCOUNT_SILENT.value
            )
            closing, erased = person.closing_at is not None, person.erased_at is not None
            return await session.scalar(told) or 0, closing, erased, await reach(maker, who)

    await sweep(maker, settings, tmp_path)
    assert await pass_and_look(SILENT - SILENT_NOTICE - AN_HOUR) == (0, False, False, 1)
    assert await pass_and_look(2 * AN_HOUR) == (1, False, False, 1)
    assert await pass_and_look(SILENT_NOTICE - 2 * AN_HOUR) == (1, False, False, 1)
    assert await pass_and_look(4 * AN_HOUR) == (1, True, False, 1)
    assert await pass_and_look(UNDO - AN_HOUR) == (1, True, False, 1)
    assert await pass_and_look(2 * AN_HOUR) == (0, True, True, 0)
