"""Moderators see the evidence, decide with a reason, and those concerned read it."""

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actions import grant
from app.accounts.models import Person, PersonSession
from app.accounts.rules import Role
from app.db import SessionMaker, reading, transaction
from app.moderation.models import Decision, Report
from app.moderation.queries import NOBODY
from app.moderation.rules import (
    About,
    Concerned,
    Matter,
    Side,
    Stated,
    may_decide,
    network_of,
    reported_sides,
)
from app.notifications.models import Notice
from app.notifications.rules import LinkPurpose, SignedLink, write_link
from app.outbox import Job, JobRow
from app.posts.models import Post
from tests.conftest import SignIn
from tests.factories.accounts import a_person, submit
from tests.factories.posts import an_offer


async def report_offer(
    client: httpx.AsyncClient, maker: SessionMaker, reason: str
) -> tuple[str, Post]:
    async with transaction(maker) as session:
        offer = await an_offer(session, note="Soup every Friday")
    answer = await submit(
        client,
        f"/en/report?about=post&code={offer.code}",
        "/en/report/send",
        about="post",
        code=offer.code,
        reason=reason,
        words="He shouts.",
    )
    return answer.headers["location"].rsplit("/", 1)[1].split(".")[0], offer


async def a_moderator(client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn) -> Person:
    moderator = await a_person(maker, name="Nadia")
    async with transaction(maker) as session:
        await grant(session, moderator.id, Role.MODERATOR)
    await sign_in(client, moderator.id)
    return moderator


async def decide(
    client: httpx.AsyncClient, code: str, choice: str, reason: str = "He shouted.", **more: str
) -> httpx.Response:
    page = f"/en/moderation/{code}"
    sent = {"choice": choice, "rule": "safety", "reason": reason, **more}
    return await submit(client, page, f"{page}/decide", **sent)


def address_of(code: str, person_id: int = NOBODY) -> str:
    """The page of a report: of whoever sent it without account, or of somebody affected."""
    return "/en/reports/" + write_link(SignedLink(LinkPurpose.REPORT, code, person_id))


async def see(maker: SessionMaker, post: Post) -> Post:
    async with reading(maker) as reader:
        return await reader.get_one(Post, post.id)


