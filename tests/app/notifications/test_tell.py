"""Telling: one letter where events meet, over the channel people chose, never waiting."""

import asyncio
from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, select, update

from app.accounts.models import Contact
from app.db import Session, SessionMaker, transaction
from app.notifications import actions, queries
from app.notifications.models import Letter, Notice
from app.notifications.rules import (
    WISHES,
    Channel,
    Level,
    LinkPurpose,
    NoticeKind,
    SignedLink,
    write_link,
)
from app.outbox import Job, JobRow
from tests.conftest import SignIn, new_client
from tests.factories.accounts import a_person, csrf_token, make_person, submit


async def tell(
    session: Session, person_id: int, kind: NoticeKind = NoticeKind.MESSAGE, *, urgent: bool = False
) -> None:
    await actions.tell(
        session, person_id, kind, facts={}, link=(LinkPurpose.EXCHANGE, "abc"), urgent=urgent
    )


async def letters(session: Session) -> list[Letter]:
    return list((await session.scalars(select(Letter).order_by(Letter.id))).all())


async def jobs(session: Session) -> int:
    kind = Job.SEND_LETTER.value
    return len((await session.scalars(select(JobRow).where(JobRow.kind == kind))).all())


async def test_events_that_meet_share_a_letter(session: Session) -> None:
    person = await make_person(session)
    for _ in range(3):
        await tell(session, person.id)
    assert len(await letters(session)) == 1
    assert await jobs(session) == 1
    letter = (await letters(session))[0]
    await actions.close_letter(session, letter.id)
    await tell(session, person.id)
    assert len(await letters(session)) == 2
    content = await queries.letter_content(session, letter.id)
    assert content is not None
    assert len(content.lines) == 3


async def test_urgent_news_takes_the_waiting_letter_along(session: Session) -> None:
    person = await make_person(session)
    await tell(session, person.id)
    await tell(session, person.id, urgent=True)
    letter = (await letters(session))[0]
    now = await session.scalar(select(func.now()))
    assert letter.due_at == now
    due = (await session.scalars(select(JobRow.run_after).order_by(JobRow.run_after))).all()
    assert len(due) == 2
    assert due[0] == now


async def test_two_acts_at_once_never_wait_and_meet_in_one_letter(maker: SessionMaker) -> None:
    person = await a_person(maker)
    async with asyncio.timeout(1), transaction(maker) as one, transaction(maker) as other:
        await tell(one, person.id)
        await tell(other, person.id)
    async with asyncio.timeout(1), transaction(maker) as one, transaction(maker) as other:
        await tell(one, person.id)
        await tell(other, person.id)
    async with transaction(maker) as session:
        first, *others = await letters(session)
        assert others
        await actions.close_letter(session, first.id)
        content = await queries.letter_content(session, first.id)
        assert content is not None
        assert len(content.lines) == 4
        for other_letter in others:
            assert await queries.letter_content(session, other_letter.id) is None
            await actions.mark_sent(session, other_letter.id)


@pytest.mark.parametrize(
    ("level", "kind", "channel"),
    [
        (Level.ALL, NoticeKind.PUBLISHED, "email"),
        (Level.BASIC, NoticeKind.PUBLISHED, None),
        (Level.BASIC, NoticeKind.PROPOSAL, "email"),
        (Level.OFF, NoticeKind.PROPOSAL, None),
        (Level.OFF, NoticeKind.NEW_DEVICE, "email"),
    ],
)
async def test_people_choose(
    session: Session, level: Level, kind: NoticeKind, channel: str | None
) -> None:
    person = await make_person(session, email="a@example.org", phone="+32470123456")
    await actions.choose_wishes(session, person.id, WISHES[level])
    await tell(session, person.id, kind)
    assert [letter.channel for letter in await letters(session)] == ([channel] if channel else [])
    assert await queries.count_unread(session, person.id) == 1


async def test_a_phone_alone_gets_text_messages(session: Session) -> None:
    person = await make_person(session, phone="+32470123456")
    await tell(session, person.id)
    assert (await letters(session))[0].channel == "sms"


