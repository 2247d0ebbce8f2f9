"""Where two people meet, and their words, end with the exchange, with a block, with a report."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select, text, update

from app.clock import now
from app.db import Session, SessionMaker, transaction
from app.errors import GoneError
from app.exchanges import actions, queries
from app.exchanges.forms import Meeting, Said
from app.exchanges.models import ContactRelease, Exchange, Message
from app.exchanges.rules import CONTACTS_STAY, Answer, Side
from app.notifications.models import Notice
from tests.app.exchanges.test_api import bearer
from tests.app.moderation.test_report import send as report
from tests.conftest import SignIn
from tests.factories.exchanges import GIVER_PHONE, Pair, an_exchange, answer, see, stand_of

HOME = "Rue des Canaris 7, second bell"


async def meet(maker: SessionMaker) -> tuple[Pair, str]:
    """An exchange with a home written into its meeting place."""
    pair, code = await an_exchange(maker)
    async with transaction(maker) as session:
        stand = await stand_of(session, pair, code, Side.GIVER)
        await actions.arrange(session, stand, Meeting(now() + timedelta(days=1), HOME))
    return pair, code


async def seen(
    client: httpx.AsyncClient, maker: SessionMaker, pair: Pair, code: str, sign_in: SignIn
) -> str:
    """All that the receiver reads of it, on the page and in the API."""
    await sign_in(client, pair.receiver.person_id)
    page = await client.get(f"/en/exchanges/{code}")
    headers = await bearer(maker, pair.receiver.person_id)
    told = await client.get(f"/api/v1/exchanges/{code}", headers=headers)
    assert (page.status_code, told.status_code) == (200, 200)
    return page.text + told.text


async def end(maker: SessionMaker, pair: Pair, code: str, how: str) -> None:
    if how in ("completed", "not_done"):
        word = Answer.YES if how == "completed" else Answer.NO
        for side in Side:
            await answer(maker, pair, code, side, word)
        return
    async with transaction(maker) as session:
        stand = await stand_of(session, pair, code, Side.GIVER)
        if how == "cancelled":
            await actions.cancel(session, stand)
        elif how == "blocked":
            await actions.block_other(session, stand, pair.giver.person_id)


@pytest.mark.parametrize("how", ["cancelled", "blocked", "not_done"])
async def test_the_meeting_place_goes_at_once_where_nobody_meets(
    how: str, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await meet(maker)
    assert HOME in await seen(client, maker, pair, code, sign_in), "the control: it was shown"
    await end(maker, pair, code, how)
    assert HOME not in await seen(client, maker, pair, code, sign_in)
    async with transaction(maker) as session:
        assert (await see(session, code)).meeting_place is None


async def test_the_meeting_place_goes_thirty_days_after_it_happened(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await meet(maker)
    await end(maker, pair, code, "completed")
    assert HOME in await seen(client, maker, pair, code, sign_in)
    async with transaction(maker) as session:
        await session.execute(
            update(Exchange).values(completed_at=func.now() - CONTACTS_STAY - timedelta(hours=1))
        )
    assert HOME not in await seen(client, maker, pair, code, sign_in), "before any sweep"
    async with transaction(maker) as session:
        await actions.tidy_exchanges(session)
    async with transaction(maker) as session:
        stored = await session.scalar(
            select(func.count(text("meeting_place"))).select_from(Exchange)
        )
        assert stored == 0


async def words(session: Session) -> int:
    return await session.scalar(select(func.count()).select_from(Message)) or 0


async def test_whoever_was_blocked_cannot_write_any_more(maker: SessionMaker) -> None:
    """After an answer a block cannot call it off: the exchange is open, the words must not be."""
    pair, code = await meet(maker)
    await answer(maker, pair, code, Side.GIVER, Answer.YES)
    await end(maker, pair, code, "blocked")
    async with transaction(maker) as session:
        told = await session.scalar(select(func.count()).select_from(Notice))
    for act in ("send", "arrange"):
        async with transaction(maker) as session:
            stand = await stand_of(session, pair, code, Side.RECEIVER)
            meeting = Meeting(now() + timedelta(days=2), "I know where you live")
            with pytest.raises(GoneError):
                await (
                    actions.send_message(session, stand, pair.receiver.person_id, "Answer me!")
                    if act == "send"
                    else actions.arrange(session, stand, meeting)
                )
    said = Said(Answer.YES, "You will regret this")
    async with transaction(maker) as session:
        stand = await stand_of(session, pair, code, Side.RECEIVER)
        await actions.say(session, stand, pair.receiver.person_id, said)
    async with transaction(maker) as session:
        assert await words(session) == 0
        assert (await see(session, code)).completed_at is not None, "the truth may still be said"
        assert told is not None


async def test_a_report_of_danger_hides_contacts_from_the_other_side(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await meet(maker)
    assert GIVER_PHONE in await seen(client, maker, pair, code, sign_in)
    await sign_in(client, pair.giver.person_id)
    await report(client, "exchange", code)
    shown = await seen(client, maker, pair, code, sign_in)
    assert GIVER_PHONE not in shown
    assert HOME not in shown
    async with transaction(maker) as session:
        stand = await queries.stand(session, pair.receiver, code)
        with pytest.raises(GoneError):
            await actions.send_message(session, stand, pair.receiver.person_id, "Take it back")
    async with transaction(maker) as session:
        # Only put aside: a moderator may find nothing, then both sides meet as agreed.
        assert await session.scalar(select(func.count()).select_from(ContactRelease)) == 2


async def test_a_side_whose_post_has_ended_is_put_on_hold_too(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    """Taking the post back before the report comes must not keep the contacts in view."""
    pair, code = await meet(maker)
    await end(maker, pair, code, "completed")
    await sign_in(client, pair.giver.person_id)
    await report(client, "exchange", code)
    assert GIVER_PHONE not in await seen(client, maker, pair, code, sign_in)
