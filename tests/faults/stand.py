"""Starting a platform that may be hurt, reaching it past its wires, and ending it."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from app.crypto import keyring
from app.db import SessionMaker, create_engine, session_maker
from app.embedded import read_environment
from app.embedded.child import launched
from app.embedded.folder import free_port, last_lines
from app.settings import Secret, Settings, read_settings
from tests.faults.calm import until_ready
from tests.faults.client import Client
from tests.faults.ground import Ground
from tests.faults.history import History
from tests.faults.injections import Target
from tests.faults.load import Load
from tests.faults.pages import Pages
from tests.faults.platform import through
from tests.faults.proxy import Wire

START_SECONDS = 180.0
STOP_SECONDS = 60
ROOT = Path(__file__).parents[2]
OWN_VIEW = ("/usr/bin/unshare", "--mount", "--propagation", "private")


@dataclass(frozen=True)
class Standing:
    """A ready platform, the load that waits to begin, and the harness's own connections."""

    target: Target
    load: Load
    history: History
    maker: SessionMaker
    settings: Settings
    process: "subprocess.Popen[bytes]"


@asynccontextmanager
async def standing(
    folder: Path, random: Random, *, at_once: int, scale: float, words: Sequence[str] = ()
) -> AsyncIterator[Standing]:
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Wire())
        queue = await stack.enter_async_context(Wire())
        small_disk = may_mount()
        process = _start(folder, (database.port, queue.port), words, small_disk=small_disk)
        stack.callback(end, process)
        settings = await _told(folder, process)
        keyring.open(settings.secret_key)
        database.to, queue.to = _port(settings.database.url), _port(settings.redis_url)
        if await until_ready(settings.public_url, START_SECONDS) is None:
            raise RuntimeError(f"Never ready:\n{last_lines(folder / 'platform.log')}")
        direct = _sessions(stack, settings.database.url.reveal())
        wired = _sessions(stack, through(settings.database.url.reveal(), database.port))
        history = History()
        client, pages = Client(settings.public_url, history), Pages(settings.public_url, history)
        stack.push_async_callback(client.close)
        stack.push_async_callback(pages.close)
        ground = Ground(direct)
        await ground.prepare()
        target = Target(
            supervisor=process.pid,
            address=settings.public_url,
            folder=folder,
            database_wire=database,
            queue_wire=queue,
            ground=ground,
            random=random,
            scale=scale,
            small_disk=small_disk,
        )
        load = Load(client, pages, ground, wired, history, random, at_once)
        yield Standing(target, load, history, direct, settings, process)


def may_mount() -> bool:
    """Whether a small disk can be laid under the data, in a view of the machine of our own."""
    tried = ("/bin/mount", "-t", "tmpfs", "-o", "size=1m", "faults", "/mnt")
    if os.geteuid() != 0 or not Path(OWN_VIEW[0]).exists():
        return False
    command = [*OWN_VIEW, *tried]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 - fixed words


def _start(
    folder: Path, wires: tuple[int, int], words: Sequence[str], *, small_disk: bool
) -> "subprocess.Popen[bytes]":
    command: list[str] = [
        *(OWN_VIEW if small_disk else ()),
        *(sys.executable, "-m", "tests.faults.platform", str(folder), str(free_port())),
        *map(str, wires),
        *(["small-disk"] if small_disk else []),
        *words,
    ]
    with (folder / "platform.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own words
            launched(command, dies_with=signal.SIGTERM),
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


async def _told(folder: Path, process: "subprocess.Popen[bytes]") -> Settings:
    """What the platform says of itself, once its servers run."""
    while process.poll() is None:
        environment = read_environment(folder)
        if environment:
            return read_settings({**os.environ, **environment})
        await asyncio.sleep(0.1)
    raise RuntimeError(f"The platform ended:\n{last_lines(folder / 'platform.log')}")


def end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _sessions(stack: AsyncExitStack, url: str) -> SessionMaker:
    environment = {"SOLIDARE_SECRET_KEY": "unused", "REDIS_URL": "unused", "DATABASE_URL": url}
    engine = create_engine(read_settings(environment).database, at_work=True)
    stack.push_async_callback(engine.dispose)
    return session_maker(engine)


def _port(url: Secret) -> int:
    return urlsplit(url.reveal()).port or 0
