"""Who leaves is hidden at once, and seven days later nothing in the whole database names them."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from app import erasures
from app.accounts.models import ApiToken, Person, PersonSession
from app.db import SessionMaker, reading, transaction
from app.erasures import Erasure, Subject
from app.errors import ConflictError
from app.exchanges import queries as exchange_queries
from app.exchanges.models import ContactRelease, Exchange
from app.ledger import actions as ledger
from app.ledger import queries as ledger_queries
from app.ledger.models import Entry, SubjectKey
from app.ledger.rules import SubjectKind
from app.moderation.models import Report
from app.organisations.rules import RevokedVia
from app.outbox import Job, JobRow
from app.posts.models import Post
from app.rights import actions
from app.settings import Settings
from tests.app.rights.leaving import CANARIES, NAME, a_life, do, found_in, outside
from tests.factories.clients import NOTE as CLIENT_NOTE
from tests.factories.clients import a_client_town
from tests.factories.exchanges import an_exchange
from workers.erasing import keep_outside

ORIGIN = "example.org/ledger"


async def end_of_undo(maker: SessionMaker, person_id: int) -> None:
    async with transaction(maker) as session:
        await session.execute(
            update(Person)
            .where(Person.id == person_id)
            .values(closing_at=Person.closing_at - timedelta(days=7))
        )


async def test_nobody_leaves_while_somebody_counts_on_them(maker: SessionMaker) -> None:
    pair, _code = await an_exchange(maker)
    async with transaction(maker) as session:
        with pytest.raises(ConflictError, match="Somebody counts on you"):
            await actions.close_account(session, pair.giver)
    async with transaction(maker) as session:
        assert (await session.get_one(Person, pair.giver.person_id)).closing_at is None


async def test_closing_hides_at_once_and_can_be_undone(
    maker: SessionMaker, settings: Settings, tmp_path: Path
) -> None:
    life = await a_life(maker)
    async with transaction(maker) as session:
        await actions.close_account(session, life.zorba)
    async with transaction(maker) as session:
        live = await session.scalars(
            select(Post).where(Post.author_id == life.zorba.person_id, Post.is_open)
        )
        shown = await session.scalar(select(func.count()).where(ContactRelease.until > func.now()))
        working = await session.scalar(
            select(func.count()).select_from(ApiToken).where(ApiToken.revoked_at.is_(None))
        )
        signed_in = await session.scalar(select(func.count()).select_from(PersonSession))
        assert (live.all(), shown, working, signed_in) == ([], 0, 0, 0)
        assert await session.scalar(select(JobRow.id).where(JobRow.kind == Job.ERASE_PERSON.value))
    # Before the seven days are over the work does nothing, and the person may stay.
    await do(maker, outside(settings, tmp_path), Job.ERASE_PERSON, life.zorba.person_id)
    async with transaction(maker) as session:
        await actions.stay(session, life.zorba)
    await end_of_undo(maker, life.zorba.person_id)
    await do(maker, outside(settings, tmp_path), Job.ERASE_PERSON, life.zorba.person_id)
    assert "person" in (await found_in(maker, NAME))[NAME]
    assert not (tmp_path / "erased").exists()


@pytest.mark.parametrize("killed_after", [1, 2, 3])
async def test_nothing_names_who_was_erased_wherever_the_worker_was_killed(
    maker: SessionMaker, settings: Settings, tmp_path: Path, killed_after: int
) -> None:
    life = await a_life(maker)
    who = life.zorba.person_id
    before = await found_in(maker, *CANARIES)
    assert all(before.values()), f"the search itself finds nothing: {before}"
    root = await _seal(maker)
    async with transaction(maker) as session:
        await actions.close_account(session, life.zorba)
    await end_of_undo(maker, who)
    platform = outside(settings, tmp_path)
    await _first_steps(maker, platform, who, killed_after)
    for _again in range(2):
        await do(maker, platform, Job.ERASE_PERSON, who)
    after = await found_in(maker, *CANARIES)
    assert not any(after.values()), after
    await _tombstone(maker, who, tmp_path / "erased")
    await _ledger_stands(maker, life.code, root)


async def _seal(maker: SessionMaker) -> bytes:
    async with transaction(maker) as session:
        await ledger.take_places(session, ORIGIN)
        await ledger.sign_checkpoint(session)
    async with reading(maker) as reader:
        return (await ledger_queries.verify(reader)).root


async def _first_steps(
    maker: SessionMaker, platform: Settings, who: int, killed_after: int
) -> None:
    """What a worker had done before kill -9: the row, the line outside, the key."""
    digest = None
    if killed_after > 0:
        async with transaction(maker) as session:
            digest = await actions.begin_erasure(session, who)
    if killed_after > 1:
        assert digest
        keep_outside(platform, Subject.PERSON, digest, ())
    if killed_after > 2:
        async with transaction(maker) as session:
            await actions.forget_key(session, SubjectKind.PERSON, who)


async def _tombstone(maker: SessionMaker, who: int, listed: Path) -> None:
    async with transaction(maker) as session:
        person = await session.get_one(Person, who)
        assert (person.name, person.languages) == ("", [])
        assert person.erased_at is not None
        digest = erasures.digest_of(Subject.PERSON, person.id, person.created_at)
        row = await session.get_one(Erasure, digest)
        assert row.done_at is not None
        assert erasures.listed(listed) == {digest: Subject.PERSON}
        assert await session.scalar(select(SubjectKey).where(SubjectKey.subject_ref == who)) is None
        report = (await session.scalars(select(Report))).one()
        assert (report.reporter_id, report.browser) == (None, None)


async def _ledger_stands(maker: SessionMaker, code: str, root: bytes) -> None:
    async with reading(maker) as reader:
        found = await ledger_queries.verify(reader)
        mismatch = await exchange_queries.ledger_mismatch(reader)
        entries = await reader.scalar(select(func.count()).select_from(Entry))
        exchange = await reader.scalar(select(Exchange).where(Exchange.code == code))
    assert (found.problems, found.root, entries) == (0, root, 1)
    assert (mismatch.missing, mismatch.orphans) == ((), ())
    assert exchange is not None


async def test_without_a_place_for_the_list_nothing_is_erased(
    maker: SessionMaker, settings: Settings
) -> None:
    life = await a_life(maker)
    async with transaction(maker) as session:
        await actions.close_account(session, life.zorba)
    await end_of_undo(maker, life.zorba.person_id)
    with pytest.raises(Exception, match="no folder for the list"):
        await do(maker, settings, Job.ERASE_PERSON, life.zorba.person_id)
    assert "person" in (await found_in(maker, NAME))[NAME]


async def test_a_client_is_forgotten_too(
    maker: SessionMaker, settings: Settings, tmp_path: Path
) -> None:
    async with transaction(maker) as session:
        town = await a_client_town(session)
        await actions.close_client(session, town.desk.client, RevokedVia.CODE)
        client_id, alias = town.desk.client.id, town.desk.client.alias
    assert (await found_in(maker, CLIENT_NOTE))[CLIENT_NOTE] == {"client_note"}
    await do(maker, outside(settings, tmp_path), Job.ERASE_CLIENT, client_id)
    left = await found_in(maker, CLIENT_NOTE, alias)
    assert left[CLIENT_NOTE] == set()
    # The worker's own inbox may name the paper's alias until the notice ends.
    assert left[alias] <= {"notice"}
    assert len(erasures.listed(tmp_path / "erased")) == 1


async def test_a_line_that_a_crash_cut_short_swallows_no_other(tmp_path: Path) -> None:
    path = tmp_path / "erased"
    one, other = b"\x01" * 32, b"\x02" * 32
    erasures.append(path, Subject.PERSON, one)
    with path.open("ab") as file:
        file.write(b"person 0202")
    erasures.append(path, Subject.CLIENT, other)
    erasures.append(path, Subject.CLIENT, other)
    assert erasures.listed(path) == {one: Subject.PERSON, other: Subject.CLIENT}
    assert path.read_text().count(other.hex()) == 1
