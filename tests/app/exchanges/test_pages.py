"""The two sides in their browsers, without JavaScript; nobody else sees anything."""

import re
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from litestar import Litestar
from sqlalchemy import func, select, update

from app.accounts.models import Block
from app.clock import BRUSSELS, now
from app.db import SessionMaker, reading, transaction
from app.exchanges.models import ContactRead, ContactRelease, Exchange, Message
from app.exchanges.rules import Status, status
from app.ledger.models import Entry
from app.notifications.rules import LinkPurpose, SignedLink, write_link
from app.proposals.models import Proposal
from tests.conftest import SignIn, new_client
from tests.factories.accounts import csrf_token, make_person
from tests.factories.exchanges import (
    GIVER_PHONE,
    RECEIVER_EMAIL,
    Pair,
    a_pair,
    an_exchange,
    see,
)


async def token_of(client: httpx.AsyncClient) -> str:
    """A form token for this browser and session."""
    return csrf_token((await client.get("/en/report")).text)


async def send(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    """Post as the form of a page would."""
    token = await token_of(client)
    return await client.post(path, data={"_csrf_token": token, **fields})


def link(purpose: LinkPurpose, code: str, person_id: int) -> str:
    return write_link(SignedLink(purpose, code, person_id))


def words_of(page: str) -> str:
    """What a person reads in the main part of a page."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r"<[^>]*>", " ", main).lower()


async def count(maker: SessionMaker, table: Any) -> int:  # noqa: ANN401 - any table
    async with reading(maker) as reader:
        return await reader.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
async def pair(maker: SessionMaker) -> Pair:
    async with transaction(maker) as session:
        return await a_pair(session)


async def test_accept_from_the_inbox_opens_the_exchange(
    client: httpx.AsyncClient, maker: SessionMaker, pair: Pair, sign_in: SignIn
) -> None:
    await sign_in(client, pair.receiver.person_id)
    waiting = await send(client, f"/en/proposals/{pair.code}/accept")
    assert (waiting.status_code, waiting.headers["location"]) == (
        303,
        f"/en/proposals/{pair.code}",
    )
    await sign_in(client, pair.giver.person_id)
    opened = await send(client, f"/en/proposals/{pair.code}/accept")
    assert opened.status_code == 303
    shown = await client.get(opened.headers["location"])
    assert "You both said yes" in shown.text
    assert RECEIVER_EMAIL in shown.text
    assert GIVER_PHONE not in shown.text


async def test_accept_from_a_message_without_signing_in(
    client: httpx.AsyncClient, maker: SessionMaker, pair: Pair
) -> None:
    for person in (pair.giver, pair.receiver):
        token = link(LinkPurpose.PROPOSAL, pair.code, person.person_id)
        answer = await send(client, f"/en/p/{token}/accept")
        assert answer.status_code == 303
    assert await count(maker, Exchange) == 1
    door = await client.get(answer.headers["location"])
    assert (door.status_code, GIVER_PHONE in door.text) == (303, False)
    assert "/sign-in" in door.headers["location"]


async def test_a_stale_proposal_is_410_in_words(
    client: httpx.AsyncClient, maker: SessionMaker, pair: Pair, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        await session.execute(update(Proposal).values(superseded_at=func.now()))
    await sign_in(client, pair.receiver.person_id)
    gone = await send(client, f"/en/proposals/{pair.code}/accept")
    assert gone.status_code == 410
    assert "no longer free" in gone.text


async def test_nothing_happens_on_get(
    client: httpx.AsyncClient, maker: SessionMaker, pair: Pair, sign_in: SignIn
) -> None:
    await sign_in(client, pair.receiver.person_id)
    for path in (f"/en/proposals/{pair.code}/accept",):
        assert (await client.get(path)).status_code == 405
    async with reading(maker) as reader:
        proposal = await reader.get_one(Proposal, pair.proposal_id)
        assert proposal.need_accepted_at is None


async def test_outsiders_find_nothing(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    async with transaction(maker) as session:
        stranger = await make_person(session, name="Eve")
    await sign_in(client, stranger.id)
    for path in ("", "/confirm", "/cancel", "/block", "/calendar.ics"):
        shown = await client.get(f"/en/exchanges/{code}{path}")
        assert shown.status_code == 404
        assert GIVER_PHONE not in shown.text
    for path in ("say", "cancel", "block", "arrange", "send-message"):
        refused = await send(client, f"/en/exchanges/{code}/{path}", answer="yes", body="x")
        assert refused.status_code == 404
    assert (await send(client, f"/en/proposals/{pair.code}/accept")).status_code == 404
    assert "Nothing here yet" in (await client.get("/en/exchanges")).text
    async with reading(maker) as reader:
        assert status(await see(reader, code)) is Status.AGREED


async def test_a_look_at_contacts_is_logged(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    await sign_in(client, pair.receiver.person_id)
    assert "470" in (await client.get(f"/en/exchanges/{code}")).text
    async with reading(maker) as reader:
        (look,) = await reader.scalars(select(ContactRead))
        assert look.reader_id == pair.receiver.person_id
    await client.get("/en/exchanges")
    await client.get(f"/en/exchanges/{code}/confirm")
    assert await count(maker, ContactRead) == 1


async def test_messages_with_a_second_thought(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    await sign_in(client, pair.giver.person_id)
    sent = await send(client, f"/en/exchanges/{code}/send-message", body="You must pay 20 euro")
    assert sent.status_code == 303
    shown = await client.get(f"/en/exchanges/{code}")
    assert "You must pay 20 euro" in shown.text
    assert "Help here is free" in shown.text
    async with reading(maker) as reader:
        assert (await reader.scalars(select(Message.warned))).one()
    await sign_in(client, pair.receiver.person_id)
    assert "You must pay 20 euro" in (await client.get(f"/en/exchanges/{code}")).text


@pytest.mark.parametrize("body", ["", "   ", "x" * 2_001])
async def test_an_impossible_message_comes_back(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn, body: str
) -> None:
    pair, code = await an_exchange(maker)
    await sign_in(client, pair.giver.person_id)
    shown = await send(client, f"/en/exchanges/{code}/send-message", body=body)
    assert shown.status_code == 422
    assert "There is a problem" in shown.text
    assert body.strip() in shown.text
    assert await count(maker, Message) == 0


async def test_a_meeting_and_its_calendar_file(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    await sign_in(client, pair.receiver.person_id)
    assert (await client.get(f"/en/exchanges/{code}/calendar.ics")).status_code == 404
    day = f"{now().year + 1}-05-20"
    place = "Rue du Secret 12"
    done = await send(client, f"/en/exchanges/{code}/arrange", day=day, time="18h30", place=place)
    assert done.status_code == 303
    assert place in (await client.get(f"/en/exchanges/{code}")).text
    file = await client.get(f"/en/exchanges/{code}/calendar.ics")
    assert file.headers["content-type"].startswith("text/calendar")
    calendar = Calendar.from_ical(file.text)
    (event,) = calendar.walk("VEVENT")
    start = event.decoded("dtstart")
    assert (start.hour, start.minute, start.tzinfo.key) == (18, 30, BRUSSELS.key)
    assert calendar.walk("VTIMEZONE")
    assert "Jan" in str(event["summary"])
    for secret in (place, GIVER_PHONE, RECEIVER_EMAIL, "470111111"):
        assert secret not in file.text


@pytest.mark.parametrize(
    ("day", "hour"), [("31/02/2027", "18:30"), ("2020-01-01", "18:30"), ("x", "y"), ("", "")]
)
async def test_an_impossible_meeting_comes_back_as_typed(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn, day: str, hour: str
) -> None:
    pair, code = await an_exchange(maker)
    await sign_in(client, pair.receiver.person_id)
    shown = await send(client, f"/en/exchanges/{code}/arrange", day=day, time=hour, place="Here")
    assert shown.status_code == 422
    assert 'value="Here"' in shown.text
    assert f'value="{day}"' in shown.text


async def test_calling_off_asks_first(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    await sign_in(client, pair.giver.person_id)
    asked = await client.get(f"/en/exchanges/{code}/cancel")
    assert "Call it off?" in asked.text
    async with reading(maker) as reader:
        assert status(await see(reader, code)) is Status.AGREED
    for _ in range(2):
        assert (await send(client, f"/en/exchanges/{code}/cancel")).status_code == 303
    shown = (await client.get(f"/en/exchanges/{code}")).text
    assert "called off" in shown
    assert RECEIVER_EMAIL not in shown


async def test_blocking_hides_and_ends_silently(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    await sign_in(client, pair.receiver.person_id)
    assert "Never meet again?" in (await client.get(f"/en/exchanges/{code}/block")).text
    for _ in range(2):
        assert (await send(client, f"/en/exchanges/{code}/block")).status_code == 303
    assert await count(maker, Block) == 1
    await sign_in(client, pair.giver.person_id)
    shown = (await client.get(f"/en/exchanges/{code}")).text
    assert "called off" in shown
    assert RECEIVER_EMAIL not in shown
    assert "block" not in words_of(shown)


async def test_j5_two_clicks_one_field_two_pages(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    """From the link in the message: the page, the button, the thanks."""
    pair, code = await an_exchange(maker)
    for person, other in ((pair.giver, client), (pair.receiver, new_client(app))):
        token = link(LinkPurpose.EXCHANGE, code, person.person_id)
        page = await other.get(f"/en/x/{token}")
        assert page.text.count("<textarea") == 1
        sent = await other.post(
            f"/en/x/{token}/say",
            data={"_csrf_token": csrf_token(page.text), "answer": "yes", "thanks": "Merci"},
        )
        assert sent.headers["location"] == f"/en/x/{token}"
    assert "You both confirmed it" in (await other.get(f"/en/x/{token}")).text
    assert await count(maker, Entry) == 1


async def test_sending_the_answer_twice_is_harmless(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    for person in (pair.giver, pair.receiver):
        await sign_in(client, person.person_id)
        for _ in range(2):
            sent = await send(client, f"/en/exchanges/{code}/say", answer="yes", thanks="Thanks")
            assert sent.status_code == 303
    assert await count(maker, Entry) == 1
    shown = (await client.get(f"/en/exchanges/{code}")).text
    assert "See its entry in the solidarity ledger" in shown


async def test_an_answer_must_be_one_of_three(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    await sign_in(client, pair.giver.person_id)
    shown = await send(client, f"/en/exchanges/{code}/say", answer="perhaps", thanks="Typed words")
    assert shown.status_code == 422
    assert "Typed words" in shown.text


@pytest.mark.parametrize("token", ["x", "a.1.b", "code.1.AAAA", "%F0%9F%98%80"])
async def test_a_broken_link_is_404_in_words(client: httpx.AsyncClient, token: str) -> None:
    shown = await client.get(f"/en/x/{token}")
    assert shown.status_code == 404
    assert (await send(client, f"/en/p/{token}/accept")).status_code == 404


async def test_a_link_for_one_thing_opens_nothing_else(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    pair, code = await an_exchange(maker)
    other_purpose = link(LinkPurpose.PROPOSAL, code, pair.giver.person_id)
    assert (await client.get(f"/en/x/{other_purpose}")).status_code == 404
    async with transaction(maker) as session:
        stranger = await make_person(session, name="Eve")
    forwarded = link(LinkPurpose.EXCHANGE, code, stranger.id)
    assert (await client.get(f"/en/x/{forwarded}")).status_code == 404


@pytest.mark.parametrize("end", ["cancel", "until"])
async def test_released_contacts_end(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn, end: str
) -> None:
    pair, code = await an_exchange(maker)
    async with transaction(maker) as session:
        if end == "until":
            await session.execute(update(ContactRelease).values(until=func.now()))
    await sign_in(client, pair.giver.person_id)
    if end == "cancel":
        await send(client, f"/en/exchanges/{code}/cancel")
    assert RECEIVER_EMAIL not in (await client.get(f"/en/exchanges/{code}")).text
    assert await count(maker, ContactRead) == 0


async def test_the_list_shows_each_exchange_to_its_sides(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    for person, other in ((pair.giver, "Amal"), (pair.receiver, "Jan")):
        await sign_in(client, person.person_id)
        listing = (await client.get("/en/exchanges")).text
        assert f"/en/exchanges/{code}" in listing
        assert other in listing
        for secret in (GIVER_PHONE, "470", RECEIVER_EMAIL):
            assert secret not in listing
