"""Where two sides disagree, moderators and coordinators find it in the queue; nobody else does."""

import asyncio
from collections.abc import Sequence

import httpx
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.actions import grant
from app.accounts.rules import Role
from app.db import SessionMaker, reading, transaction
from app.exchanges import actions as exchanges
from app.exchanges.forms import Said
from app.exchanges.rules import Answer, Side
from app.moderation import actions
from app.moderation.models import Report
from app.moderation.rules import About, Origin, Reason, ReportDraft
from app.outbox import Job, JobRow
from app.posts.models import Post
from app.settings import Settings
from tests.conftest import SignIn
from tests.factories.accounts import a_person, submit
from tests.factories.exchanges import (
    GIVER_PHONE,
    RECEIVER_EMAIL,
    Pair,
    an_exchange,
    answer,
    stand_of,
)
from tests.factories.organisations import a_client, an_organisation
from workers.jobs import JOBS
from workers.protocol import Tools, run

DESK_PHONE = "+3225123456"


async def disagree(maker: SessionMaker) -> tuple[Pair, str]:
    """One message, then Jan says that it happened and Amal that it did not."""
    pair, code = await an_exchange(maker)
    async with transaction(maker) as session:
        stand = await stand_of(session, pair, code, Side.GIVER)
        await exchanges.send_message(session, stand, pair.giver.person_id, "Canary words")
    await answer(maker, pair, code, Side.GIVER, Answer.YES)
    await answer(maker, pair, code, Side.RECEIVER, Answer.NO)
    return pair, code


async def work(maker: SessionMaker, settings: Settings) -> int:
    """Do what waits for the queue of disputes as a worker does; how many jobs that were."""
    async with reading(maker) as reader:
        waiting = (JobRow.kind == Job.OPEN_DISPUTE.value) & JobRow.done_at.is_(None)
        rows = (await reader.scalars(select(JobRow).where(waiting))).all()
    tools = {"tools": Tools(settings, maker)}
    for row in rows:
        await run(JOBS[Job.OPEN_DISPUTE], tools, row.id, row.starts)
    return len(rows)


async def disputes(maker: SessionMaker) -> Sequence[Report]:
    async with reading(maker) as reader:
        which = Report.reason == Reason.DISAGREE.value
        return (await reader.scalars(select(Report).where(which))).all()


async def a_dispute(maker: SessionMaker, settings: Settings) -> tuple[Pair, str, str]:
    """The two sides, the exchange's code and the report's."""
    pair, code = await disagree(maker)
    await work(maker, settings)
    (report,) = await disputes(maker)
    return pair, code, report.code


async def enter(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn, role: Role | None
) -> None:
    person = await a_person(maker, name="Hilde")
    async with transaction(maker) as session:
        if role is not None:
            await grant(session, person.id, role)
    await sign_in(client, person.id)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MODERATOR])
async def test_staff_read_what_was_agreed_and_said_but_no_contact_and_no_message(
    role: Role, client: httpx.AsyncClient, maker: SessionMaker, settings: Settings, sign_in: SignIn
) -> None:
    pair, exchange, code = await a_dispute(maker, settings)
    await enter(client, maker, sign_in, role)
    assert code in (await client.get("/en/moderation")).text
    answer = await client.get(f"/en/moderation/{code}")
    assert answer.status_code == 200
    main = answer.text.split("<main")[1].split("</main")[0]
    for words in (
        "The two sides disagree",
        "Jan",
        "Amal",
        "Saint-Gilles",
        "2 persons",
        "Says that it happened",
        "Says that it did not happen",
        '<dt>Messages between them</dt>\n<dd class="row-value">1</dd>',
        "A coordinator calls both sides.",
    ):
        assert words in main
    canaries = (GIVER_PHONE[-6:], RECEIVER_EMAIL, "Canary words", "tel:")
    assert [canary for canary in canaries if canary in main] == []
    # Control: the same canaries are there to be seen, on the page of a side.
    await sign_in(client, pair.receiver.person_id)
    theirs = (await client.get(f"/en/exchanges/{exchange}")).text
    assert "Canary words" in theirs
    assert "tel:" in theirs


@pytest.mark.parametrize("role", [None, Role.CASEWORKER, Role.OPERATOR])
async def test_nobody_else_enters(
    role: Role | None,
    client: httpx.AsyncClient,
    maker: SessionMaker,
    settings: Settings,
    sign_in: SignIn,
) -> None:
    pair, _, code = await a_dispute(maker, settings)
    pages = ("/en/moderation", f"/en/moderation/{code}")
    await enter(client, maker, sign_in, role)
    assert {(await client.get(page)).status_code for page in pages} == {403}
    await sign_in(client, pair.giver.person_id)
    assert {(await client.get(page)).status_code for page in pages} == {403}


