"""The `solidare` command."""

import click

from app.cli.database import database
from app.cli.demo.commands import demo
from app.cli.doctor import doctor
from app.cli.ledger import ledger
from app.cli.run import run, worker
from app.cli.up import up
from app.cli.users import users


@click.group()
def solidare() -> None:
    """Needs and offers of help, matched nearby, recorded in a solidarity ledger."""


for command in (up, run, worker, database, users, ledger, doctor, demo):
    solidare.add_command(command)

if __name__ == "__main__":
    solidare()
