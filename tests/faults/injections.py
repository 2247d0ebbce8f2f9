"""Each way of hurting the platform; an injection ends when what was done is undone."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from sqlalchemy import text

from app import outbox
from app.db import Session
from tests.faults import parts
from tests.faults.ground import Ground
from tests.faults.kinds import POISON
from tests.faults.parts import DATABASE, QUEUE, WEB, WORKER
from tests.faults.proxy import Wire

STORM_ON_WEB, STORM_ON_DATABASE = 300, 120
GET = b"GET /en/offers HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
# Six starts are behind it: two more workers die of it before it is given up.
STARTS_BEHIND = 6
# Filled page by page at the end: the database writes meanwhile.
ROOM = 1 << 20


@dataclass
class Target:
    """The running platform as those see it who want to hurt it."""

    supervisor: int
    address: str
    folder: Path
    database_wire: Wire
    queue_wire: Wire
    ground: Ground
    random: Random
    scale: float  # of how long outages last
    small_disk: bool
    kills: dict[str, int] = field(default_factory=dict)
    poisoned: int = 0

    def kill(self, part: str) -> bool:
        hit = parts.kill(self.supervisor, part, self.random.randrange(4))
        self.kills[part] = self.kills.get(part, 0) + hit
        return bool(hit)

    async def lasting(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self.scale)


Inject = Callable[[Target], Awaitable[str]]


async def kill_web(target: Target) -> str:
    target.kill(WEB)
    return "kill -9 of the web server"


async def kill_worker(target: Target) -> str:
    target.kill(WORKER)
    return "kill -9 of a worker and its relay"


async def kill_queue(target: Target) -> str:
    target.kill(QUEUE)
    return "kill -9 of Valkey, which keeps nothing"


async def kill_database(target: Target) -> str:
    target.kill(DATABASE)
    return "kill -9 of all processes of PostgreSQL"


async def kill_several(target: Target) -> str:
    chosen = target.random.sample([WEB, WORKER, WORKER, QUEUE, DATABASE], 3)
    for part in chosen:
        target.kill(part)
    return "kill -9 of several at once"


async def kill_in_a_row(target: Target) -> str:
    """Again as soon as it is back, before anything has settled."""
    for _ in range(5):
        target.kill(target.random.choice([WORKER, QUEUE]))
        await asyncio.sleep(0.7)
    return "kill -9 of workers and Valkey, five in a row"


async def freeze_worker(target: Target) -> str:
    pids = parts.pids_of(target.supervisor, WORKER)
    if pids:
        frozen = target.random.choice(pids)
        parts.tell(frozen, signal.SIGSTOP)
        await target.lasting(60)
        parts.tell(frozen, signal.SIGCONT)
    return f"a worker frozen for {60 * target.scale:.0f} s"


async def take_queue_away(target: Target) -> str:
    target.queue_wire.close()
    await target.lasting(15)
    await target.queue_wire.mend()
    return f"Valkey away for {15 * target.scale:.0f} s"


async def cut_database(target: Target) -> str:
    target.database_wire.close()
    await target.lasting(8)
    await target.database_wire.mend()
    return "the network to PostgreSQL cut, closed"


async def silence_database(target: Target) -> str:
    target.database_wire.hold()
    await target.lasting(25)
    target.database_wire.close()
    await target.database_wire.mend()
    return "the network to PostgreSQL cut, half open"


async def silence_queue(target: Target) -> str:
    target.queue_wire.hold()
    await target.lasting(15)
    target.queue_wire.close()
    await target.queue_wire.mend()
    return "the network to Valkey cut, half open"


async def jump_clock(target: Target) -> str:
    pids = parts.pids_of(target.supervisor, WORKER)
    number = target.random.choice([signal.SIGUSR1, signal.SIGUSR2])
    for pid in pids[:1]:
        parts.tell(pid, number)
    await target.lasting(8)
    return "the clock of a worker's process jumped by an hour"


async def storm(target: Target) -> str:
    """Several hundred visitors at one moment, and every seat of the database asked for."""
    there = urlsplit(target.address)
    web = (there.hostname or "", there.port or 0)
    async with asyncio.TaskGroup() as group:
        for _ in range(STORM_ON_WEB):
            group.create_task(_call(*web, GET, 30))
        for _ in range(STORM_ON_DATABASE):
            group.create_task(_call("127.0.0.1", target.database_wire.port, b"", 4 * target.scale))
    return f"{STORM_ON_WEB} connections to the web, {STORM_ON_DATABASE} to PostgreSQL at once"


async def _call(host: str, port: int, words: bytes, seconds: float) -> None:
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(words)
                await reader.read()
            finally:
                writer.transport.abort()


async def fill_disk(target: Target) -> str:
    """The volume of the data full to the last byte; the log of writes lies elsewhere."""
    ballast = _inside(target) / "ballast"
    await asyncio.to_thread(_fill, ballast)
    await target.lasting(8)
    ballast.unlink()
    return "the disk of the data full"


def _inside(target: Target) -> Path:
    """The small disk is mounted in the supervisor's own view of the machine."""
    return Path(f"/proc/{target.supervisor}/root") / target.folder.relative_to("/") / "postgres"


def _fill(ballast: Path) -> None:
    free = os.statvfs(ballast.parent)
    with ballast.open("wb", buffering=0) as file:
        os.posix_fallocate(file.fileno(), 0, max(1, free.f_bavail * free.f_frsize - ROOM))
        file.seek(0, os.SEEK_END)
        with suppress(OSError):
            while file.write(b"\0" * free.f_frsize):
                pass


async def poison(target: Target) -> str:
    target.poisoned += 1
    ref = target.poisoned

    async def lay(session: Session) -> None:
        await outbox.defer(session, POISON, ref)
        await session.execute(
            text("UPDATE job SET starts = :n WHERE kind = :kind AND ref = :ref AND starts = 0"),
            {"n": STARTS_BEHIND, "kind": POISON.value, "ref": ref},
        )

    await target.ground.until_done(lay)
    return "a job that kills whoever begins it"


# How often each is drawn.
INJECTIONS: dict[Inject, int] = {
    kill_web: 3,
    kill_worker: 6,
    kill_queue: 5,
    kill_database: 5,
    kill_several: 6,
    kill_in_a_row: 5,
    freeze_worker: 1,
    take_queue_away: 1,
    cut_database: 2,
    silence_database: 1,
    silence_queue: 1,
    jump_clock: 2,
    storm: 1,
    fill_disk: 1,
    poison: 1,
}


def drawn(random: Random, allowed: dict[Inject, int]) -> Inject:
    return random.choices(list(allowed), list(allowed.values()))[0]
