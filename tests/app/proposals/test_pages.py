"""Answering in two taps, from the inbox and from a message; nothing acts on GET."""

import re

import httpx
import pytest
from sqlalchemy import select, text

from app.accounts.actions import issue_token
from app.db import SessionMaker, transaction
from app.notifications.rules import LinkPurpose, SignedLink, write_link
from app.posts.models import Post
from app.proposals.models import Proposal
from tests.conftest import SignIn
from tests.factories.accounts import csrf_token
from tests.factories.proposals import a_proposal


@pytest.fixture
async def pair(maker: SessionMaker) -> tuple[Proposal, int, int]:
    """A committed proposal and the people of its need and its offer."""
    async with transaction(maker) as session:
        proposal = await a_proposal(session, note="Halal, second floor")
        need = await session.get_one(Post, proposal.need_id)
        offer = await session.get_one(Post, proposal.offer_id)
    return proposal, need.author_id, offer.author_id


Pair = tuple[Proposal, int, int]


async def stored(maker: SessionMaker) -> Proposal:
    async with transaction(maker) as session:
        return (await session.scalars(select(Proposal))).one()


def link(proposal: Proposal, person_id: int) -> str:
    return "/en/p/" + write_link(SignedLink(LinkPurpose.PROPOSAL, proposal.code, person_id))


def one_link(page: str, words: str) -> str:
    found = re.findall(rf'<a class="[^"]*" href="([^"]+)"><span>{words}', page)
    assert len(found) == 1, (words, page)
    return str(found[0])


async def press(client: httpx.AsyncClient, page: str) -> httpx.Response:
    action = re.findall(r'<form method="post" action="([^"]+)"', page)[-1]
    return await client.post(action, data={"_csrf_token": csrf_token(page)})


async def test_a_message_is_answered_with_two_clicks_and_no_field(
    client: httpx.AsyncClient, maker: SessionMaker, pair: Pair
) -> None:
    """J4: Accept, then confirm; two pages, nothing typed, no sign-in."""
    proposal, needing, helping = pair
    for person_id in (needing, helping):
        opened = await client.get(link(proposal, person_id))
        assert opened.status_code == 200
        asked = await client.get(one_link(opened.text, "Yes, accept"))
        assert (await stored(maker)).agreed_at is None
        assert "<input" not in asked.text.replace('<input type="hidden"', "")
        assert (await press(client, asked.text)).status_code == 303
    assert (await stored(maker)).agreed_at is not None


async def test_no_is_said_from_a_message_without_a_reason(
    client: httpx.AsyncClient, maker: SessionMaker, pair: Pair
) -> None:
    proposal, needing, helping = pair
    opened = await client.get(link(proposal, helping))
    asked = await client.get(one_link(opened.text, "No, decline"))
    answered = await press(client, asked.text)
    assert answered.status_code == 303
    assert (await stored(maker)).declined_by == "offer"
    mine = await client.get(link(proposal, helping))
    assert "You said no" in mine.text
    theirs = await client.get(link(proposal, needing))
    assert "This is no longer possible" in theirs.text
    assert "said no" not in theirs.text.replace("You said no. Nobody asks you why.", "")
    for page in (mine, theirs):
        assert "confirm?answer" not in page.text
    again = await client.get(f"{link(proposal, helping)}/confirm?answer=accept")
    assert again.status_code == 303


async def test_looking_only_marks_as_seen(
    client: httpx.AsyncClient, maker: SessionMaker, pair: Pair
) -> None:
    proposal, needing, _ = pair
    await client.get(link(proposal, needing))
    for answer in ("accept", "decline"):
        await client.get(f"{link(proposal, needing)}/confirm?answer={answer}")
    row = await stored(maker)
    assert (row.need_seen_at is not None, row.offer_seen_at) == (True, None)
    assert (row.need_accepted_at, row.declined_at) == (None, None)


async def test_a_changed_link_opens_nothing(client: httpx.AsyncClient, pair: Pair) -> None:
    proposal, needing, helping = pair
    right = link(proposal, needing)
    for wrong in (right[:-1] + "_", right.replace(f".{needing}.", f".{helping}."), "/en/p/x"):
        assert (await client.get(wrong)).status_code == 404