async def test_only_moderators_enter(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, _ = await report_offer(client, maker, "unsafe")
    assert (await client.get("/en/moderation")).headers["location"].startswith("/en/sign-in")
    neighbour = await a_person(maker)
    await sign_in(client, neighbour.id)
    for page in ("/en/moderation", f"/en/moderation/{code}"):
        assert (await client.get(page)).status_code == 403


async def test_the_queue_shows_what_waits_and_the_review_its_evidence(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, _ = await report_offer(client, maker, "unsafe")
    await a_moderator(client, maker, sign_in)
    queue = await client.get("/en/moderation")
    assert code in queue.text
    review = await client.get(f"/en/moderation/{code}")
    for words in ("He shouts.", "Soup every Friday", "Jan", "Held"):
        assert words in review.text


async def test_release_gives_the_post_back_and_tells_both(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, offer = await report_offer(client, maker, "unsafe")
    assert not (await see(maker, offer)).is_open
    await a_moderator(client, maker, sign_in)
    assert (await decide(client, code, "release", "A misunderstanding.")).status_code == 303
    assert (await see(maker, offer)).is_open
    async with reading(maker) as reader:
        again = await reader.scalars(
            select(JobRow.ref)
            .where(JobRow.kind == Job.FIND_PAIRINGS.value)
            .order_by(JobRow.id.desc())
        )
        assert again.first() == offer.id
        told = await reader.scalars(select(Notice.person_id).where(Notice.kind == "decided"))
        assert set(told) == {offer.author_id}
    assert "A misunderstanding." in (await client.get(address_of(code))).text
    assert "A misunderstanding." in (await client.get(address_of(code, offer.author_id))).text
    assert (await client.get(f"/en/reports/{code}")).status_code == 404
    assert code in (await client.get("/en/moderation?stage=decided")).text
    assert code not in (await client.get("/en/moderation")).text


async def test_nothing_stopped_then_the_other_side_never_learns_of_it(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, _ = await report_offer(client, maker, "false")
    await a_moderator(client, maker, sign_in)
    await decide(client, code, "none")
    async with reading(maker) as reader:
        assert not (await reader.scalars(select(Notice.id).where(Notice.kind == "decided"))).all()


async def test_no_action_frees_what_the_report_had_stopped(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, offer = await report_offer(client, maker, "unsafe")
    await a_moderator(client, maker, sign_in)
    await decide(client, code, "none")
    assert (await see(maker, offer)).is_open


async def test_suspend_ends_sessions_and_holds_every_post(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, offer = await report_offer(client, maker, "money")
    await sign_in(client, offer.author_id)
    assert (await client.get("/en/account")).status_code == 200
    client.cookies.clear()
    await a_moderator(client, maker, sign_in)
    await decide(client, code, "suspend")
    async with reading(maker) as reader:
        author = await reader.get_one(Person, offer.author_id)
        assert author.suspended_at is not None
        left = await reader.scalars(
            select(PersonSession.id).where(PersonSession.person_id == author.id)
        )
        assert left.all() == []
    assert (await see(maker, offer)).held_at is not None


async def test_a_later_decision_is_added_and_the_first_one_stays(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, offer = await report_offer(client, maker, "illegal")
    await a_moderator(client, maker, sign_in)
    await decide(client, code, "hold", "We look at it.")
    await decide(client, code, "release", "It is allowed.")
    async with reading(maker) as reader:
        choices = await reader.scalars(select(Decision.choice).order_by(Decision.id))
        assert choices.all() == ["hold", "release"]
    assert (await see(maker, offer)).held_at is None


async def test_a_decision_needs_a_reason(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, offer = await report_offer(client, maker, "illegal")
    await a_moderator(client, maker, sign_in)
    answer = await decide(client, code, "hold", "  ")
    assert answer.status_code == 422
    assert "those concerned will read it" in answer.text
    assert (await see(maker, offer)).held_at is None


async def test_nobody_decides_about_their_own_posts(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    moderator = await a_moderator(client, maker, sign_in)
    code, offer = await report_offer(client, maker, "illegal")
    async with transaction(maker) as session:
        (await session.get_one(Post, offer.id)).author_id = moderator.id
    assert (await client.get(f"/en/moderation/{code}")).status_code == 403
    sent = {"choice": "none", "rule": "nothing", "reason": "Nothing."}
    answer = await submit(client, "/en/report", f"/en/moderation/{code}/decide", **sent)
    assert answer.status_code == 403
    async with reading(maker) as reader:
        assert (await reader.scalars(select(Report.decided_at))).one() is None


NEED, OFFER = Side(1, 10, None, None), Side(2, 20, 5, None)
PAIRING = Matter(About.EXCHANGE, 9, NEED, OFFER)


@pytest.mark.parametrize(
    ("person", "works_for", "stated", "against"),
    [
        (10, frozenset(), None, (OFFER,)),
        (20, frozenset(), None, (NEED,)),
        (30, frozenset({5}), None, (NEED,)),
        (10, frozenset(), Stated.GIVER, (OFFER,)),  # what is known weighs more than what is said
        (None, frozenset(), Stated.RECEIVER, (OFFER,)),
        (None, frozenset(), Stated.NEITHER, (NEED, OFFER)),
        (None, frozenset(), None, (NEED, OFFER)),
    ],
)
def test_a_report_is_against_the_other_side(
    person: int | None, works_for: frozenset[int], stated: Stated | None, against: tuple[Side, ...]
) -> None:
    assert reported_sides(PAIRING, person, works_for, stated) == against


def test_rules_for_moderators_and_networks() -> None:
    concerned = Concerned(frozenset({2, 3}), frozenset({7}))
    assert may_decide(1, frozenset({8}), concerned)
    assert not may_decide(2, frozenset(), concerned)
    assert not may_decide(1, frozenset({7}), concerned)
    assert network_of("203.0.113.7") == network_of("203.0.113.200") == "203.0.113.0/24"
    assert network_of("2001:db8:1:2::3") == "2001:db8:1::/48"
    assert network_of("testclient") == "unknown"
