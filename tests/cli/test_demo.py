"""The demo town: the same for the same seed, true to the rules, quiet, and removable."""

# ruff: noqa: S311 - stories are drawn, not secrets

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from app.accounts.rules.spoken import SPOKEN
from app.cli.demo.commands import demo
from app.cli.demo.drafts import FREQUENCIES, draw_category, draw_draft, draw_kinds
from app.cli.demo.people import Neighbour, neighbours, personas
from app.cli.demo.places import IN_BRUSSELS, in_brussels
from app.cli.demo.play import desk_ground
from app.cli.demo.play.desk_ground import Desk
from app.cli.demo.play.ground import percentile
from app.cli.demo.reset import empty_tables
from app.cli.demo.seed import fixed, seed_town
from app.cli.demo.words import notes, sentences
from app.db import Session, SessionMaker, transaction
from app.exchanges import queries as exchanges
from app.exchanges.models import Exchange, Message
from app.i18n import LANGUAGES
from app.ledger import queries as ledger
from app.ledger.models import Entry
from app.notifications.models import Letter
from app.outbox import Job, JobRow
from app.posts.models import Post
from app.posts.rules import PostDraft, PostKind, PostStatus, refuse_invalid, status
from app.posts.rules.leaks import check_leaks
from app.posts.rules.taxonomy import CATEGORIES
from app.proposals.models import Proposal

TODAY = date(2026, 11, 20)
PRICE = re.compile(r"€|\beuros?\b|\beur\b|prijs|\bprix\b|\bprice\b", re.IGNORECASE)


def a_town(seed: int, count: int = 400) -> list[tuple[Neighbour, PostDraft]]:
    random = Random(seed)
    people = list(neighbours(random, seed, count))
    kinds = draw_kinds(random, count)
    return [
        (one, draw_draft(random, one, kind, draw_category(random, kind), TODAY))
        for one, kind in zip(people, kinds, strict=True)
    ]


def test_the_same_seed_draws_the_same_town() -> None:
    assert a_town(1) == a_town(1)
    assert a_town(1) != a_town(2)
    assert personas(fixed()) == personas(fixed())


@pytest.mark.parametrize("seed", range(3))
def test_everything_drawn_may_be_published(seed: int) -> None:
    now = datetime(2026, 11, 20, 10, tzinfo=UTC)
    drawn = [draft for _one, draft in a_town(seed)]
    for draft in drawn:
        refuse_invalid(draft, now)  # raises where it may not
    assert drawn


def test_people_live_where_people_live() -> None:
    communes = {spot.nis for spot in in_brussels()}
    homes = Counter(one.place.nis for one, _draft in a_town(1, 3_000))
    assert len(communes) == 19
    inside = sum(homes[nis] for nis in communes) / homes.total()
    assert abs(inside - IN_BRUSSELS) < 0.03
    assert homes["21004"] > homes["21003"] > 0  # Brussels city has seven times Berchem's people


def test_names_come_in_three_scripts_and_contacts_reach_nobody() -> None:
    people = [one for one, _draft in a_town(1, 1_000)]
    for script in (r"[A-Za-z]", r"[\u0600-\u06ff]", r"[\u0400-\u04ff]"):
        assert any(re.match(script, one.name) for one in people)
    contacts = [one.contact for one in [*people, *personas(fixed()).values()]]
    assert len(set(contacts)) == len(contacts)
    safe = re.compile(r"[a-z.0-9-]+@example\.org|\+3247000\d{4}")
    assert [contact for contact in contacts if not safe.fullmatch(contact)] == []
    assert {one.language for one in people} == set(LANGUAGES)
    assert {code for one in people for code in one.languages} <= set(SPOKEN)


def test_every_kind_of_help_has_words_and_a_frequency() -> None:
    assert set(FREQUENCIES) == {one.code for one in CATEGORIES}
    for language in ("fr", "nl", "en"):
        for one in CATEGORIES:
            for kind in PostKind:
                assert len(set(sentences(language, kind.value, one.code))) >= 3


def test_no_note_gives_anything_away_or_names_a_price() -> None:
    every = [
        note
        for language in LANGUAGES
        for kinds in notes(language).values()
        for found in kinds.values()
        for note in found
    ]
    assert len(every) > 700
    assert [note for note in every if check_leaks(note).found or PRICE.search(note)] == []
    assert max(map(len, every)) <= 280


def test_needs_and_offers_keep_their_proportion() -> None:
    kinds = Counter(draw_kinds(Random(1), 2_200))
    assert kinds[PostKind.OFFER] == pytest.approx(1.2 * kinds[PostKind.NEED], rel=0.01)


async def seeded(session: Session, count: int = 150, seed: int = 1) -> bool:
    return await seed_town(session, count=count, seed=seed, step=lambda _n: None)


async def counted(session: Session, *conditions: object) -> int:
    model, *rest = conditions
    statement = select(func.count()).select_from(model)  # type: ignore[arg-type] # a model stands first
    return await session.scalar(statement.where(*rest)) or 0  # type: ignore[arg-type] # conditions follow


