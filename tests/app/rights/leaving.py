"""Somebody who left traces everywhere, and the clock moved for all rows at once."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import func, select, update

from app import outbox
from app.accounts.actions import issue_token
from app.accounts.models import Person, SignInCode
from app.accounts.rules import Visitor, contact_lookup
from app.db import Base, Session, SessionMaker, transaction
from app.exchanges import actions as exchanges
from app.exchanges.models import Exchange
from app.exchanges.rules import Answer, Side
from app.moderation import actions as moderation
from app.moderation.rules import About, Origin, Reason, ReportDraft
from app.outbox import Job, JobRow
from app.posts import actions as posts
from app.posts import queries as post_queries
from app.settings import LedgerSettings, Settings
from app.territories import actions as territories
from app.territories.geocoder.gazetteer import find_places
from tests.app.rights.searching import places_of
from tests.factories.accounts import make_person
from tests.factories.exchanges import Pair, a_proposal, agree, answer, stand_of, visitor_of
from tests.factories.posts import a_need, an_offer, somewhere
from workers.jobs import JOBS
from workers.protocol import Task, Tools

NAME, PHONE, STREET = "Zorba Canari", "+32470989898", "Rue du Canari 77"
NOTE, WORDS, MEETING = "canary of the note", "canary of the message", "canary of the meeting"
REPORT = "canary of the report"
CANARIES = (NAME, PHONE, STREET, NOTE, WORDS, MEETING)


@dataclass(frozen=True)
class Traces:
    """Zorba offers, Amal needs: it happened, and they wrote to each other."""

    zorba: Visitor
    amal: Visitor
    pair: Pair
    code: str


async def a_life(maker: SessionMaker) -> Traces:
    """A person with a completed exchange, another post, an address, a code, a token, a report."""
    async with transaction(maker) as session:
        zorba = visitor_of(await make_person(session, name=NAME, phone=PHONE))
        amal = visitor_of(await make_person(session, name="Amal"))
        at_home = somewhere(address=STREET)
        offer = await an_offer(session, zorba, note=NOTE, place=at_home)
        other = await an_offer(session, zorba, note=NOTE)
        need = await a_need(session, amal, places=2)
        proposal = await a_proposal(session, need, offer)
        pair = Pair(zorba, amal, need.id, offer.id, proposal.id, proposal.code)
        exchange = await agree(session, pair)
        await _write(session, pair, exchange)
        await _around(session, zorba, other.code)
        code = exchange.code
    for side in Side:
        await answer(maker, pair, code, side, Answer.YES)
    return Traces(zorba, amal, pair, code)


async def _write(session: Session, pair: Pair, exchange: Exchange) -> None:
    stand = await stand_of(session, pair, exchange.code, Side.GIVER)
    await exchanges.send_message(session, stand, pair.giver.person_id, WORDS)
    await exchanges.read_contacts(
        session,
        await stand_of(session, pair, exchange.code, Side.RECEIVER),
        pair.receiver.person_id,
    )
    await session.execute(
        update(Exchange).where(Exchange.id == exchange.id).values(meeting_place=MEETING)
    )


async def _around(session: Session, zorba: Visitor, code: str) -> None:
    await issue_token(session, zorba.person_id, "my own program")
    await territories.move_home(session, zorba.person_id, find_places("1060")[0])
    post = await post_queries.post_by_code(session, code)
    answers = await post_queries.answers_of_post(session, post)
    await posts.start_draft(session, answers, zorba.person_id)
    session.add(
        SignInCode(
            kind="phone",
            value=PHONE,
            lookup=contact_lookup("phone", PHONE),
            device=b"device",
            code_hash="x",
            language="en",
            used_at=func.now(),
        )
    )
    strange = await an_offer(session)
    draft = ReportDraft(About.POST, strange.code, Reason.OTHER, REPORT)
    origin = Origin(b"device", b"network", zorba.person_id, browser="Firefox")
    await moderation.send_report(session, draft, origin)


def outside(settings: Settings, folder: Path) -> Settings:
    """The same platform with a folder for what is kept outside the database."""
    return replace(settings, ledger=LedgerSettings(copy_folder=folder))


async def do(maker: SessionMaker, settings: Settings, job: Job, ref: int) -> None:
    """One job as a worker does it, begun and finished under its row."""
    async with transaction(maker) as session:
        row = JobRow(kind=job.value, ref=ref)
        session.add(row)
        await session.flush()
        number = row.id
    async with transaction(maker) as session:
        assert await outbox.begin(session, number, 0)
    await JOBS[job](Task(Tools(settings, maker), number, 1, ref))


async def let_pass(maker: SessionMaker, span: timedelta) -> None:
    """Both clocks: every moment and every day of every row moves into the past."""
    async with transaction(maker) as session:
        for table in Base.metadata.sorted_tables:
            if table.name.startswith("ledger_"):
                continue
            columns = [
                column
                for column in table.columns
                if isinstance(column.type, sa.DateTime | sa.Date) and column.computed is None
            ]
            if columns:
                values = {column.name: sa.cast(column - span, column.type) for column in columns}
                await session.execute(update(table).values(values))


async def found_in(maker: SessionMaker, *needles: str) -> dict[str, set[str]]:
    async with transaction(maker) as session:
        return await places_of(session, needles)


async def person_of(maker: SessionMaker, person_id: int) -> Person:
    async with transaction(maker) as session:
        return await session.get_one(Person, person_id)


async def now_of(session: Session) -> datetime:
    moment: datetime = (await session.execute(select(func.now()))).scalar_one()
    return moment


def written(raw: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(raw)
    return found
