"""How every command reaches the platform: named servers, a running `solidare up`, or its own."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import click
from alembic import command
from alembic.config import Config

from app.crypto import keyring
from app.db import SessionMaker, create_engine, session_maker
from app.embedded import DEFAULT_FOLDER, CannotStart, platform
from app.errors import InvalidError, SolidareError
from app.i18n import gettext as _
from app.settings import Settings, SettingsError, read_settings

MIGRATIONS = Path(__file__).parents[1] / "migrations"

folder_option = click.option(
    "--folder",
    default=DEFAULT_FOLDER,
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where `solidare up` keeps its data.",
)


@contextmanager
def reached(folder: Path) -> Iterator[Settings]:
    """Yield the settings of the platform in the folder while its servers run.

    The process environment wins; then a running `solidare up`; else servers are started for the
    length of the block. A refusal of the domain becomes one line on the terminal.
    """
    try:
        with platform(folder) as environment:
            settings = read_settings({**os.environ, **environment})
            keyring.open(settings.secret_key)
            yield settings
    except (CannotStart, SettingsError) as reason:
        raise click.ClickException(str(reason)) from reason
    except InvalidError as error:
        lines = [f"{name}: {line}" for name, lines in error.fields.items() for line in lines]
        raise click.ClickException("\n".join(lines)) from error
    except SolidareError as error:
        raise click.ClickException(_(error.message, **error.values)) from error


@asynccontextmanager
async def connected(folder: Path) -> AsyncIterator[tuple[Settings, SessionMaker]]:
    """Yield settings and sessions of the platform in the folder.

    Use it inside `asyncio.run`: `async with connected(folder) as (settings, maker): …`.
    """
    with reached(folder) as settings:
        # alembic runs a loop of its own, hence the thread
        await asyncio.to_thread(migrate_own, settings)
        engine = create_engine(settings.database, at_work=True)
        try:
            yield settings, session_maker(engine, letters_at_once=settings.mail.at_once)
        finally:
            await engine.dispose()


def alembic_config(settings: Settings) -> Config:
    """The migrations, for the database that the settings name."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = settings.database.url.reveal()
    return config


def migrate_own(settings: Settings) -> None:
    """Bring an embedded database to the newest schema; a named one is its operator's to migrate."""
    if not os.environ.get("DATABASE_URL"):
        command.upgrade(alembic_config(settings), "head")
