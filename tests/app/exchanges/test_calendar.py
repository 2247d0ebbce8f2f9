"""A person's meetings in their own calendar program: signed, ended at will, without a place."""

from datetime import timedelta

import httpx
from icalendar import Calendar

from app.clock import now
from app.db import SessionMaker, transaction
from app.exchanges.models import Exchange
from app.notifications.rules import LinkPurpose, SignedLink, write_link
from tests.conftest import SignIn
from tests.factories.accounts import csrf_token
from tests.factories.exchanges import GIVER_PHONE, an_exchange, see

PLACE = "12 rue Secrete"


async def address_of(client: httpx.AsyncClient) -> str:
    page = (await client.get("/en/exchanges/calendar")).text
    start = page.index("/en/calendar/")
    return page[start : page.index("<", start)]


async def press(client: httpx.AsyncClient, verb: str) -> None:
    token = csrf_token((await client.get("/en/exchanges/calendar")).text)
    data = {"_csrf_token": token}
    assert (await client.post(f"/en/exchanges/calendar/{verb}", data=data)).status_code == 303


async def test_meetings_can_be_followed_until_the_address_ends(
    maker: SessionMaker, client: httpx.AsyncClient, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    async with transaction(maker) as session:
        exchange: Exchange = await see(session, code)
        exchange.meeting_at, exchange.meeting_place = now() + timedelta(days=2), PLACE
    assert pair.receiver.person_id is not None
    await sign_in(client, pair.receiver.person_id)
    assert "/en/calendar/" not in (await client.get("/en/exchanges/calendar")).text, (
        "off by default"
    )
    await press(client, "open")
    address = await address_of(client)
    client.cookies.clear()
    answer = await client.get(address)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["cache-control"] == "private, no-store"
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert "Jan" in str(event["summary"])
    assert str(event["url"]).endswith(f"/exchanges/{code}")
    for private in (PLACE, GIVER_PHONE):
        assert private not in answer.text
    stranger = SignedLink(LinkPurpose.CALENDAR, "abcd2345", pair.receiver.person_id)
    forged = address[:-1] + ("A" if address[-1] != "A" else "B")
    for wrong in (f"/en/calendar/{write_link(stranger)}", forged):
        assert (await client.get(wrong)).status_code == 404
    await sign_in(client, pair.receiver.person_id)
    await press(client, "open")
    assert (await client.get(address)).status_code == 404, "another address ends the old one"
    address = await address_of(client)
    await press(client, "end")
    assert (await client.get(address)).status_code == 404


async def test_what_is_called_off_leaves_the_calendar(
    maker: SessionMaker, client: httpx.AsyncClient, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    assert pair.giver.person_id is not None
    await sign_in(client, pair.giver.person_id)
    await press(client, "open")
    address = await address_of(client)
    for cancelled, left in ((None, 1), (now(), 0)):
        async with transaction(maker) as session:
            exchange: Exchange = await see(session, code)
            exchange.meeting_at, exchange.cancelled_at = now() + timedelta(days=1), cancelled
        events = Calendar.from_ical((await client.get(address)).content).walk("VEVENT")
        assert len(events) == left
