"""Coordinators see what a re-balance would change, whether guesses come true, and for whom."""

import re

import httpx
import numpy as np
import pytest
from sqlalchemy import select, text, update

from app.accounts.actions import grant
from app.accounts.rules import Role
from app.db import SessionMaker, reading, transaction
from app.errors import ConflictError
from app.i18n import speaking
from app.outbox import Job, JobRow
from app.posts.models import Post
from app.proposals.actions import adopt_weights, keep_figures, revert_weights
from app.proposals.models import Plan, Proposal, WeightsVersion
from app.proposals.pages.figures import shown
from app.proposals.queries import current_weights, read_answers
from app.settings import Settings
from matching.columns import F64
from matching.score import PRIOR, probability
from tests.conftest import SignIn
from tests.factories.accounts import make_person, submit
from tests.factories.posts import MEAL, a_need, an_author, an_offer, somewhere
from workers import learning, planning
from workers.jobs import JOBS
from workers.protocol import Tools, run

ANSWERS = 1_500


@pytest.fixture
def tools(maker: SessionMaker, settings: Settings) -> Tools:
    return Tools(settings, maker)


async def work(tools: Tools, job: Job) -> None:
    """What waits of this kind, done now."""
    async with reading(tools.maker) as reader:
        due = await reader.scalars(
            select(JobRow.id).where(JobRow.kind == job.value, JobRow.done_at.is_(None))
        )
        ids = list(due)
    for job_id in ids:
        await run(JOBS[job], {"tools": tools}, job_id, 0)


async def a_coordinator(maker: SessionMaker) -> int:
    async with transaction(maker) as session:
        person = await make_person(session, name="Nour")
        await grant(session, person.id, Role.COORDINATOR, None)
        return person.id


def words(page: httpx.Response) -> str:
    """The page as it is read."""
    assert page.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


async def test_a_coordinator_draws_a_plan_that_changes_nothing(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn, tools: Tools
) -> None:
    assert (await client.get("/en/engine")).status_code in (303, 401)
    await sign_in(client, await a_coordinator(maker))
    assert "No plan yet" in words(await client.get("/en/engine"))
    async with transaction(maker) as session:
        for number in range(18):
            await a_need(session, await an_author(session, f"N{number}"), places=1)
        await a_need(session, await an_author(session, "Far"), place=somewhere("2000"))
        for number in range(6):
            await an_offer(session, await an_author(session, f"O{number}"), places=1)
    await submit(client, "/en/engine")
    waiting = await client.get("/en/engine")
    assert "A plan is being drawn" in words(waiting)
    assert 'http-equiv="refresh"' in waiting.text
    await work(tools, Job.DRAW_PLAN)
    seen = words(await client.get("/en/engine"))
    assert "Needs 19 Would get a place kept for them 6 Would get a chance beside others 6 " in seen
    assert "Would still wait 7" in seen
    assert "Others were more urgent, or waited longer 6" in seen.replace("How many ", "")
    assert "Nobody offers it nearby a few" in seen.replace("How many ", "")
    assert "It is proved" in seen
    async with reading(maker) as reader:
        assert (await reader.scalars(select(Proposal.id))).all() == []
    async with transaction(maker) as session:
        failing = Plan(region="be")
        session.add(failing)
        await session.flush()
        await keep_figures(session, failing.id, None)
    assert "could not be drawn" in words(await client.get("/en/engine"))


async def test_few_are_only_a_few(maker: SessionMaker, tools: Tools) -> None:
    async with transaction(maker) as session:
        await a_need(session)
    (one,) = await planning.draw(tools) or []
    assert (one.category, one.needs, one.waiting) == (MEAL, 1, 1)
    with speaking("en"):
        assert [shown(count) for count in (0, 1, 4, 5)] == ["0", "a few", "a few", "5"]