async def test_an_unproven_contact_gets_nothing(session: Session) -> None:
    person = await make_person(session)
    await session.execute(update(Contact).values(verified_at=None))
    await tell(session, person.id)
    assert await letters(session) == []


async def test_what_was_read_stays_out_of_the_letter(session: Session) -> None:
    person = await make_person(session)
    await tell(session, person.id)
    await actions.mark_read(session, person.id)
    letter = (await letters(session))[0]
    assert await queries.letter_content(session, letter.id) is None
    assert await queries.unread(session, person.id) == []


async def test_notices_are_shown_and_marked_read(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    amina, jan = await a_person(maker), await a_person(maker, name="Jan")
    facts = {"name": "<b>Jan & co</b>"}
    async with transaction(maker) as session:
        link = (LinkPurpose.EXCHANGE, "abc")
        await actions.tell(session, amina.id, NoticeKind.MESSAGE, facts=facts, link=link)
        await tell(session, jan.id, NoticeKind.COMPLETED)
    await sign_in(client, amina.id)
    page = await client.get("/en/notices")
    assert "&lt;b&gt;Jan &amp; co&lt;/b&gt; wrote to you" in page.text
    assert "ledger" not in page.text.split("<main")[1].split("</main")[0]
    await submit(client, "/en/notices", to="/en/notices/read")
    async with transaction(maker) as session:
        assert await queries.count_unread(session, amina.id) == 0
        assert await queries.count_unread(session, jan.id) == 1


async def test_every_kind_is_shown_in_the_inbox(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker)
    async with transaction(maker) as session:
        for kind in NoticeKind:
            await tell(session, person.id, kind)
    await sign_in(client, person.id)
    page = await client.get("/en/notices")
    links = page.text.split("<main")[1].count('href="/en/x/')
    assert links == len(NoticeKind)


async def test_choices_are_kept_and_everything_off_is_warned(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker)
    await sign_in(client, person.id)
    address = "/en/account/notifications"
    assert "Everything is off" not in (await client.get(address)).text
    assert (await submit(client, address, level="off")).status_code == 303
    assert "Everything is off" in (await client.get(address)).text
    chosen: dict[str, Any] = {"level": "own", "wishes": ["posts.sms", "proposals.email"]}
    assert (await submit(client, address, **chosen)).status_code == 303
    page = (await client.get(address)).text
    assert "Everything is off" not in page
    async with transaction(maker) as session:
        kept = await queries.wishes_of(session, person.id)
    assert {f"{topic}.{channel}" for topic, channel in kept} == set(chosen["wishes"])
    for wrong in ({"level": "loud"}, {}, {"level": "own", "wishes": ["security.email"]}):
        assert (await submit(client, address, **wrong)).status_code == 422


async def test_unsubscribing_needs_a_button(app: Litestar, maker: SessionMaker) -> None:
    person = await a_person(maker)
    token = write_link(SignedLink(LinkPurpose.UNSUBSCRIBE, "email", person.id))
    async with new_client(app) as scanner:
        page = await scanner.get(f"/en/unsubscribe/{token}")
        async with transaction(maker) as session:
            assert await queries.wishes_of(session, person.id) == WISHES[Level.ALL]
        data = {"_csrf_token": csrf_token(page.text)}
        assert (await scanner.post(f"/en/unsubscribe/{token}", data=data)).status_code == 303
        forged = await scanner.get("/en/unsubscribe/email.1.AAAA")
        assert forged.status_code == 404
    async with transaction(maker) as session:
        kept = await queries.wishes_of(session, person.id)
    assert kept == {wish for wish in WISHES[Level.ALL] if wish[1] is Channel.SMS}


async def test_a_new_device_is_told_by_name(maker: SessionMaker, sign_in: SignIn) -> None:
    person = await a_person(maker)
    async with transaction(maker) as session:
        await actions.tell_new_device(session, person.id)
        assert await session.scalar(select(func.count()).select_from(Notice)) == 0
    async with httpx.AsyncClient() as nobody:
        await sign_in(nobody, person.id)
    async with transaction(maker) as session:
        await actions.tell_new_device(session, person.id)
        notice = (await session.scalars(select(Notice))).one()
        assert (notice.kind, notice.facts) == ("new_device", {"device": "Test"})