async def test_a_small_town_shows_every_state_keeps_the_ledger_and_is_quiet(
    session: Session,
) -> None:
    assert await seeded(session)
    found = Counter(status(post) for post in await session.scalars(select(Post)))
    assert set(PostStatus) - {PostStatus.HELD, PostStatus.UNREAD} == set(found)
    assert found.total() == 150
    for moment in (
        Proposal.agreed_at,
        Proposal.declined_at,
        Proposal.superseded_at,
        Exchange.completed_at,
        Exchange.cancelled_at,
        Exchange.not_done_at,
        Exchange.disputed_at,
    ):
        assert await counted(session, moment.class_, moment.is_not(None)), moment
    assert await counted(session, Proposal, Proposal.is_live)
    assert await counted(session, Exchange, Exchange.completed_at.is_(None))
    assert await counted(session, Message) > 0
    await check_ledger(session)
    await check_quiet(session)


async def check_ledger(session: Session) -> None:
    """What happened stands in the ledger."""
    completed = await counted(session, Exchange, Exchange.completed_at.is_not(None))
    assert completed == await counted(session, Entry) > 0
    assert (await ledger.verify(session)).problems == 0
    mismatch = await exchanges.ledger_mismatch(session)
    assert (mismatch.missing, mismatch.orphans) == ((), ())


async def check_quiet(session: Session) -> None:
    """Nothing is sent about a made-up past."""
    assert await counted(session, Letter) == 0
    kinds = set(await session.scalars(select(JobRow.kind)))
    assert kinds == {Job.FIND_PAIRINGS.value}


async def test_a_second_seed_adds_nothing_and_another_town_fits_beside(session: Session) -> None:
    assert await seeded(session, 100)
    before = await counted(session, Post)
    assert not await seeded(session, 100)
    assert await counted(session, Post) == before
    assert await seeded(session, 100, seed=2)
    assert await counted(session, Post) == before + 100


async def test_reset_empties_every_table(maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        await seeded(session, 100)
    async with transaction(maker) as session:
        await empty_tables(session)
    async with transaction(maker) as session:
        assert await counted(session, Post) == await counted(session, Entry) == 0
        guarded = "SELECT tgenabled FROM pg_trigger WHERE tgname = 'ledger_entry_keep'"
        assert await session.scalar(text(guarded)) in {"O", b"O"}


def test_reset_asks_and_refuses_production(
    servers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in servers.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SOLIDARE_ENVIRONMENT", "production")
    asked = CliRunner().invoke(demo, ["reset"])
    assert asked.exit_code == 1
    assert "--yes" in asked.output
    refused = CliRunner().invoke(demo, ["reset", "--yes"])
    assert refused.exit_code == 1
    assert "production" in refused.output


async def test_a_day_comes_true_on_the_real_platform(
    servers: dict[str, str], maker: SessionMaker, tmp_path: Path
) -> None:
    """Pages, API, web server, worker and letters as they run, in a town that is there already."""
    async with transaction(maker) as session:
        await seeded(session, 100)
        before = await counted(session, Entry)
    lived = await live_a_day({**os.environ, **servers}, tmp_path, people=12)
    assert min(lived.values()) > 0
    assert (lived["needs"], lived["offers"]) == (6, 6)
    assert lived["accepted"] < lived["proposals"]
    assert lived["exchanges_completed"] == lived["ledger_entries"] >= before + 3


async def test_a_thursday_at_the_desk_comes_true(
    servers: dict[str, str], maker: SessionMaker, tmp_path: Path
) -> None:
    """Clients, papers, a code, a host, a guest and the seventh day, over real HTTP."""
    # Elsewhere letters gather for minutes; in development they leave at once.
    env = {**os.environ, **servers, "SOLIDARE_ENVIRONMENT": "development"}
    lived = await live_a_day(env, tmp_path, people=6, story="desk")
    assert lived == {
        "clients": 6,
        "needs": 7,
        "hosts_verified": 1,
        "stays": 1,
        "check_ins": 2,
        "revocations": 1,
        "violations": 0,
    }
    async with transaction(maker) as session:  # the control: the counting sees what is wrong
        await session.execute(text("UPDATE host_file SET household = 'single_man'"))
        house = await session.scalar(text("SELECT id FROM organisation"))
        desk = Desk("", int(house or 0), "", "")
    assert (await desk_ground.tally(maker, desk)).violations > 0


async def live_a_day(
    env: dict[str, str], folder: Path, people: int, story: str = "day"
) -> dict[str, float]:
    command = ["-m", "app.cli.main", "demo", "play", "--json", "--people", str(people)]
    command += ["--story", story]
    played = await asyncio.create_subprocess_exec(
        sys.executable, *command, "--folder", str(folder), env=env, stdout=PIPE, stderr=PIPE
    )
    async with asyncio.timeout(240):
        out, told = await played.communicate()
    assert played.returncode == 0, told.decode()
    (line,) = out.decode().splitlines()
    found: dict[str, float] = json.loads(line)
    return found


def test_a_percentile_is_one_of_the_waits() -> None:
    assert percentile([]) == 0
    assert percentile([5.0]) == 5
    assert percentile([float(n) for n in range(1, 101)]) == 95
