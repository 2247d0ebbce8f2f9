"""The `solidare` command."""

import click

from app.cli.database import database
from app.cli.run import run, worker
from app.cli.up import up


@click.group()
def solidare() -> None:
    """Needs and offers of help, matched nearby, recorded in a solidarity ledger."""


for command in (up, run, worker, database):
    solidare.add_command(command)

if __name__ == "__main__":
    solidare()
