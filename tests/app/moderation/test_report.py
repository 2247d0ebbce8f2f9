"""Anyone may report; "not safe" stops the other side at once, and only the other side."""

from datetime import timedelta

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, select, text, update

from app.db import SessionMaker, reading, transaction
from app.exchanges.rules import Side
from app.moderation.models import Report
from app.moderation.rules import PER_BROWSER
from app.notifications.rules import LinkPurpose, SignedLink, write_link
from app.outbox import Job, JobRow
from app.posts.models import Post
from tests.conftest import SignIn, new_client
from tests.factories.accounts import submit
from tests.factories.exchanges import Pair, an_exchange
from tests.factories.posts import a_need, an_offer


async def send(
    browser: httpx.AsyncClient, about: str, code: str, reason: str = "unsafe", **more: str
) -> httpx.Response:
    """Fill in the report page as somebody without JavaScript does."""
    return await submit(
        browser,
        f"/en/report?about={about}&code={code}",
        "/en/report/send",
        about=about,
        code=code,
        reason=reason,
        **more,
    )


async def held(maker: SessionMaker) -> set[int]:
    async with reading(maker) as reader:
        return set(await reader.scalars(select(Post.id).where(Post.held_at.is_not(None))))


async def closing(maker: SessionMaker) -> set[int]:
    """Posts whose proposals a worker has been asked to close."""
    async with reading(maker) as reader:
        return set(
            await reader.scalars(select(JobRow.ref).where(JobRow.kind == Job.CLOSE_PROPOSALS.value))
        )


async def offer_of(maker: SessionMaker) -> Post:
    async with transaction(maker) as session:
        return await an_offer(session)


async def test_a_stranger_reports_without_account_and_gets_a_receipt(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    offer = await offer_of(maker)
    answer = await send(client, "post", offer.code, "money", words="He asks for 50 euro.")
    assert answer.status_code == 303
    receipt = await client.get(answer.headers["location"])
    assert "We have your report." in receipt.text
    assert "He asks for 50 euro." not in receipt.text
    assert await held(maker) == set()


async def test_not_safe_holds_the_post_at_once_and_needs_no_words(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    offer = await offer_of(maker)
    other = await offer_of(maker)
    answer = await send(client, "post", offer.code)
    assert "stopped the other side" in (await client.get(answer.headers["location"])).text
    assert (await held(maker), await closing(maker)) == ({offer.id}, {offer.id})
    async with reading(maker) as reader:
        open_ids = set(await reader.scalars(select(Post.id).where(Post.is_open)))
    assert open_ids == {other.id}


@pytest.mark.parametrize("side", list(Side))
async def test_not_safe_in_an_exchange_stops_the_other_side_only(
    side: Side, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    async with transaction(maker) as session:
        beside = {
            Side.GIVER: await an_offer(session, pair.giver),
            Side.RECEIVER: await a_need(session, pair.receiver),
        }
    await sign_in(client, pair.person(side).person_id)
    await send(client, "exchange", code)
    own = {pair_post(pair, side), beside[side].id}
    theirs = {pair_post(pair, side.other), beside[side.other].id}
    assert await held(maker) == theirs
    assert not own & await closing(maker)


def pair_post(pair: Pair, side: Side) -> int:
    return pair.offer_id if side is Side.GIVER else pair.need_id


@pytest.mark.parametrize(
    ("stated", "stopped"), [("receiver", "offer"), ("giver", "need"), ("neither", "both")]
)
async def test_without_sign_in_one_says_who_one_is(
    stated: str, stopped: str, client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    pair, code = await an_exchange(maker)
    page = await client.get(f"/en/report?about=exchange&code={code}")
    assert "Who are you here?" in page.text
    await send(client, "exchange", code, stated=stated)
    wanted = {"offer": {pair.offer_id}, "need": {pair.need_id}}
    assert await held(maker) == wanted.get(stopped, {pair.offer_id, pair.need_id})


async def test_the_link_of_a_message_says_who_one_is(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    pair, code = await an_exchange(maker)
    link = write_link(SignedLink(LinkPurpose.EXCHANGE, code, pair.receiver.person_id))
    page = await client.get(f"/en/report?about=exchange&code={code}&link={link}")
    assert "Who are you here?" not in page.text
    await send(client, "exchange", code, link=link)
    assert await held(maker) == {pair.offer_id}


async def test_sent_twice_it_is_one_report(client: httpx.AsyncClient, maker: SessionMaker) -> None:
    offer = await offer_of(maker)
    first = await send(client, "post", offer.code, "false", words="Not true.")
    second = await send(client, "post", offer.code, "false", words="Not true.")
    assert first.headers["location"] == second.headers["location"]
    other = await send(client, "post", offer.code, "false", words="Still not true.")
    assert other.headers["location"] != first.headers["location"]


async def test_one_browser_cannot_flood_and_another_still_reports(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    for number in range(PER_BROWSER):
        assert (await send(client, "page", "help", "other", words=str(number))).status_code == 303
    refused = await send(client, "page", "help", "other", words="once more")
    assert refused.status_code == 429
    assert "112" in refused.text
    async with new_client(app) as neighbour:
        assert (await send(neighbour, "page", "help", "other", words="me")).status_code == 303
    async with transaction(maker) as session:
        await session.execute(update(Report).values(created_at=func.now() - timedelta(hours=2)))
    assert (await send(client, "page", "help", "other", words="later")).status_code == 303


async def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    answer = await send(client, "page", "help", "", contact="me@example.org")
    assert answer.status_code == 422
    assert "Choose what is wrong." in answer.text
    assert "Say in a few words what happened." in answer.text
    assert "me@example.org" in answer.text
    assert "<title>Error:" in answer.text


async def test_an_unknown_code_is_still_a_report(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    """Somebody who is afraid and mistypes must not meet a wall."""
    assert (await send(client, "exchange", "nothing")).status_code == 303
    assert (await send(client, "nonsense", "<script>")).status_code == 303
    assert await held(maker) == set()


async def test_words_are_not_readable_in_the_database(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    await send(client, "page", "help", "other", words="canary words", contact="canary contact")
    async with reading(maker) as reader:
        row = await reader.scalar(text("SELECT row_to_json(report)::text FROM report"))
    assert row
    assert "canary" not in row
    assert b"canary".hex() not in row
