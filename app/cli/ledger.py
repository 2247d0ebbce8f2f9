"""`solidare ledger`: checking the solidarity ledger against itself and against the exchanges."""

import asyncio
from pathlib import Path

import click

from app.cli.servers import connected, folder_option
from app.db import reading
from app.exchanges import queries as exchanges
from app.exchanges.queries import Mismatch
from app.ledger import queries
from app.ledger.queries import Verification


@click.group()
def ledger() -> None:
    """The solidarity ledger."""


@ledger.command()
@folder_option
def verify(folder: Path) -> None:
    """Recompute every entry; exit 1 where one is broken, missing or without its exchange."""
    found, mismatch = asyncio.run(_check(folder))
    click.echo(f"entries  {found.entries}")
    click.echo(f"root     {found.root.hex()}")
    problems = [f"entry {number} is broken" for number in found.broken]
    problems += [f"exchange {code} is completed without an entry" for code in mismatch.missing]
    problems += [f"entry {number} has no completed exchange" for number in mismatch.orphans]
    for problem in problems:
        click.echo(f"PROBLEM  {problem}")
    if problems:
        raise SystemExit(1)
    click.echo("Every entry is sound and belongs to one completed exchange.")


async def _check(folder: Path) -> tuple[Verification, Mismatch]:
    async with connected(folder) as (_settings, maker), reading(maker) as reader:
        return await queries.verify(reader), await exchanges.ledger_mismatch(reader)
