"""`solidare database`: the schema, forwards."""

from pathlib import Path

import click
from alembic import command
from alembic.config import Config

from app.settings import read_settings

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def alembic_config(url: str | None = None) -> Config:
    """The migrations, for the database at `url` or the one that the environment names."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url or read_settings().database.url.reveal()
    return config


@click.group()
def database() -> None:
    """The schema of the database."""


@database.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database to the newest schema."""
    command.upgrade(alembic_config(), revision)


@database.command()
def check() -> None:
    """Fail where models and migrations disagree."""
    command.check(alembic_config())


@database.command("make-migration")
@click.argument("message")
def make_migration(message: str) -> None:
    """Write a migration from the difference between models and database."""
    command.revision(alembic_config(), message=message, autogenerate=True)
