"""`solidare up`: the whole platform with one command, on one machine, for one person."""

import signal
from pathlib import Path
from types import FrameType

import click

from app.cli.supervisor import supervised
from app.embedded import DEFAULT_FOLDER, CannotStart


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Web port."
)
@click.option(
    "--folder",
    default=DEFAULT_FOLDER,
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where data, letters, logs and passwords are kept.",
)
def up(host: str, port: int, folder: Path) -> None:
    """Start everything: databases, web, worker, mail. Ctrl-C stops it and keeps the data."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    click.echo("Starting Solidare…")
    try:
        with supervised(folder, host=host, port=port, say=click.echo) as platform:
            click.echo(f"Solidare is ready: {platform.address}")
            if "SOLIDARE_MAIL_FOLDER" in platform.environment:
                click.echo(f"Letters and sign-in codes: {platform.address}/mailbox")
            click.echo(f"Logs: {folder / 'logs'}. Ctrl-C stops everything; the data is kept.")
            platform.keep_forever()
    except CannotStart as reason:
        raise click.ClickException(str(reason)) from reason
    except KeyboardInterrupt:
        click.echo("Stopped.")


def _interrupt(_: int, __: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _wait)
    raise KeyboardInterrupt


def _wait(_: int, __: FrameType | None) -> None:
    """Stopping is under way, and ends by itself within half a minute."""
