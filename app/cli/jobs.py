"""`solidare jobs`: background work that was given up."""

import asyncio
from pathlib import Path

import click

from app import outbox
from app.cli.servers import connected, folder_option
from app.db import reading, transaction


@click.group()
def jobs() -> None:
    """Background work that was given up."""


@jobs.command("list")
@folder_option
def list_jobs(folder: Path) -> None:
    """Show what was given up; exit 1 where anything was."""
    lines = asyncio.run(_list(folder))
    click.echo("\n".join(lines) or "Nothing was given up.")
    raise SystemExit(1 if lines else 0)


async def _list(folder: Path) -> list[str]:
    async with connected(folder) as (_settings, maker), reading(maker) as reader:
        return [
            f"{row.id}\t{row.kind}\t{row.starts} starts\t{row.error_code or '-'}\t{row.dead_at}"
            for row in await outbox.dead_jobs(reader)
        ]


@jobs.command()
@click.argument("number", type=int)
@folder_option
def retry(number: int, folder: Path) -> None:
    """Begin it again, as if it were new."""
    asyncio.run(_retry(folder, number))
    click.echo("It begins again.")


async def _retry(folder: Path, number: int) -> None:
    async with connected(folder) as (_settings, maker), transaction(maker) as session:
        await outbox.retry(session, number, None)


@jobs.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Kept with the row.")
@folder_option
def discard(number: int, reason: str, folder: Path) -> None:
    """Let it go for ever, and keep the reason."""
    asyncio.run(_discard(folder, number, reason))
    click.echo("It is let go.")


async def _discard(folder: Path, number: int, reason: str) -> None:
    async with connected(folder) as (_settings, maker), transaction(maker) as session:
        await outbox.discard(session, number, None, reason)
