"""`solidare match`: what the engine would do, and the weights that it learns."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from app.cli.servers import connected, folder_option
from app.db import SessionMaker, reading, transaction
from app.outbox import Job, JobRow, defer_once
from app.posts.rules import by_number
from app.proposals import actions, queries
from app.proposals.models import Plan, Shard, WeightsVersion
from app.proposals.rules import REGION
from app.proposals.rules.figures import Figures, is_few, read
from app.settings import Settings

LONGEST_SECONDS = 600
COLUMNS = ("needs", "served", "beside", "held", "waiting", "pressing_served", "proposals")


@click.group()
def match() -> None:
    """The matching engine: its plans and its weights."""


@match.command()
@folder_option
@click.option("--region", default=REGION, show_default=True, type=click.Choice([REGION]))
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--json", "as_json", is_flag=True, help="For programs; counts under five are null.")
def plan(folder: Path, region: str, dry_run: bool, as_json: bool) -> None:
    """Balance everything open in a region anew, or show what that would change."""
    if dry_run:
        _tell_plan(asyncio.run(_draw(folder, region)), as_json=as_json)
    else:
        _tell_shards(asyncio.run(_balance(folder, region)), as_json=as_json)


@match.command()
@folder_option
def fit(folder: Path) -> None:
    """Learn weights from the answers so far; they are used if they are no worse."""
    _tell_versions(asyncio.run(_fit(folder)))


@match.command()
@folder_option
@click.argument("version")
def adopt(folder: Path, version: str) -> None:
    """Use a version that was learnt."""
    _tell_versions(asyncio.run(_adopt(folder, version)))


@match.command()
@folder_option
def revert(folder: Path) -> None:
    """Go back to the version before."""
    _tell_versions(asyncio.run(_revert(folder)))


async def _draw(folder: Path, region: str) -> Plan:
    async with connected(folder) as (settings, maker):
        async with transaction(maker) as session:
            asked = (await actions.ask_plan(session, region)).id
        await _work(settings, maker, Job.DRAW_PLAN, [asked])
        async with reading(maker) as reader:
            return await reader.get_one(Plan, asked)


async def _balance(folder: Path, region: str) -> list[Shard]:
    async with connected(folder) as (settings, maker):
        async with transaction(maker) as session:
            shards = await actions.ask_balance(session, region)
        await _work(settings, maker, Job.BALANCE_SHARD, shards)
        async with reading(maker) as reader:
            return await queries.shards_of(reader, region)


async def _fit(folder: Path) -> list[WeightsVersion]:
    async with connected(folder) as (settings, maker):
        async with transaction(maker) as session:
            await defer_once(session, Job.FIT_WEIGHTS)
        await _work(settings, maker, Job.FIT_WEIGHTS, [0])
        async with reading(maker) as reader:
            return await queries.newest_versions(reader)


async def _adopt(folder: Path, version: str) -> list[WeightsVersion]:
    async with connected(folder) as (_settings, maker), transaction(maker) as session:
        await actions.adopt_weights(session, version)
        return await queries.newest_versions(session)


async def _revert(folder: Path) -> list[WeightsVersion]:
    async with connected(folder) as (_settings, maker), transaction(maker) as session:
        await actions.revert_weights(session)
        return await queries.newest_versions(session)


async def _work(settings: Settings, maker: SessionMaker, job: Job, refs: Sequence[int]) -> None:
    """Let the engine do it at once in a process of its own, or wait for the worker that does."""
    async with reading(maker) as reader:
        rows = select(JobRow.id).where(JobRow.kind == job.value, JobRow.ref.in_(refs))
        begun = list(await reader.scalars(rows.where(JobRow.done_at.is_(None))))
    command = [sys.executable, "-m", "workers.once", job.value, *map(str, refs)]
    process = await asyncio.create_subprocess_exec(*command, env=_environment(settings))
    if await process.wait() != 0:
        raise click.ClickException("The engine ended before it had an answer.")
    async with asyncio.timeout(LONGEST_SECONDS):
        while await _unfinished(maker, begun):  # noqa: ASYNC110 - rows of others raise no event
            await asyncio.sleep(0.2)


async def _unfinished(maker: SessionMaker, rows: Sequence[int]) -> bool:
    async with reading(maker) as reader:
        left = select(JobRow.id).where(
            JobRow.id.in_(rows), JobRow.done_at.is_(None), JobRow.dead_at.is_(None)
        )
        return bool((await reader.scalars(left)).all())


def _environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": settings.database.url.reveal(),
        "REDIS_URL": settings.redis_url.reveal(),
        "SOLIDARE_SECRET_KEY": settings.secret_key.reveal(),
        "SOLIDARE_ENVIRONMENT": settings.environment,
    }


def _tell_plan(drawn: Plan, *, as_json: bool) -> None:
    if drawn.figures is None:
        raise click.ClickException("The plan could not be drawn; the log says why.")
    figures = read(drawn.figures)
    if as_json:
        click.echo(json.dumps(_as_json(drawn, figures)))
        return
    table = Table("category", *(name.replace("_", " ") for name in COLUMNS), "proved")
    for one in figures.categories:
        counts = [_words(getattr(one, name)) for name in COLUMNS]
        table.add_row(by_number(one.category).code, *counts, "yes" if one.proved else "no")
    table.add_row("all", *(_words(figures.total(name)) for name in COLUMNS), "")
    console = Console()
    console.print(table)
    for title, name in (("why not", "reasons"), ("waited", "waits"), ("asked per offer", "loads")):
        counted = figures.added(name)
        console.print(f"{title}: " + ", ".join(f"{k} {_words(n)}" for k, n in counted.items()))


def _as_json(drawn: Plan, figures: Figures) -> dict[str, object]:
    def told(count: int) -> int | None:
        return None if is_few(count) else count

    return {
        "region": drawn.region,
        "drawn_at": drawn.drawn_at.isoformat() if drawn.drawn_at else None,
        "totals": {name: told(figures.total(name)) for name in COLUMNS},
        "reasons": {key: told(count) for key, count in figures.added("reasons").items()},
        "waits": {key: told(count) for key, count in figures.added("waits").items()},
        "loads": {key: told(count) for key, count in figures.added("loads").items()},
        "categories": [
            {
                "category": by_number(one.category).code,
                **{name: told(getattr(one, name)) for name in COLUMNS},
                "proved": one.proved,
            }
            for one in figures.categories
        ],
    }


def _tell_shards(shards: Sequence[Shard], *, as_json: bool) -> None:
    if as_json:
        told = [
            {
                "category": by_number(one.category).code,
                "proposed": one.written,
                "left": one.refused,
            }
            for one in shards
        ]
        click.echo(json.dumps(told))
        return
    table = Table("category", "proposed", "no longer held", "at")
    for one in shards:
        moment = f"{one.planned_at:%Y-%m-%d %H:%M:%S}" if one.planned_at else "never"
        table.add_row(by_number(one.category).code, str(one.written), str(one.refused), moment)
    Console().print(table)


def _tell_versions(versions: Sequence[WeightsVersion]) -> None:
    table = Table("version", "made", "log-loss", "ECE", "AUC", "state")
    for one in versions:
        state = "in use" if one.adopted_at and not one.retired_at else "not in use"
        auc = "" if one.auc is None else f"{one.auc:.3f}"
        figures = [f"{one.log_loss:.4f}", f"{one.ece:.4f}", auc]
        table.add_row(one.version, f"{one.created_at:%Y-%m-%d}", *figures, state)
    Console().print(table)
    if not any(one.adopted_at and not one.retired_at for one in versions):
        click.echo("In use: the weights set by hand.")


def _words(count: int) -> str:
    return "few" if is_few(count) else str(count)
