"""The `solidare` command."""

import click

from app.cli.up import up


@click.group()
def solidare() -> None:
    """Needs and offers of help, matched nearby, recorded in a solidarity ledger."""


solidare.add_command(up)

if __name__ == "__main__":
    solidare()