async def answered(maker: SessionMaker, rows: int) -> None:
    """Answers of a world in which attested helpers are far likelier than the hand believes."""
    draw = np.random.default_rng(7)
    terms: F64 = np.column_stack(
        (
            -draw.uniform(0, 2, rows), -draw.uniform(0, 1, rows), draw.uniform(0, 1, rows),
            draw.integers(0, 2, rows), draw.uniform(0, 1, rows), draw.uniform(0, 1, rows),
            np.ones(rows), np.ones(rows),
        )
    ).astype(np.float64)  # fmt: skip
    category = np.full(rows, MEAL)
    said = probability(terms, category, np.zeros(rows), PRIOR)
    truth = 1 / (1 + np.exp(-(np.log(said / (1 - said)) - 2.0 + 3.0 * terms[:, 4])))
    yes = draw.uniform(size=rows) < truth
    async with transaction(maker) as session:
        need = await a_need(session, await an_author(session, "N"))
        offer = await an_offer(session, await an_author(session, "O"))
        await session.execute(
            text(
                "INSERT INTO proposal (code, need_id, offer_id, units, proposer, reasons, score, "
                "weights, terms, far, expires_at, proposed_at, need_accepted_at, "
                "offer_accepted_at, agreed_at, declined_at, declined_by) "
                "SELECT 'w' || n, :need, :offer, 1, 'engine', '[]', p, 'prior-1', "
                "CAST(t AS float8[]), false, now(), now() - (n || ' minutes')::interval, at, at, "
                "at, CASE WHEN at IS NULL THEN now() - (n || ' minutes')::interval END, "
                "CASE WHEN at IS NULL THEN 'offer' END "
                "FROM (SELECT n, p, t, CASE WHEN y THEN now() - (n || ' minutes')::interval END at "
                "FROM unnest(CAST(:p AS float8[]), CAST(:t AS text[]), CAST(:y AS bool[])) "
                "WITH ORDINALITY AS one(p, t, y, n)) told"
            ),
            {
                "need": need.id,
                "offer": offer.id,
                "p": said.tolist(),
                "t": ["{" + ",".join(map(str, row)) + "}" for row in terms.tolist()],
                "y": yes.tolist(),
            },
        )


async def test_the_weights_learn_and_can_be_taken_back(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn, tools: Tools
) -> None:
    assert await learning.learn(tools) is None
    await answered(maker, ANSWERS)
    async with reading(maker) as reader:
        answers = await read_answers(reader)
        assert (await current_weights(reader)).version == PRIOR.version
    assert len(answers) == ANSWERS
    assert np.abs(answers.offset).max() < 1e-6
    lesson = await learning.learn(tools)
    assert lesson is not None
    assert lesson.fit_to_adopt
    async with transaction(maker) as session:
        session.add(JobRow(kind=Job.FIT_WEIGHTS.value, ref=0))
    await work(tools, Job.FIT_WEIGHTS)
    async with reading(maker) as reader:
        learnt = await current_weights(reader)
    assert learnt.version.startswith("fit-")
    assert learnt.beta[4] + learnt.delta[MEAL, 4] > PRIOR.beta[4] + 0.5
    assert (await tools.weights.read(maker)).version in (PRIOR.version, learnt.version)
    await sign_in(client, await a_coordinator(maker))
    page = words(await client.get("/en/engine/answers"))
    assert f"In use: {learnt.version}" in page
    assert "Answered proposals, by the chance that was said" in page
    async with transaction(maker) as session:
        assert await revert_weights(session) is None
        assert (await current_weights(session)).version == PRIOR.version
        with pytest.raises(ConflictError):
            await revert_weights(session)
        await adopt_weights(session, learnt.version)
        assert (await current_weights(session)).version == learnt.version
        await session.execute(update(WeightsVersion).values(fit_to_adopt=False))
    async with transaction(maker) as session:
        with pytest.raises(ConflictError):
            await adopt_weights(session, learnt.version)


async def test_groups_are_compared_only_where_they_are_large(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        offer = await an_offer(session, places=20)
        for number in range(22):
            language = "ar" if number < 10 else "fr" if number < 20 else "uk"
            need = await a_need(
                session, await an_author(session, f"N{number}"), languages=(language,), places=1
            )
            if language == "fr":
                session.add(
                    Proposal(
                        code=f"g{number}", need_id=need.id, offer_id=offer.id, units=1,
                        proposer="engine", reasons=[], score=0.5, weights="prior-1", far=False,
                        expires_at=need.ends_at, need_accepted_at=need.published_at,
                        offer_accepted_at=need.published_at, agreed_at=need.published_at,
                    )
                )  # fmt: skip
        await session.execute(
            update(Post).values(published_at=text("published_at - interval '1 h'"))
        )
    await sign_in(client, await a_coordinator(maker))
    page = words(await client.get("/en/engine/answers"))
    assert "By language" in page
    assert "The largest gap is by language: French 100% served, Arabic 0%." in page
    assert "Ukrainian" not in page.split("By language")[1].split("By size")[0]
