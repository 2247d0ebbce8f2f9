"""The `solidare` command."""

from importlib import import_module

import click

# Where each command lives. Only the one that is asked for is loaded: `up` starts four of them,
# and the whole of the platform takes seconds to load on an old laptop.
COMMANDS = {
    "up": "app.cli.up:up",
    "run": "app.cli.run:run",
    "worker": "app.cli.run:worker",
    "database": "app.cli.database:database",
    "users": "app.cli.users:users",
    "backup": "app.cli.backup:backup",
    "restore": "app.cli.backup:restore",
    "jobs": "app.cli.jobs:jobs",
    "ledger": "app.cli.ledger:ledger",
    "retention": "app.cli.rights:retention",
    "erasures": "app.cli.rights:erasures",
    "match": "app.cli.match:match",
    "doctor": "app.cli.doctor:doctor",
    "import": "app.cli.import_posts:import_",
    "export": "app.cli.export:export",
    "demo": "app.cli.demo.commands:demo",
    "i18n": "app.cli.i18n:i18n",
}


class Commands(click.Group):
    """A group that finds its commands in the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.command(cls=Commands)
def solidare() -> None:
    """Needs and offers of help, matched nearby, recorded in a solidarity ledger."""


if __name__ == "__main__":
    solidare()
