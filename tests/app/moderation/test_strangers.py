"""Who has to do with somebody stops them at once; strangers once, few times, and never twice."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, select, update

from app import crypto
from app.accounts.models import Person
from app.db import SessionMaker, reading, transaction
from app.errors import TooManyError
from app.exchanges import actions as exchanges
from app.exchanges import queries as exchange_queries
from app.moderation.actions import send_report, watch_newcomer
from app.moderation.models import Report
from app.moderation.queries import has_met
from app.moderation.rules import (
    FREEZES_PER_STRANGER,
    About,
    Origin,
    Reason,
    ReportDraft,
    Seen,
    Strangers,
    may_freeze,
    read_address,
)
from app.notifications.models import Notice
from app.notifications.rules import LinkPurpose, SignedLink, write_link
from app.organisations.actions import issue_code
from app.outbox import Job, JobRow
from app.posts.models import Post
from app.settings import Settings
from tests.app.moderation.test_decide import a_moderator, decide
from tests.app.moderation.test_report import held, offer_of, send
from tests.conftest import SignIn, new_client
from tests.factories.accounts import make_person, submit
from tests.factories.exchanges import a_pair, agree, an_exchange, visitor_of
from tests.factories.organisations import a_caseworker, a_client, an_organisation
from workers import letters


def somebody() -> Origin:
    """A browser in a network of its own."""
    return Origin(crypto.new_token().encode(), crypto.new_token().encode())


async def report_from(maker: SessionMaker, offer: Post, origin: Origin) -> bool:
    """True where the report stopped the offer."""
    async with transaction(maker) as session:
        draft = ReportDraft(About.POST, offer.code, Reason.UNSAFE)
        return (await send_report(session, draft, origin)).froze


async def test_a_stranger_stops_few_and_all_the_rest_is_urgent(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    moderator = await a_moderator(client, maker, sign_in)
    stranger = somebody()
    offers = [await offer_of(maker) for _ in range(FREEZES_PER_STRANGER + 1)]
    froze = [await report_from(maker, offer, stranger) for offer in offers]
    assert froze == [True] * FREEZES_PER_STRANGER + [False]
    assert await held(maker) == {offer.id for offer in offers[:-1]}
    async with reading(maker) as reader:
        told = await reader.scalars(select(Notice.person_id).where(Notice.kind == "report_waits"))
        assert told.all() == [moderator.id] * len(offers)
    listed = (await client.get("/en/moderation")).text
    assert listed.count("Urgent") >= len(offers)


async def test_a_report_about_nobody_is_a_strangers(maker: SessionMaker) -> None:
    """Whoever was once put before somebody has not therefore met everybody."""
    async with transaction(maker) as session:
        pair = await a_pair(session)
        assert await has_met(session, pair.receiver.person_id, frozenset(), []) is False
        origin = replace(somebody(), person_id=pair.receiver.person_id)
        report = await send_report(session, ReportDraft(About.PAGE, "x", Reason.UNSAFE), origin)
        assert (report.is_related, report.froze, report.post_ids) == (False, False, [])


async def test_after_a_moderator_found_nothing_strangers_do_not_stop_the_same_again(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    offer = await offer_of(maker)
    assert await report_from(maker, offer, somebody())
    async with reading(maker) as reader:
        code = (await reader.scalars(select(Report.code))).one()
    await a_moderator(client, maker, sign_in)
    await decide(client, code, "none", rule="nothing")
    assert not await report_from(maker, offer, somebody())
    assert await held(maker) == set()
    async with transaction(maker) as session:
        # The control: somebody who was put before Jan is believed as before.
        amal = visitor_of(await make_person(session, name="Amal"))
        pair = await a_pair(session)
        await session.execute(
            update(Post).where(Post.id == pair.offer_id).values(author_id=offer.author_id)
        )
        await session.execute(
            update(Post).where(Post.id == pair.need_id).values(author_id=amal.person_id)
        )
    known = Origin(b"known", b"net", amal.person_id)
    assert await report_from(maker, offer, known)
    assert offer.id in await held(maker)


async def test_releasing_one_report_keeps_what_another_stopped(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    await sign_in(client, pair.receiver.person_id)
    await send(client, "exchange", code)
    client.cookies.clear()
    await send(client, "exchange", code, stated="receiver")
    async with reading(maker) as reader:
        first, second = (await reader.scalars(select(Report.code).order_by(Report.id))).all()
    await a_moderator(client, maker, sign_in)
    # The second froze nothing new, so only the first keeps Jan from being matched.
    await decide(client, second, "none", rule="nothing")
    assert pair.offer_id in await held(maker)
    await decide(client, first, "none", rule="nothing")
    assert await held(maker) == set()


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/offers/abcdefgh-bed-ixelles?x=1", Seen(About.POST, "abcdefgh")),
        ("https://solidare.be/fr/exchanges/abcdefgh/confirm", Seen(About.EXCHANGE, "abcdefgh")),
        ("/p/abcdefgh.7.sig-n_ed", Seen(About.PROPOSAL, "abcdefgh", "abcdefgh.7.sig-n_ed")),
        ("abcdefgh", Seen(About.POST, "abcdefgh")),
        ("/help", Seen(About.PAGE, "/help")),
        ("on the phone", Seen(About.PAGE, "on the phone")),
    ],
)
def test_an_address_says_what_it_is_about(path: str, seen: Seen) -> None:
    assert read_address(path) == seen


def test_whoever_has_to_do_with_it_is_always_believed() -> None:
    worst = Strangers(99, 99, looked_at=True)
    assert may_freeze(is_related=True, strangers=worst)
    assert not may_freeze(is_related=False, strangers=worst)
    assert may_freeze(is_related=False, strangers=Strangers())


async def test_not_safe_is_one_tap_away_on_every_kind_of_page(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    link = "/report?unsafe=true&amp;at="
    for path in ("/", "/help", "/offers", "/nothing-here", "/report", "/terms"):
        assert link in (await client.get(f"/en{path}")).text, path
    await sign_in(client, pair.receiver.person_id)
    assert f"{link}/exchanges/{code}" in (await client.get(f"/en/exchanges/{code}")).text
    # From the page of the meeting it is about the meeting; from elsewhere one says with whom.
    page = (await client.get(f"/en/report?unsafe=true&at=/exchanges/{code}")).text
    assert "About the meeting" in page
    page = (await client.get("/en/report?unsafe=true&at=/help")).text
    assert "With whom?" in page
    await send(client, "page", "", meeting=code)
    assert await held(maker) == {pair.offer_id}
    async with new_client(app) as stranger:
        assert "With whom?" not in (await stranger.get("/en/report?unsafe=true&at=/help")).text


async def test_of_abuse_of_a_child_nobody_says_who_they_are(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    page = (await client.get("/en/report?child=true")).text
    assert 'name="contact"' not in page
    pair, code = await an_exchange(maker)
    await sign_in(client, pair.receiver.person_id)
    sent = {"words": "Look.", "name": "Amal", "contact": "amal@example.org"}
    await send(client, "exchange", code, "child", **sent)
    async with reading(maker) as reader:
        row = (await reader.scalars(select(Report))).one()
        assert (row.reporter_id, row.reporter_name, row.reporter_contact) == (None, None, None)


async def test_without_account_receipt_and_decision_come_by_mail(
    client: httpx.AsyncClient, maker: SessionMaker, settings: Settings, sign_in: SignIn
) -> None:
    offer = await offer_of(maker)
    sent = {"words": "He lies.", "name": "Ines", "contact": "Ines@Example.org"}
    await send(client, "post", offer.code, "false", **sent)
    await a_moderator(client, maker, sign_in)
    async with reading(maker) as reader:
        report = (await reader.scalars(select(Report))).one()
        first = await letters.compose_answer(reader, settings, report.id)
    await decide(client, report.code, "hold")
    async with reading(maker) as reader:
        jobs = await reader.scalars(
            select(JobRow.ref).where(JobRow.kind == Job.ANSWER_REPORTER.value)
        )
        assert jobs.all() == [report.id] * 2
        then = await letters.compose_answer(reader, settings, report.id)
    assert first
    assert then
    assert first.to == "ines@example.org"
    assert "We have your report" in first.subject
    assert "has decided" in then.subject
    assert "/reports/" in then.text
    assert "He lies." not in first.text + first.html + then.text + then.html


async def test_a_newcomer_writes_to_three_and_moderators_know_at_two(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    await a_moderator(client, maker, sign_in)
    async with transaction(maker) as session:
        eve = visitor_of(await make_person(session, name="Eve"))
        met = []
        for _ in range(4):
            pair = await a_pair(session)
            await session.execute(
                update(Post).where(Post.id == pair.need_id).values(author_id=eve.person_id)
            )
            met.append((await agree(session, replace(pair, receiver=eve))).code)

    async def writes(code: str) -> bool:
        try:
            async with transaction(maker) as session:
                stand = await exchange_queries.stand(session, eve, code)
                await exchanges.send_message(session, stand, eve.person_id, "Hello")
        except TooManyError:
            return False
        return True

    went = [await writes(code) for code in (*met, met[0])]
    assert went == [True, True, True, False, True], "a fourth person waits, known ones do not"
    async with transaction(maker) as session:
        asked = await session.scalars(
            select(JobRow.ref).where(JobRow.kind == Job.WATCH_NEWCOMER.value)
        )
        assert asked.all() == [eve.person_id]
        for _ in range(2):
            await watch_newcomer(session, eve.person_id)
    page = (await client.get("/en/moderation?reason=newcomer")).text
    assert page.count("Somebody new asks many people</a>") == 1
    async with reading(maker) as reader:
        code = (await reader.scalars(select(Report.code))).one()
    assert "many first messages" in (await client.get(f"/en/moderation/{code}")).text
    async with transaction(maker) as session:
        old = func.now() - timedelta(hours=25)
        await session.execute(
            update(Person).where(Person.id == eve.person_id).values(created_at=old)
        )
    assert await writes(met[3])


async def test_a_client_with_a_code_stops_the_helper_and_nobody_else(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    """Without account, by the digits on the paper; nobody asks on which side they stand."""
    pair, code = await an_exchange(maker)
    async with transaction(maker) as session:
        organisation = await an_organisation(session)
        worker = await a_caseworker(session, organisation)
        card = await a_client(session, organisation)
        digits = await issue_code(session, card.id, worker.id)
        await session.execute(
            update(Post)
            .where(Post.id == pair.need_id)
            .values(organisation_id=organisation.id, client_id=card.id)
        )
    before = (await client.get("/en/report?unsafe=true&at=/code")).text
    assert "With whom?" not in before
    await submit(client, "/en/code", code=digits)
    page = (await client.get("/en/report?unsafe=true&at=/code/mine")).text
    assert "With whom?" in page
    assert "Who are you here?" not in page
    await send(client, "page", "", meeting=code)
    assert await held(maker) == {pair.offer_id}


async def test_the_guests_own_link_says_who_is_afraid(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    pair, code = await an_exchange(maker)
    link = write_link(SignedLink(LinkPurpose.STAY, code, pair.receiver.person_id))
    page = (await client.get(f"/en/report?unsafe=true&at=/stay/{link}")).text
    assert "Who are you here?" not in page
    await send(client, "page", "", at=f"/stay/{link}")
    assert await held(maker) == {pair.offer_id}
    async with reading(maker) as reader:
        row = (await reader.scalars(select(Report))).one()
        assert (row.reporter_id, row.is_related) == (pair.receiver.person_id, True)
        assert link not in (row.evidence or "")