async def test_a_coordinator_reads_disputes_only_and_decides_none(
    client: httpx.AsyncClient, maker: SessionMaker, settings: Settings, sign_in: SignIn
) -> None:
    _, exchange, dispute = await a_dispute(maker, settings)
    async with transaction(maker) as session:
        draft = ReportDraft(About.EXCHANGE, exchange, Reason.OTHER, "He shouts.")
        other = (await actions.send_report(session, draft, Origin(b"one", b"two"))).code
    await enter(client, maker, sign_in, Role.COORDINATOR)
    listed = (await client.get("/en/moderation")).text
    assert (dispute in listed, other in listed) == (True, False)
    assert (await client.get(f"/en/moderation/{other}")).status_code == 404
    page = await client.get(f"/en/moderation/{dispute}")
    assert other not in page.text
    assert f"/moderation/{dispute}/decide" not in page.text
    # A form from another page: the token is right, the role is not.
    refused = await submit(
        client,
        "/en/account/place",
        f"/en/moderation/{dispute}/decide",
        choice="none",
        rule="nothing",
        reason="No.",
    )
    assert refused.status_code == 403
    # Control: the report is there, and a moderator reads both.
    await enter(client, maker, sign_in, Role.MODERATOR)
    listed = (await client.get("/en/moderation")).text
    assert (dispute in listed, other in listed) == (True, True)
    assert "He shouts." in (await client.get(f"/en/moderation/{other}")).text


async def test_a_dispute_is_one_report_however_often_it_is_opened(
    maker: SessionMaker, settings: Settings
) -> None:
    pair, exchange = await disagree(maker)
    await answer(maker, pair, exchange, Side.RECEIVER, Answer.NOT_YET)
    assert await work(maker, settings) == 1
    (report,) = await disputes(maker)
    assert (report.about_code, report.froze, report.reporter_id) == (exchange, False, None)

    async def again() -> None:
        async with transaction(maker) as session:
            await actions.open_dispute(session, report.about_id or 0)

    await asyncio.gather(*(again() for _ in range(4)))
    assert len(await disputes(maker)) == 1
    async with reading(maker) as reader:
        held = await reader.scalars(select(Post.id).where(Post.held_at.is_not(None)))
        assert held.all() == []
    # Control: a plain second row would be there, did the database not refuse it.
    columns = {c.key: getattr(report, c.key) for c in Report.__table__.columns if c.key != "id"}
    async with transaction(maker) as session:
        with pytest.raises(IntegrityError, match="uq_report_dispute"):
            async with session.begin_nested():
                session.add(Report(**{**columns, "code": "second"}))


async def test_no_dispute_without_its_answer(maker: SessionMaker, settings: Settings) -> None:
    """The job stands in the transaction of the answer: undone together."""
    pair, code = await an_exchange(maker)
    await answer(maker, pair, code, Side.GIVER, Answer.YES)

    async def begin_and_fail() -> None:
        async with transaction(maker) as session:
            stand = await stand_of(session, pair, code, Side.RECEIVER)
            await exchanges.say(session, stand, pair.receiver.person_id, Said(Answer.NO, ""))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await begin_and_fail()
    assert await work(maker, settings) == 0
    async with transaction(maker) as session:
        await actions.open_dispute(session, 10**9)
    assert await disputes(maker) == []


async def test_when_they_agree_later_the_report_says_so_and_still_waits(
    client: httpx.AsyncClient, maker: SessionMaker, settings: Settings, sign_in: SignIn
) -> None:
    pair, exchange, code = await a_dispute(maker, settings)
    await enter(client, maker, sign_in, Role.COORDINATOR)
    agreed = "The sides agree by now."
    assert agreed not in (await client.get(f"/en/moderation/{code}")).text
    await answer(maker, pair, exchange, Side.RECEIVER, Answer.YES)
    assert agreed in (await client.get(f"/en/moderation/{code}")).text
    assert code in (await client.get("/en/moderation")).text


async def test_for_an_organisations_client_the_desk_is_called(
    client: httpx.AsyncClient, maker: SessionMaker, settings: Settings, sign_in: SignIn
) -> None:
    pair, _, code = await a_dispute(maker, settings)
    async with transaction(maker) as session:
        organisation = await an_organisation(session, phone=DESK_PHONE)
        card = await a_client(session, organisation)
        await session.execute(
            update(Post)
            .where(Post.id == pair.need_id)
            .values(organisation_id=organisation.id, client_id=card.id)
        )
    await enter(client, maker, sign_in, Role.COORDINATOR)
    main = (await client.get(f"/en/moderation/{code}")).text.split("<main")[1]
    assert f"tel:{DESK_PHONE}" in main
    assert "Le Relais" in main
    assert "Amal" not in main
    assert card.alias not in main


async def test_nobody_sends_a_dispute_by_hand(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    _, code = await an_exchange(maker)
    fields = {"about": "exchange", "code": code, "words": "Look.", "stated": "neither"}
    page = f"/en/report?about=exchange&code={code}"
    assert 'value="disagree"' not in (await client.get(page)).text
    forged = await submit(client, page, "/en/report/send", reason="disagree", **fields)
    assert forged.status_code == 422
    assert await disputes(maker) == []
    # Control: the same form with a reason that people have is taken.
    sent = await submit(client, page, "/en/report/send", reason="other", **fields)
    assert sent.status_code == 303
