"""`solidare backup` and `solidare restore`, for the database that `solidare up` keeps.

A server of your own is backed up with its own tools; README says which.
"""

import asyncio
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from alembic import command

from app.cli.ledger import check_everything
from app.cli.servers import alembic_config, folder_option, reached
from app.clock import now
from app.crypto import keyring
from app.db import create_engine, reading, session_maker, transaction
from app.embedded import CannotStart, postgres
from app.embedded import backup as files
from app.embedded.environment import base_environment
from app.embedded.folder import private_folder
from app.embedded.sealed import SealedFileError
from app.ledger import actions as ledger
from app.ledger.rules import note
from app.rights.actions import apply_list
from app.settings import DatabaseSettings, Secret, Settings, read_settings

TARGET = click.argument("target", type=click.Path(path_type=Path, file_okay=False))
SEAL_EVERY_SECONDS = 5


@click.group()
def backup() -> None:
    """Copy the embedded database, sealed, while it serves."""


@backup.command()
@TARGET
@folder_option
def base(target: Path, folder: Path) -> None:
    """Take one verified base. Take a new one each night, and keep the last thirty days."""
    with reached(folder) as settings:
        source = files.source_of(folder, settings.database.url.reveal())
        with _told():
            made = files.take_base(source, target, now().astimezone(UTC))
    click.echo(f"{made}: {made.stat().st_size // 1_000_000} MB, verified and sealed.")
    click.echo("Keep the platform's secret elsewhere: without it nobody can open this.")


@backup.command()
@TARGET
@folder_option
def follow(target: Path, folder: Path) -> None:
    """Receive every write as it happens, until Ctrl-C: nothing acknowledged is lost."""
    with reached(folder) as settings:
        source = files.source_of(folder, settings.database.url.reveal())
        with files.following(source, target) as receiver:
            click.echo(f"Following into {target}. Ctrl-C ends it.")
            try:
                while receiver.poll() is None:
                    files.seal_log(target)
                    time.sleep(SEAL_EVERY_SECONDS)
            except KeyboardInterrupt:
                return
    raise click.ClickException("The database ended. Start this again when it is back.")


@click.command()
@TARGET
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="An empty folder, for `solidare up --folder`.",
)
@click.option("--until", type=click.DateTime(), help="Stop at this moment (UTC), not at the end.")
@click.option(
    "--ledger",
    "held",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder outside the database: checkpoints, and the list of who was erased.",
)
def restore(target: Path, into: Path, until: datetime | None, held: Path | None) -> None:
    """Bring a backup back, erase again whoever was erased since, and refuse a forked ledger."""
    if held is None and not os.environ.get("SOLIDARE_LEDGER_FOLDER"):
        raise click.ClickException(
            "Give --ledger: that folder knows who was erased since, and what was signed."
        )
    if not os.environ.get("SOLIDARE_SECRET_KEY"):
        raise click.ClickException(
            "Set SOLIDARE_SECRET_KEY to the secret of the platform that was backed up."
        )
    environment = base_environment(private_folder(into))
    keyring.open(Secret(environment["SOLIDARE_SECRET_KEY"]))
    with _told():
        files.restore(target, into, until and until.replace(tzinfo=UTC))
    (into / "secret").write_text(environment["SOLIDARE_SECRET_KEY"], encoding="ascii")
    (into / "secret").chmod(0o600)
    if held is not None:
        shutil.copytree(held, into / "ledger", dirs_exist_ok=True)
    began = time.monotonic()
    with postgres(into) as url:
        click.echo(f"Recovered in {time.monotonic() - began:.0f} s.")
        with _told():
            files.check_restored(files.source_of(into, url))
        click.echo("Every table and index can be read.")
        problems = asyncio.run(_examine(url, into))
        gone = _erase_again({**environment, "DATABASE_URL": url, "REDIS_URL": "not needed"})
        click.echo(f"{gone} who were erased since this copy are erased again.")
    for problem in problems:
        click.echo(f"PROBLEM  {problem}")
    if problems:
        raise SystemExit(1)
    click.echo(f"The ledger is whole. Start it: solidare up --folder {into}")


def _erase_again(environment: Mapping[str, str]) -> int:
    """Bring the schema up to date and carry out the list; how many people came back and go."""
    settings = read_settings(environment)
    command.upgrade(alembic_config(settings), "head")
    return asyncio.run(_apply(settings))


async def _apply(settings: Settings) -> int:
    engine = create_engine(settings.database, at_work=True)
    try:
        return await apply_list(session_maker(engine), settings.erasure_list)
    finally:
        await engine.dispose()


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be done is one sentence on the terminal."""
    try:
        yield
    except (CannotStart, SealedFileError) as error:
        raise click.ClickException(str(error)) from error


async def _examine(url: str, into: Path) -> list[str]:
    """What the ledger's own check finds, and whether others hold more of it than we do."""
    engine = create_engine(DatabaseSettings(Secret(url)), at_work=True)
    maker = session_maker(engine)
    try:
        async with reading(maker) as reader:
            _found, problems = await check_everything(reader)
        kept = into / "ledger" / "checkpoint"
        if kept.exists():
            async with transaction(maker) as session:
                await ledger.sign_checkpoint(session, [kept.read_text()])
    except note.ForkError as error:
        problems.append(f"{error} Nothing will be signed; see `solidare ledger begin-again`.")
    finally:
        await engine.dispose()
    return problems
