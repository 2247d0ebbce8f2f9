"""The main job again and again, races for the last place, and small jobs that can be counted."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import asyncpg  # type: ignore[import-untyped] # ships no types
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app import outbox
from app.db import Session, SessionMaker, transaction
from app.outbox import JobRow
from tests.faults.client import Answer, Client, RefusedError, TooLateError
from tests.faults.ground import Ground, Neighbour
from tests.faults.history import History
from tests.faults.kinds import COUNTED
from tests.faults.pages import Pages

POSTCODES = ("1000", "1030", "1040", "1050", "1060", "1070", "1080", "1140")
# Kinds of help for which nobody has to be vouched for first.
KINDS = ("food.meal", "food.parcel", "goods.clothes", "goods.baby", "goods.furniture")
LOOK_AGAIN = 0.4
FIND_WITHIN = 120.0
RACES, BEDS, BY_PAGE = 5, 11, 3  # every so many flows
BATCH, EVERY, MOST_WAITING = 20, 0.4, 200
PULSE, PULSE_EVERY = "INSERT INTO fault_pulse DEFAULT VALUES", 0.2


@dataclass
class Load:
    """Everything that acts on the platform; `may_begin` ends it between two flows."""

    client: Client
    pages: Pages
    ground: Ground
    producer: SessionMaker
    history: History
    random: Random
    at_once: int
    may_begin: bool = True
    flows: int = 0
    races_won: int = 0
    beds_given: list[str] = field(default_factory=list)
    _refs: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def run(self) -> None:
        """Return when nobody may begin any more and everybody has finished."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self.at_once):
                group.create_task(self._keep_living())
            group.create_task(self._keep_asking())
            group.create_task(self._keep_writing())

    async def _keep_living(self) -> None:
        while self.may_begin:
            self.flows += 1
            with suppress(RefusedError):  # the history has it
                await self._flow(self.flows)()

    def _flow(self, number: int) -> Callable[[], Awaitable[None]]:
        if number % BEDS == 0:
            return self._bed_race
        if number % RACES == 0:
            return self._race
        return lambda: self._main_job(by_page=number % BY_PAGE == 0)

    async def _main_job(self, *, by_page: bool) -> None:
        helper, asker = await self.ground.newcomer(), await self.ground.newcomer()
        help_ = self._drawn()
        offer = await self._publish(helper, "offer", {**help_, "places": 3})
        await self._publish(asker, "need", {**help_, "places": 1}, asks=offer)
        (proposal,) = await self._asked(helper, 1)
        exchange = await (self._accept_page if by_page else self._accept)(helper, proposal)
        if exchange is None:
            self.history.refused.append("A yes to who had asked opened nothing.")
            return
        await self._talk(asker, exchange)
        for who, side in ((helper, "giver"), (asker, "receiver")):
            await self.client.write(who.token, f"/exchanges/{exchange}/say", {"answer": "yes"})
            self.history.said.add((exchange, side))

    async def _race(self) -> None:
        """One place, two who ask for it, and the helper says yes to both at the same moment."""
        helper = await self.ground.newcomer()
        help_ = {**self._drawn(), "places": 1}
        offer = await self._publish(helper, "offer", help_)
        for _ in range(2):
            asker = await self.ground.newcomer()
            await self._publish(asker, "need", help_, asks=offer)
        both = await self._asked(helper, 2)
        won = await asyncio.gather(*(self._accept_if_free(helper.token, one) for one in both))
        self.races_won += sum(one is not None for one in won)

    async def _bed_race(self) -> None:
        """One bed, two guests, and the organisation says yes to both at the same moment."""
        contest = await self.ground.bed_contest()
        won = await asyncio.gather(
            *(self._accept_if_free(contest.worker, one) for one in contest.proposals)
        )
        self.beds_given += [one for one in won if one is not None]

    async def _publish(
        self, who: Neighbour, kind: str, post: Answer, *, asks: str | None = None
    ) -> str:
        body = {**post, "type": kind, **({"asked_offer": asks} if asks else {})}
        made = await self.client.write(who.token, "/posts", body)
        self.history.posts[str(made["code"])] = who.person_id
        return str(made["code"])

    def _drawn(self) -> Answer:
        """One kind of help in one town, so that those who ask and those who help fit."""
        return {
            "category": self.random.choice(KINDS),
            "place": self.random.choice(POSTCODES),
            "languages": ["en", "fr"],
        }

    async def _asked(self, helper: Neighbour, how_many: int) -> list[str]:
        """Proposals of who asked for the helper's own offer, once workers have put them there."""
        until = time.monotonic() + FIND_WITHIN
        while time.monotonic() < until:
            found = await self.client.read(helper.token, "/proposals")
            asked = [
                str(one["code"])
                for one in found["items"]
                if one["stand"] == "to_answer" and one["other_said_yes"]
            ]
            if len(asked) >= how_many:
                return asked[:how_many]
            await asyncio.sleep(LOOK_AGAIN)
        self.history.unanswered.append(f"{how_many} proposals to person {helper.person_id}")
        raise RefusedError

    async def _accept(self, who: Neighbour, proposal: str) -> str | None:
        return await self._accept_by_token(who.token, proposal)

    async def _accept_by_token(self, token: str, proposal: str) -> str | None:
        answer = await self.client.write(token, f"/proposals/{proposal}/accept")
        if answer["exchange"] is None:
            return None
        self.history.exchanges[proposal] = str(answer["exchange"])
        return str(answer["exchange"])

    async def _accept_if_free(self, token: str, proposal: str) -> str | None:
        try:
            return await self._accept_by_token(token, proposal)
        except TooLateError:
            return None

    async def _accept_page(self, who: Neighbour, proposal: str) -> str | None:
        path = f"/en/proposals/{proposal}/confirm?answer=accept"
        there = await self.pages.press(who.session, path, "/accept")
        if "/exchanges/" not in there:
            return None
        code = there.rstrip("/").rsplit("/", 1)[-1]
        self.history.exchanges[proposal] = code
        return code

    async def _talk(self, who: Neighbour, exchange: str) -> None:
        words = f"Hello, does Saturday suit you? ({exchange})"
        sent = await self.client.write(
            who.token, f"/exchanges/{exchange}/messages", {"body": words}
        )
        self.history.messages[int(sent["id"])] = words

    async def _keep_writing(self) -> None:
        """A pulse: the smallest write, through the wire, so that its absence is noticed at once."""
        while self.may_begin:
            sent = time.monotonic()
            with suppress(OSError, SQLAlchemyError, asyncpg.PostgresError):
                async with transaction(self.producer) as session:
                    await session.execute(text(PULSE))
                self.history.wrote(sent)
            await asyncio.sleep(PULSE_EVERY)

    async def _keep_asking(self) -> None:
        """Small jobs in their own transactions, through the wire as everybody else."""
        while self.may_begin:
            if await self.ground.until_done(_backlog) > MOST_WAITING:
                await asyncio.sleep(EVERY)
                continue
            refs = list(itertools.islice(self._refs, BATCH))
            try:
                async with transaction(self.producer) as session:
                    await outbox.defer_many(session, COUNTED, dict.fromkeys(refs, timedelta()))
                self.history.jobs |= set(refs)
            except (OSError, SQLAlchemyError, asyncpg.PostgresError):
                self.history.unsure_jobs |= set(refs)
            await asyncio.sleep(EVERY)


async def _backlog(session: Session) -> int:
    open_rows = select(func.count()).where(JobRow.kind == COUNTED.value, JobRow.done_at.is_(None))
    return await session.scalar(open_rows) or 0