async def test_the_inbox_shows_what_waits(
    client: httpx.AsyncClient, sign_in: SignIn, maker: SessionMaker, pair: Pair
) -> None:
    proposal, needing, _ = pair
    await sign_in(client, needing)
    page = await client.get("/en/proposals")
    assert "One person waits for you" in page.text
    assert f"/en/proposals/{proposal.code}" in page.text
    asked = await client.get(f"/en/proposals/{proposal.code}/confirm?answer=decline")
    assert (await press(client, asked.text)).headers["location"] == "/en/proposals"
    assert "You said no" in (await client.get("/en/proposals")).text


async def test_an_empty_inbox_says_so(
    client: httpx.AsyncClient, sign_in: SignIn, maker: SessionMaker, pair: Pair
) -> None:
    async with transaction(maker) as session:
        await session.execute(text("DELETE FROM proposal"))
    await sign_in(client, pair[1])
    assert "Nothing waits for you" in (await client.get("/en/proposals")).text


async def test_others_find_nothing(
    client: httpx.AsyncClient, sign_in: SignIn, maker: SessionMaker, pair: Pair
) -> None:
    async with transaction(maker) as session:
        stranger = (await a_proposal(session)).need_id
        author = (await session.get_one(Post, stranger)).author_id
    await sign_in(client, author)
    assert (await client.get(f"/en/proposals/{pair[0].code}")).status_code == 404
    assert pair[0].code not in (await client.get("/en/proposals")).text


async def test_time_that_is_over_is_said(
    client: httpx.AsyncClient, maker: SessionMaker, pair: Pair
) -> None:
    async with transaction(maker) as session:
        await session.execute(text("UPDATE proposal SET expires_at = now()"))
    page = await client.get(link(pair[0], pair[1]))
    assert "The time to answer is over" in page.text


async def test_a_page_shows_no_score_no_point_and_no_words_of_a_need(
    client: httpx.AsyncClient, maker: SessionMaker, pair: Pair
) -> None:
    proposal, needing, helping = pair
    row = await stored(maker)
    for person_id, words_shown in ((needing, True), (helping, False)):
        page = (await client.get(link(proposal, person_id))).text
        assert ("second floor" in page) == words_shown
        assert f"{row.score:.2f}" not in page
        assert "50.8" not in page
        assert "Less than 2 km away" in page
        assert "noindex" in page


async def test_programs_read_and_decline(
    client: httpx.AsyncClient, maker: SessionMaker, pair: Pair
) -> None:
    proposal, needing, _ = pair
    async with transaction(maker) as session:
        token = await issue_token(session, needing, "test", ["read", "write"])
    headers = {"authorization": f"Bearer {token}", "idempotency-key": "k1"}
    listed = (await client.get("/api/v1/proposals", headers=headers)).json()
    assert [(one["code"], one["stand"], one["side"]) for one in listed["items"]] == [
        (proposal.code, "to_answer", "need")
    ]
    assert not {"score", "lat", "lon", "note"} & set(listed["items"][0])
    address = f"/api/v1/proposals/{proposal.code}"
    assert (await client.get(address, headers=headers)).json()["distance"] == "under_2"
    first = await client.post(f"{address}/decline", headers=headers)
    assert (first.status_code, first.json()["stand"]) == (200, "declined")
    again = await client.post(f"{address}/decline", headers=headers)
    assert again.json() == first.json()
    late = await client.post(f"{address}/decline", headers={**headers, "idempotency-key": "k2"})
    assert late.status_code == 410


async def test_a_problem_is_reported_from_the_message_without_signing_in(
    client: httpx.AsyncClient, pair: Pair, sign_in: SignIn
) -> None:
    proposal, needing, helping = pair
    address = link(proposal, helping)
    token = address.rpartition("/")[2]
    about = f"/en/report?about=proposal&amp;code={proposal.code}"
    page = (await client.get(address)).text
    assert f'href="{about}&amp;link={token}"' in page
    assert f'href="{about}&amp;link={token}&amp;unsafe=true"' in page
    opened = await client.get(f"{about}&amp;link={token}&amp;unsafe=true".replace("&amp;", "&"))
    assert opened.status_code == 200
    assert proposal.code in opened.text
    await sign_in(client, needing)
    mine = (await client.get(f"/en/proposals/{proposal.code}")).text
    assert f'href="{about}"' in mine
    assert "link=" not in mine
