"""`solidare ledger`: checking, sealing and handing out the solidarity ledger."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import click

from app.cli.servers import connected, folder_option
from app.db import ReadSession, SessionMaker, reading, transaction
from app.exchanges import queries as exchanges
from app.exchanges.queries import Mismatch
from app.ledger import actions, queries
from app.ledger.queries import Verification, WitnessFacts
from app.ledger.rules import note
from app.settings import Settings


@click.group()
def ledger() -> None:
    """The solidarity ledger."""


@ledger.command()
@folder_option
def verify(folder: Path) -> None:
    """Recompute everything; exit 1 where an entry, its place or a signature does not fit."""
    found, problems = asyncio.run(_check(folder))
    click.echo(f"entries  {found.entries}, of which {found.sealed} are sealed")
    click.echo(f"root     {found.root.hex()}")
    for problem in problems:
        click.echo(f"PROBLEM  {problem}")
    if problems:
        raise SystemExit(1)
    click.echo("Every entry is sound and belongs to one completed exchange.")


def _problems(found: Verification) -> list[str]:
    problems = [f"entry {number} is broken" for number in found.broken]
    if found.unplaced:
        problems.append(f"{found.unplaced} entries neither wait nor stand in the tree")
    return problems + found.faults


def _mismatches(mismatch: Mismatch) -> list[str]:
    return [
        *(f"exchange {code} is completed without an entry" for code in mismatch.missing),
        *(f"entry {number} has no completed exchange" for number in mismatch.orphans),
    ]


async def _check(folder: Path) -> tuple[Verification, list[str]]:
    async with connected(folder) as (_settings, maker), reading(maker) as reader:
        return await check_everything(reader)


async def check_everything(reader: ReadSession) -> tuple[Verification, list[str]]:
    """The full recomputation, and a sentence for each thing that does not fit."""
    found = await queries.verify(reader)
    mismatch = await exchanges.ledger_mismatch(reader)
    return found, [*_problems(found), *_mismatches(mismatch)]


@ledger.command()
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
@folder_option
def export(target: Path, folder: Path) -> None:
    """Write all that an outsider needs to check the ledger into an empty folder."""
    if target.exists() and any(target.iterdir()):
        raise click.ClickException(f"{target} is not empty.")
    size = asyncio.run(_export(folder, target))
    click.echo(f"{size} entries. Check them: python check_ledger.py folder {target}")


async def _export(folder: Path, target: Path) -> int:
    async with connected(folder) as (_settings, maker), reading(maker) as reader:
        return await write_export(reader, target)


async def write_export(reader: ReadSession, target: Path) -> int:
    """Write keys, checkpoints and entries into an empty folder; how many entries."""
    held = await _held(reader)
    (target / "checkpoints").mkdir(parents=True)
    for sealed in held.checkpoints:
        (target / "checkpoints" / str(sealed.checkpoint.size)).write_text(sealed.note)
    newest = held.checkpoints[-1]
    (target / "checkpoint").write_text(newest.note)
    (target / "key").write_text(f"{held.key}\n")
    (target / "witnesses").write_text("".join(f"{one.key}\n" for one in held.witnesses))
    with (target / "entries").open("wb") as file:
        async for raw in queries.canonical_bytes(reader, held.log_id, newest.checkpoint.size):
            file.write(raw + b"\n")
    return newest.checkpoint.size


@dataclass(frozen=True)
class _Held:
    log_id: int
    key: str
    checkpoints: list[queries.Sealed]
    witnesses: list[WitnessFacts]


async def _held(reader: ReadSession) -> _Held:
    log = await queries.current_log(reader)
    sizes = await queries.sizes_signed(reader, log.id) if log else []
    if log is None or not sizes:
        raise click.ClickException("Nothing is sealed yet. Seal first: solidare ledger seal")
    found = [await queries.checkpoint_at(reader, log.id, size) for size in sizes]
    checkpoints = [sealed for sealed in found if sealed is not None]
    return _Held(
        log.id, str(queries.key_of(log.origin)), checkpoints, await queries.witnesses(reader)
    )


@ledger.command()
@folder_option
def seal(folder: Path) -> None:
    """Give waiting entries their place and sign the tree now, not at the next hour."""
    signed = asyncio.run(_seal(folder))
    click.echo(signed or "There is no entry yet.", nl=not signed)


async def _seal(folder: Path) -> str | None:
    async with connected(folder) as (settings, maker):
        await _place_all(settings, maker)
        async with transaction(maker) as session:
            return await actions.sign_checkpoint(session)


async def _place_all(settings: Settings, maker: SessionMaker) -> None:
    placed = 1
    while placed:
        async with transaction(maker) as session:
            placed = await actions.take_places(session, settings.ledger_origin)


@ledger.command("begin-again")
@click.option("--reason", required=True, help="Published with the new tree.")
@click.option("--checkpoint", type=click.File(), required=True, help="The last one kept outside.")
@folder_option
def begin_again(reason: str, checkpoint: TextIO, folder: Path) -> None:
    """After a fork: end the tree and begin a new one that quotes the last checkpoint."""
    origin = asyncio.run(_begin_again(folder, reason, checkpoint.read()))
    click.echo(f"The ledger continues as {origin}. Tell every witness why.")


async def _begin_again(folder: Path, reason: str, held: str) -> str:
    async with connected(folder) as (settings, maker), transaction(maker) as session:
        before = await queries.current_log(session)
        origin = f"{settings.ledger_origin}/{before.id + 1 if before else 1}"
        await actions.begin_again(session, origin, reason, held)
        return origin


@ledger.group()
def witness() -> None:
    """Organisations that keep checkpoints outside."""


@witness.command("add")
@click.argument("key")
@click.option("--holder", required=True, help="Who runs it, shown on the ledger's page.")
@folder_option
def add(key: str, holder: str, folder: Path) -> None:
    """Accept signatures made with this key (name+id+base64)."""
    asyncio.run(_add(folder, key, holder))


async def _add(folder: Path, key: str, holder: str) -> None:
    async with connected(folder) as (_settings, maker), transaction(maker) as session:
        try:
            await actions.add_witness(session, key, holder)
        except note.NoteError as error:
            raise click.ClickException(str(error)) from error


@witness.command("remove")
@click.argument("name")
@folder_option
def remove(name: str, folder: Path) -> None:
    """Accept no more signatures of this witness; what it signed stays."""
    asyncio.run(_remove(folder, name))


async def _remove(folder: Path, name: str) -> None:
    async with connected(folder) as (_settings, maker), transaction(maker) as session:
        await actions.remove_witness(session, name)


@witness.command("list")
@folder_option
def list_witnesses(folder: Path) -> None:
    """Who holds checkpoints, and how far each has signed."""
    for one in asyncio.run(_list(folder)):
        sys.stdout.write(f"{one.name}\t{one.holder}\t{one.size or 0}\t{one.key}\n")


async def _list(folder: Path) -> list[WitnessFacts]:
    async with connected(folder) as (_settings, maker), reading(maker) as reader:
        return await queries.witnesses(reader)
