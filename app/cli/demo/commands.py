"""`solidare demo`: fill a town, live a day in it, empty it again."""

import asyncio
import json
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click
import pyotp
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import func, select

from app.cli.demo.authenticator import SECRET, give_apps
from app.cli.demo.cast import ORGANISATION
from app.cli.demo.people import personas
from app.cli.demo.play.browser import StoryError
from app.cli.demo.play.cast import FEWEST_PEOPLE
from app.cli.demo.play.stage import STORIES, Told, play_day, running
from app.cli.demo.reset import empty_tables
from app.cli.demo.seed import FEWEST_POSTS, fixed, seed_town
from app.cli.servers import connected, folder_option
from app.db import transaction
from app.embedded import CannotStart
from app.posts.models import Post

console = Console(stderr=True)

WORKS_AS = {
    "fatou": f"caseworker, {ORGANISATION}",
    "nadia": f"administrator, {ORGANISATION}",
    "claire": "moderator",
    "hilde": "coordinator",
}


@click.group()
def demo() -> None:
    """A believable town to look around in; nobody in it exists."""


@demo.command()
@click.option("--posts", default=2000, show_default=True, type=click.IntRange(FEWEST_POSTS))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(1, 9999))
@folder_option
def seed(posts: int, seed: int, folder: Path) -> None:
    """Fill Brussels with people, needs, offers and what came of them."""
    made, total = asyncio.run(_seed(folder, posts, seed))
    if made:
        console.print(f"The town of seed {seed} stands: {total} posts in the database.")
    else:
        console.print(
            f"The town of seed {seed} is there already: {total} posts. Nothing was added."
        )
    console.print(_sign_in_table())
    console.print("Sign in with the contact; the code arrives at /mailbox.")
    console.print(
        "Who works there takes a second step: its code is printed by `solidare demo code`,"
        f" or by an authenticator app with the key {SECRET}."
    )


@demo.command()
def code() -> None:
    """Print the code of this half minute for the second step of those who work in the demo."""
    click.echo(pyotp.TOTP(SECRET).now())


@demo.command()
@click.option("--yes", is_flag=True, help="Yes, everything in this database may go.")
@folder_option
def reset(yes: bool, folder: Path) -> None:
    """Remove every row, of the demo and of everybody; never in production."""
    if not yes:
        raise click.ClickException("Everything in the database would go. Add --yes to do it.")
    asyncio.run(_reset(folder))
    console.print("The database is empty.")


@demo.command()
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on stdout.")
@click.option("--story", default="day", show_default=True, type=click.Choice(sorted(STORIES)))
@click.option("--people", default=20, show_default=True, type=click.IntRange(FEWEST_PEOPLE, 200))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(1, 9999))
@folder_option
def play(as_json: bool, story: str, people: int, seed: int, folder: Path) -> None:
    """Live a day on the real platform; fails where something of it did not come true."""
    lived = partial(play_day, story=story, people=people, seed=seed, say=console.print)
    try:
        with running(folder, console.print) as settings:
            tally = asyncio.run(lived(settings))
    except (CannotStart, StoryError) as reason:
        raise click.ClickException(str(reason)) from reason
    if as_json:
        click.echo(json.dumps(asdict(tally)))
    else:
        console.print(_tally_table(tally))
    if not tally.is_good:
        raise click.ClickException("Something of the day is missing, or the ledger differs.")


async def _seed(folder: Path, posts: int, seed: int) -> tuple[bool, int]:
    async with connected(folder) as (settings, maker):
        with _progress() as progress:
            task = progress.add_task("Posts", total=posts)
            async with transaction(maker) as session:
                made = await seed_town(
                    session, count=posts, seed=seed, step=lambda n: progress.advance(task, n)
                )
                total = await session.scalar(select(func.count()).select_from(Post)) or 0
                if not settings.is_production:
                    await give_apps(session, _who_works())
        return made, total


async def _reset(folder: Path) -> None:
    async with connected(folder) as (settings, maker):
        if settings.is_production:
            raise click.ClickException("This is a production database: it is not emptied.")
        async with transaction(maker) as session:
            await empty_tables(session)


def _who_works() -> list[str]:
    people = personas(fixed())
    return [people[key].contact for key in WORKS_AS]


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


def _tally_table(tally: Told) -> Table:
    table = Table("The day", "")
    for name, value in asdict(tally).items():
        table.add_row(name.replace("_", " "), str(value))
    return table


def _sign_in_table() -> Table:
    table = Table("Who", "Signs in with", "Pages in", "Is")
    for key, person in personas(fixed()).items():
        table.add_row(person.name, person.contact, person.language, WORKS_AS.get(key, ""))
    return table
