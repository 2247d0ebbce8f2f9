"""Did it happen? Two yeses write one ledger entry; everything else leaves none."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.accounts.models import RoleGrant
from app.db import Session, SessionMaker, reading, transaction
from app.errors import ConflictError, GoneError
from app.exchanges import actions, queries
from app.exchanges.forms import Meeting, Said
from app.exchanges.models import ContactRead, ContactRelease, Exchange, Message
from app.exchanges.rules import Answer, Side, Status, status
from app.ledger import queries as ledger
from app.ledger.models import Entry
from app.ledger.rules import BRUSSELS, read
from app.notifications.models import Notice
from app.outbox import Job, JobRow
from app.posts.models import Post
from tests.factories.accounts import make_person
from tests.factories.exchanges import Pair, an_exchange, answer, see, stand_of

GIVER, RECEIVER = Side.GIVER, Side.RECEIVER
DAYS_30 = timedelta(days=30)


async def status_of(maker: SessionMaker, code: str) -> Status:
    async with reading(maker) as reader:
        return status(await see(reader, code))


async def entries(maker: SessionMaker) -> Sequence[Entry]:
    async with reading(maker) as reader:
        return (await reader.scalars(select(Entry))).all()


async def told(maker: SessionMaker, kind: str) -> set[int]:
    async with reading(maker) as reader:
        return set(await reader.scalars(select(Notice.person_id).where(Notice.kind == kind)))


async def asked_to_open(maker: SessionMaker) -> int:
    """How often the queue of disputes was asked to take an exchange in."""
    async with reading(maker) as reader:
        kind = JobRow.kind == Job.OPEN_DISPUTE.value
        return await reader.scalar(select(func.count()).select_from(JobRow).where(kind)) or 0


async def move(maker: SessionMaker, **columns: object) -> None:
    """Let time pass for the only exchange."""
    async with transaction(maker) as session:
        await session.execute(update(Exchange).values(**columns))


async def tidy(maker: SessionMaker) -> int:
    async with transaction(maker) as session:
        return await actions.tidy_exchanges(session)


async def posts_now(maker: SessionMaker, pair: Pair) -> tuple[Post, Post]:
    async with reading(maker) as reader:
        return (
            await reader.get_one(Post, pair.need_id),
            await reader.get_one(Post, pair.offer_id),
        )


async def test_two_yeses_complete_it_and_write_one_entry(maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker, units=3)
    await answer(maker, pair, code, GIVER, Answer.YES)
    assert await entries(maker) == []
    assert await status_of(maker, code) is Status.ASKED
    await answer(maker, pair, code, RECEIVER, Answer.YES)
    assert await status_of(maker, code) is Status.COMPLETED
    (entry,) = await entries(maker)
    fact = read(entry.canonical)
    assert (fact.group, fact.quantity, fact.unit, fact.area) == ("food", 3, "persons", BRUSSELS)
    need, offer = await posts_now(maker, pair)
    assert need.fulfilled_at is not None
    assert offer.taken == 3
    both = {pair.giver.person_id, pair.receiver.person_id}
    assert await told(maker, "completed") == both
    async with reading(maker) as reader:
        assert await queries.ledger_mismatch(reader) == queries.Mismatch((), ())
        assert (await ledger.verify(reader)).problems == 0
        until = await reader.scalars(select(ContactRelease.until))
        moment = await reader.scalar(select(func.now()))
        assert moment is not None
        assert all(end and timedelta(days=29) < end - moment < DAYS_30 for end in until)


async def test_saying_it_again_changes_nothing(maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    for side in (GIVER, RECEIVER, GIVER, RECEIVER):
        await answer(maker, pair, code, side, Answer.YES)
    await answer(maker, pair, code, GIVER, Answer.YES, thanks="Thank you again")
    assert len(await entries(maker)) == 1
    with pytest.raises(GoneError):
        await answer(maker, pair, code, GIVER, Answer.NO)


async def test_both_say_yes_at_the_same_moment(maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    await asyncio.gather(
        *(answer(maker, pair, code, side, Answer.YES) for side in (GIVER, RECEIVER) * 4)
    )
    assert await status_of(maker, code) is Status.COMPLETED
    assert len(await entries(maker)) == 1


async def test_two_noes_reopen_the_need_with_its_waiting_time(maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    before, _ = await posts_now(maker, pair)
    await answer(maker, pair, code, GIVER, Answer.NO)
    assert await told(maker, "not_done") == {pair.receiver.person_id}
    await answer(maker, pair, code, RECEIVER, Answer.NO)
    assert await status_of(maker, code) is Status.NOT_DONE
    need, offer = await posts_now(maker, pair)
    assert (need.taken, offer.taken, need.is_open) == (0, 0, True)
    assert (need.published_at, need.waiting_since) == (before.published_at, before.waiting_since)
    assert await entries(maker) == []


async def test_yes_against_no_is_for_people_to_clear_up(maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    async with transaction(maker) as session:
        helper = await make_person(session, name="Coordinator")
        session.add(RoleGrant(person_id=helper.id, role="coordinator"))
    await answer(maker, pair, code, GIVER, Answer.YES)
    await answer(maker, pair, code, RECEIVER, Answer.NO)
    assert await status_of(maker, code) is Status.DISPUTED
    assert await asked_to_open(maker) == 1
    assert helper.id not in await told(maker, "not_done")  # those are a side's words
    await move(maker, receiver_said_at=func.now() - timedelta(days=60))
    assert await tidy(maker) == 0  # nobody but people ends a dispute
    await answer(maker, pair, code, RECEIVER, Answer.YES)
    assert await status_of(maker, code) is Status.COMPLETED
    assert len(await entries(maker)) == 1


async def test_no_counts_after_48_hours_without_objection(maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    await answer(maker, pair, code, RECEIVER, Answer.NO)
    await move(maker, receiver_said_at=func.now() - timedelta(hours=47))
    assert await tidy(maker) == 0
    await move(maker, receiver_said_at=func.now() - timedelta(hours=48))
    assert await tidy(maker) == 1
    assert await status_of(maker, code) is Status.NOT_DONE
    need, offer = await posts_now(maker, pair)
    assert (need.taken, offer.taken) == (0, 0)


async def test_an_objection_in_time_is_a_dispute(maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    await answer(maker, pair, code, RECEIVER, Answer.NO)
    await answer(maker, pair, code, GIVER, Answer.NOT_YET)
    assert await status_of(maker, code) is Status.DISPUTED


async def test_the_question_is_asked_once_when_it_is_time(maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    assert await tidy(maker) == 0
    await move(maker, ask_at=func.now())
    assert await tidy(maker) == 1
    assert await tidy(maker) == 0
    assert await told(maker, "did_it_happen") == {pair.giver.person_id, pair.receiver.person_id}
    await answer(maker, pair, code, GIVER, Answer.NOT_YET)
    async with reading(maker) as reader:
        again = await see(reader, code)
        assert again.ask_at is not None
        assert again.asked_at is None


async def test_14_days_of_silence_close_it_without_an_entry(maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    await answer(maker, pair, code, GIVER, Answer.YES)
    await move(maker, asked_at=func.now() - timedelta(days=13))
    assert await tidy(maker) == 0
    await move(maker, asked_at=func.now() - timedelta(days=14))
    assert await tidy(maker) == 1
    assert await status_of(maker, code) is Status.UNCONFIRMED
    assert await entries(maker) == []
    with pytest.raises(GoneError):
        await answer(maker, pair, code, RECEIVER, Answer.YES)


async def test_cancelling_frees_everything_once(maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    for side in (RECEIVER, GIVER):
        async with transaction(maker) as session:
            await actions.cancel(session, await stand_of(session, pair, code, side))
    assert await status_of(maker, code) is Status.CANCELLED
    need, offer = await posts_now(maker, pair)
    assert (need.taken, offer.taken) == (0, 0)
    assert await told(maker, "cancelled") == {pair.giver.person_id}
    with pytest.raises(GoneError):
        await answer(maker, pair, code, GIVER, Answer.YES)


async def test_nobody_cancels_what_was_answered(maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    await answer(maker, pair, code, GIVER, Answer.YES)
    with pytest.raises(ConflictError):
        async with transaction(maker) as session:
            await actions.cancel(session, await stand_of(session, pair, code, RECEIVER))
    await answer(maker, pair, code, RECEIVER, Answer.YES)
    with pytest.raises(GoneError):
        async with transaction(maker) as session:
            await actions.cancel(session, await stand_of(session, pair, code, RECEIVER))


async def test_an_ended_exchange_takes_no_words_and_no_meeting(maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    async with transaction(maker) as session:
        stand = await stand_of(session, pair, code, GIVER)
        await actions.cancel(session, stand)
    async with transaction(maker) as session:
        stand = await stand_of(session, pair, code, RECEIVER)
        with pytest.raises(GoneError):
            await actions.send_message(session, stand, pair.receiver.person_id, "Hello")
        now = await session.scalar(select(func.now()))
        assert now is not None
        with pytest.raises(GoneError):
            await actions.arrange(session, stand, Meeting(now, ""))


async def test_a_meeting_moves_the_question_to_the_next_day(maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    async with transaction(maker) as session:
        now = await session.scalar(select(func.now()))
        assert now is not None
        stand = await stand_of(session, pair, code, GIVER)
        await actions.arrange(session, stand, Meeting(now + timedelta(days=5), "The square"))
    async with reading(maker) as reader:
        exchange = await see(reader, code)
        assert exchange.ask_at is not None
        assert exchange.meeting_at is not None
        assert timedelta() < exchange.ask_at - exchange.meeting_at <= timedelta(days=1, hours=12)
        assert exchange.meeting_place == "The square"
    assert await status_of(maker, code) is Status.SCHEDULED
    assert await told(maker, "message") == {pair.receiver.person_id}


async def test_thanks_become_a_message_for_the_other_side(maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    await answer(maker, pair, code, RECEIVER, Answer.YES, thanks="Merci !")
    async with reading(maker) as reader:
        (message,) = await reader.scalars(select(Message))
        assert (message.body, message.side) == ("Merci !", "receiver")


async def test_contacts_go_after_30_days_and_messages_after_half_a_year(
    maker: SessionMaker,
) -> None:
    pair, code = await an_exchange(maker)
    async with transaction(maker) as session:
        stand = await stand_of(session, pair, code, GIVER)
        await actions.read_contacts(session, stand, pair.giver.person_id)
    for side in (GIVER, RECEIVER):
        await answer(maker, pair, code, side, Answer.YES, thanks="Thanks")
    await tidy(maker)
    assert await _left(maker) == (2, 1, 2)
    async with transaction(maker) as session:
        await session.execute(update(ContactRelease).values(until=func.now()))
    await tidy(maker)
    assert await _left(maker) == (0, 0, 2)
    await move(maker, completed_at=func.now() - timedelta(days=184))
    await tidy(maker)
    assert await _left(maker) == (0, 0, 0)


async def _left(maker: SessionMaker) -> tuple[int, ...]:
    async with reading(maker) as reader:
        return tuple(
            [
                await reader.scalar(select(func.count()).select_from(table)) or 0
                for table in (ContactRelease, ContactRead, Message)
            ]
        )


async def test_a_commune_is_named_from_the_tenth_exchange(maker: SessionMaker) -> None:
    for _ in range(10):
        pair, code = await an_exchange(maker)
        for side in (GIVER, RECEIVER):
            await answer(maker, pair, code, side, Answer.YES)
    areas = [read(entry.canonical).area for entry in await entries(maker)]
    assert areas == [BRUSSELS] * 9 + ["21013"]


async def test_a_completion_that_fails_leaves_nothing(maker: SessionMaker) -> None:
    """The entry and the completion are one transaction: neither stands alone."""
    pair, code = await an_exchange(maker)
    await answer(maker, pair, code, GIVER, Answer.YES)

    async def complete_and_fail(session: Session) -> None:
        stand = await stand_of(session, pair, code, RECEIVER)
        await actions.say(session, stand, pair.receiver.person_id, Said(Answer.YES))
        raise RuntimeError("the connection is lost")

    with pytest.raises(RuntimeError):
        async with transaction(maker) as session:
            await complete_and_fail(session)
    assert await entries(maker) == []
    assert await status_of(maker, code) is Status.ASKED
