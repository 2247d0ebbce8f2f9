"""The platform that the day is lived on: the one that runs in the folder, or one for the day."""

import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from random import Random

from app.cli.demo.play.browser import StoryError
from app.cli.demo.play.day import Day, Say, live
from app.cli.demo.play.desk_day import live_thursday
from app.cli.demo.play.desk_ground import DeskTally
from app.cli.demo.play.ground import Tally
from app.cli.demo.play.letters import Mailbag
from app.cli.supervisor import supervised
from app.crypto import keyring
from app.db import create_engine, session_maker
from app.embedded import read_environment
from app.embedded.folder import free_port
from app.settings import Settings, read_settings

HOST = "127.0.0.1"
Told = Tally | DeskTally


@contextmanager
def running(folder: Path, say: Say) -> Iterator[Settings]:
    """Yield the settings of a platform whose servers, web and worker run while the block does."""
    environment = read_environment(folder)
    if environment:
        say("A platform runs here already: the day is lived on it.")
        yield _settings(environment)
        return
    say("Starting the whole platform for the day…")
    with supervised(folder, host=HOST, port=free_port(), say=say) as platform:
        say(f"It runs at {platform.address}.")
        yield _settings(platform.environment)


def _settings(environment: Mapping[str, str]) -> Settings:
    settings = read_settings({**os.environ, **environment})
    keyring.open(settings.secret_key)
    return settings


Story = Callable[[Day, int], Awaitable[Told]]
STORIES: Mapping[str, Story] = {"day": live, "desk": live_thursday}


async def play_day(settings: Settings, *, story: str, people: int, seed: int, say: Say) -> Told:
    engine = create_engine(settings.database, at_work=True)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(engine.dispose)
        day = Day(
            address=settings.public_url,
            mailbag=Mailbag(_mail_folder(settings)),
            maker=session_maker(engine),
            random=Random(seed),  # noqa: S311 - a story, not a secret
            say=say,
            stack=stack,
        )
        return await STORIES[story](day, people)


def _mail_folder(settings: Settings) -> Path:
    if settings.is_production or settings.mail.folder is None:
        raise StoryError("A day is lived only where letters stay in a folder, not in production.")
    return settings.mail.folder
