"""Two acts on two real connections, whose statements come in an order that we choose.

Each statement, and the commit, waits for its turn. Whether a statement waits for a lock is asked
of the database itself, so that the turn goes on to the other act and no test waits for a time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import combinations

import asyncpg  # type: ignore[import-untyped] # ships no types
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import await_only

from app.db import ReadSession, Session, SessionMaker
from app.errors import SolidareError

Act = Callable[[Session], Awaitable[object]]
LOCKS = (" FOR ", "UPDATE ", "INSERT ", "DELETE ")
LOOK = 0.003
PATIENCE = 20.0


@dataclass
class Actor:
    """One act on its way; `outcome` is what it ended with, None while it runs."""

    name: str
    go: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    pid: int = 0
    waiting_for: str = ""
    statements: int = 0
    outcome: str | None = None

    async def turn(self, statement: str) -> None:
        self.waiting_for = statement
        self.arrived.set()
        await self.go.wait()
        self.go.clear()
        self.statements += 1


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)


@contextmanager
def gated(engine: AsyncEngine) -> Iterator[None]:
    """While it stands, statements of actors wait for their turn; all others pass."""

    def before_statement(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        _pass(statement)

    def before_commit(_connection: object) -> None:
        _pass("COMMIT")

    event.listen(engine.sync_engine, "before_cursor_execute", before_statement)
    event.listen(engine.sync_engine, "commit", before_commit)
    try:
        yield
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", before_statement)
        event.remove(engine.sync_engine, "commit", before_commit)


def _pass(statement: str) -> None:
    actor = _actor.get()
    if actor is not None:
        await_only(actor.turn(statement))


async def _run(maker: SessionMaker, actor: Actor, act: Act) -> None:
    try:
        async with maker.begin() as session:
            actor.pid = await session.scalar(text("SELECT pg_backend_pid()")) or 0
            _actor.set(actor)
            await act(Session(ReadSession(session)))
        actor.outcome = "done"
    except SolidareError as error:
        actor.outcome = type(error).__name__
    finally:
        actor.arrived.set()


class Schedule:
    """Plays one word such as ABABAB: each letter lets one act go a step further."""

    def __init__(
        self, maker: SessionMaker, watch: asyncpg.Connection, cuts: tuple[int, int]
    ) -> None:
        self._maker, self._watch, self._cuts = maker, watch, cuts

    async def play(self, word: str, one: Act, other: Act) -> tuple[Actor, Actor]:
        """Both acts to their end; gives what each ended with, and raises what is not a refusal."""
        actors = {"A": Actor("A"), "B": Actor("B")}
        tasks = [
            asyncio.create_task(_run(self._maker, actor, act))
            for actor, act in zip(actors.values(), (one, other), strict=True)
        ]
        async with asyncio.timeout(PATIENCE):
            for actor in actors.values():
                await actor.arrived.wait()
            steps = {"A": 0, "B": 0}
            for letter in word:
                steps[letter] += 1
                await self._step(actors[letter], steps[letter], self._cuts[letter == "B"])
            while any(not task.done() for task in tasks):
                for actor in actors.values():
                    await self._advance(actor)
            await asyncio.gather(*tasks)
        return actors["A"], actors["B"]

    async def _step(self, actor: Actor, step: int, cut: int) -> None:
        """First what is read without a lock, then some statements under locks, then the rest."""
        first = actor.statements
        while actor.outcome is None:
            if step == 1 and any(lock in actor.waiting_for for lock in LOCKS):
                return
            more = (step > 1 or actor.statements - first < cut) and (
                step != 2 or actor.statements - first < cut
            )
            if not more or not await self._advance(actor):
                return

    async def _advance(self, actor: Actor) -> bool:
        """One statement; False where it waits for a lock that somebody holds."""
        if actor.outcome is not None:
            return False
        if actor.arrived.is_set():
            actor.arrived.clear()
            actor.go.set()
        while not actor.arrived.is_set():
            await asyncio.sleep(LOOK)
            if not actor.arrived.is_set() and await self._is_blocked(actor.pid):
                return False
        return True

    async def _is_blocked(self, pid: int) -> bool:
        kind = await self._watch.fetchval(
            "SELECT wait_event_type FROM pg_stat_activity WHERE pid = $1", pid
        )
        return bool(kind == "Lock")


def words(steps: int = 3) -> list[str]:
    """Every order of the steps of two acts: twenty for three steps each."""
    places = combinations(range(2 * steps), steps)
    return ["".join("A" if at in chosen else "B" for at in range(2 * steps)) for chosen in places]
