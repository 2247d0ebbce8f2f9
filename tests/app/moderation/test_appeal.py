"""Whoever is concerned may object; somebody else looks again, whatever the code does."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Person
from app.db import SessionMaker, reading, transaction
from app.moderation.actions import tidy_reports
from app.moderation.models import Appeal, Decision, Report
from app.moderation.rules import APPEAL_FOR, Choice, Outcome, outcome_of
from app.notifications.models import Notice
from app.posts.models import Post
from tests.app.moderation.test_decide import a_moderator, address_of, decide, report_offer, see
from tests.conftest import SignIn
from tests.factories.accounts import submit

WHY = "I never shouted: ask my neighbour."


async def held_offer(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> tuple[str, Post]:
    """A moderator, Nadia, holds Jan's offer."""
    code, offer = await report_offer(client, maker, "money")
    await a_moderator(client, maker, sign_in)
    assert (await decide(client, code, "hold", "He asked for 50 euro.")).status_code == 303
    return code, offer


async def appeals(maker: SessionMaker) -> list[Appeal]:
    async with reading(maker) as reader:
        return list(await reader.scalars(select(Appeal).order_by(Appeal.id)))


async def object_to(client: httpx.AsyncClient, address: str, words: str = WHY) -> httpx.Response:
    return await submit(client, f"{address}/object", words=words)


async def test_the_affected_person_reads_all_that_the_law_asks_but_not_who_reported(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, offer = await held_offer(client, maker, sign_in)
    client.cookies.clear()
    letter = (await client.get(address_of(code, offer.author_id))).text
    for words in (
        "He asked for 50 euro.",
        "treated with respect",
        "A meal",
        "Until a person decides otherwise",
        "A person, not a machine",
        "I object",
        "go to a court",
    ):
        assert words in letter, words
    assert "He shouts." not in letter
    assert "Secret part" not in letter
    # The control: whoever reported has a receipt, and nobody else any page at all.
    assert "Secret part" in (await client.get(address_of(code))).text
    assert (await client.get(address_of(code, offer.author_id + 99))).status_code == 404


async def test_an_objection_goes_to_somebody_else_and_reverses_the_hold(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, offer = await held_offer(client, maker, sign_in)
    address = address_of(code, offer.author_id)
    assert (await object_to(client, address)).status_code == 303
    assert "second person looks again" in (await client.get(address)).text
    assert "nobody can object here any more" in (await client.get(f"{address}/object")).text
    # Nadia, who decided first, is shown the door.
    assert "You decided first" in (await client.get(f"/en/moderation/{code}")).text
    await a_moderator(client, maker, sign_in)
    assert WHY in (await client.get(f"/en/moderation/{code}")).text
    answered = await decide(client, code, "release", "The neighbour confirms it.", rule="nothing")
    assert answered.status_code == 303
    (row,) = await appeals(maker)
    assert (row.outcome, row.reviewer_id == row.first_moderator_id) == ("reversed", False)
    assert (await see(maker, offer)).is_open
    page = (await client.get(address)).text
    assert "reversed the decision" in page
    assert "Here the decision is final." in page
    assert "Reversed" in (await client.get("/en/moderation/log")).text


async def test_the_first_moderator_is_refused_by_pages_and_by_the_database(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, offer = await held_offer(client, maker, sign_in)
    await object_to(client, address_of(code, offer.author_id))
    shown = f"/en/moderation/{code}"
    sent = {"choice": "hold", "rule": "money", "reason": "I am right."}
    refused = await submit(client, f"{shown}/authorities", f"{shown}/decide", **sent)
    assert refused.status_code == 403
    (row,) = await appeals(maker)
    assert row.reviewed_at is None
    with pytest.raises(IntegrityError, match="second_reviewer"):
        async with transaction(maker) as session:
            await session.execute(update(Appeal).values(reviewer_id=Appeal.first_moderator_id))


async def test_whoever_reported_objects_too_and_only_once_and_not_for_ever(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, _ = await report_offer(client, maker, "false")
    await a_moderator(client, maker, sign_in)
    await decide(client, code, "none", "It is true.", rule="nothing")
    client.cookies.clear()
    token = (await client.get(f"{address_of(code)}/object")).text
    assert (await client.post(f"{address_of(code)}/object", data={})).status_code == 403
    assert "Send my objection" in token
    late = func.now() - APPEAL_FOR - timedelta(days=1)
    async with transaction(maker) as session:
        await session.execute(update(Decision).values(created_at=late))
    assert (
        "nobody can object here any more" in (await client.get(f"{address_of(code)}/object")).text
    )
    async with transaction(maker) as session:
        await session.execute(update(Decision).values(created_at=func.now()))
    assert (await object_to(client, address_of(code))).status_code == 303
    assert [row.party for row in await appeals(maker)] == ["reporter"]
    async with reading(maker) as reader:
        told = await reader.scalars(select(Notice.id).where(Notice.kind == "report_waits"))
        assert len(told.all()) == 1


async def test_a_stopped_account_opens_again_by_itself_and_after_a_review(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, offer = await report_offer(client, maker, "unsafe")
    await a_moderator(client, maker, sign_in)
    day = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    refused = await decide(client, code, "suspend", until="2020-01-01")
    assert refused.status_code == 422
    assert (await decide(client, code, "suspend", until=day)).status_code == 303
    async with reading(maker) as reader:
        assert (await reader.get_one(Person, offer.author_id)).suspended_at is not None
    page = (await client.get(address_of(code, offer.author_id))).text
    assert "until" in page
    async with transaction(maker) as session:
        await tidy_reports(session)
        await session.execute(update(Decision).values(until=func.now()))
    async with transaction(maker) as session:
        assert (await session.get_one(Person, offer.author_id)).suspended_at is not None
        await tidy_reports(session)
    async with reading(maker) as reader:
        assert (await reader.get_one(Person, offer.author_id)).suspended_at is None
    assert (await see(maker, offer)).is_open


async def test_evidence_is_forgotten_long_after_the_decision(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    await held_offer(client, maker, sign_in)
    async with transaction(maker) as session:
        await session.execute(update(Report).values(decided_at=func.now() - timedelta(days=360)))
        await tidy_reports(session)
        await session.execute(update(Report).values(decided_at=func.now() - timedelta(days=366)))
        kept = await session.scalar(select(Report.words))
        await tidy_reports(session)
    async with reading(maker) as reader:
        report = (await reader.scalars(select(Report))).one()
        assert (kept, report.words, report.evidence) == ("He shouts.", "", None)


@pytest.mark.parametrize(
    ("first", "then", "outcome"),
    [
        (Choice.HOLD, Choice.HOLD, Outcome.CONFIRMED),
        (Choice.HOLD, Choice.SUSPEND, Outcome.CHANGED),
        (Choice.SUSPEND, Choice.RELEASE, Outcome.REVERSED),
        (Choice.NONE, Choice.HOLD, Outcome.REVERSED),
        (Choice.NONE, Choice.WARN, Outcome.CHANGED),
    ],
)
def test_what_a_second_look_made_of_the_first(
    first: Choice, then: Choice, outcome: Outcome
) -> None:
    assert outcome_of(first, then, first_until=None, then_until=None) is outcome
