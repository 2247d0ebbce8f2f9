"""`solidare retention` and `solidare erasures`: what is kept no longer, and who is gone."""

import asyncio
from pathlib import Path

import click

from app import erasures as outside
from app.accounts import actions as accounts
from app.cli.servers import connected, folder_option
from app.db import reading, transaction
from app.exchanges import actions as exchanges
from app.moderation import actions as moderation
from app.posts import actions as posts
from app.rights import actions
from app.rights.rules.retention import fixed_terms

SWEEPS = (
    posts.tidy_posts,
    exchanges.tidy_exchanges,
    accounts.tidy_accounts,
    moderation.tidy_reports,
    actions.keep_terms,
)


@click.group()
def retention() -> None:
    """What is kept, and until when."""


@retention.command("run")
@folder_option
def run_retention(folder: Path) -> None:
    """Carry out the terms now, instead of within the hour."""
    asyncio.run(_run_retention(folder))
    click.echo(f"Done: {len(fixed_terms())} terms by the clock, and those with rules of their own.")


async def _run_retention(folder: Path) -> None:
    async with connected(folder) as (_settings, maker):
        for act in SWEEPS:
            async with transaction(maker) as session:
                await act(session)


@click.group()
def erasures() -> None:
    """People who were erased, as a list of numbers outside the database."""


@erasures.command("apply")
@folder_option
def apply_erasures(folder: Path) -> None:
    """After a restore: erase again whoever is on the list, before anybody comes in."""
    found, gone = asyncio.run(_apply(folder))
    click.echo(f"{found} on the list, {gone} of them were here and are erased again.")


async def _apply(folder: Path) -> tuple[int, int]:
    async with connected(folder) as (settings, maker):
        gone = await actions.apply_list(maker, settings.erasure_list)
        return len(outside.listed(settings.erasure_list)), gone


@erasures.command()
@folder_option
def check(folder: Path) -> None:
    """Say how many lines of the list this database has not carried out; exit 1 where any."""
    missing = asyncio.run(_missing(folder))
    click.echo(f"{missing} not carried out." if missing else "Everything is carried out.")
    raise SystemExit(1 if missing else 0)


async def _missing(folder: Path) -> int:
    async with connected(folder) as (settings, maker), reading(maker) as reader:
        return len(await outside.missing(reader, settings.erasure_list))
