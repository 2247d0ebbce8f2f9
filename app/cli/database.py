"""`solidare database`: the schema, forwards."""

from pathlib import Path

import click
from alembic import command

from app.cli.servers import alembic_config, folder_option, reached


@click.group()
def database() -> None:
    """The schema of the database."""


@database.command()
@folder_option
@click.argument("revision", default="head")
def upgrade(folder: Path, revision: str) -> None:
    """Bring the database to the newest schema."""
    with reached(folder) as settings:
        command.upgrade(alembic_config(settings), revision)


@database.command()
@folder_option
def check(folder: Path) -> None:
    """Fail where models and migrations disagree."""
    with reached(folder) as settings:
        command.check(alembic_config(settings))


@database.command("make-migration")
@folder_option
@click.argument("message")
def make_migration(folder: Path, message: str) -> None:
    """Write a migration from the difference between models and database."""
    with reached(folder) as settings:
        command.revision(alembic_config(settings), message=message, autogenerate=True)
