"""Signing the ledger, and keeping each signature where the database cannot reach it."""

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx
import structlog

from app import outbox
from app.ledger import actions as ledger
from app.ledger import queries
from app.ledger.rules import note
from app.outbox import Job
from app.settings import LedgerSettings
from workers.protocol import Task

log = structlog.get_logger()

NEWEST = "checkpoint"
PATIENCE_SECONDS = 5
CHECK_EVERY = timedelta(days=1)


async def seal_ledger(task: Task) -> None:
    """Place what waits, sign what was read back, and hand the signature out."""
    settings = task.tools.settings
    held = await held_outside(settings.ledger)
    placed = 1
    while placed:
        async with task.before() as session:
            placed = await ledger.take_places(session, settings.ledger_origin)
    async with task.before() as session:
        signed = await ledger.sign_checkpoint(session, held)
    await asyncio.to_thread(keep_outside, settings.ledger, signed)
    async with task.effect() as session:
        again = timedelta(minutes=settings.ledger.seal_minutes)
        await outbox.defer_once(session, Job.SEAL_LEDGER, after=again)


async def check_ledger(task: Task) -> None:
    """Recompute everything once a night; whatever does not fit raises an alarm."""
    async with task.reading() as reader:
        found = await queries.verify(reader)
    if found.problems:
        log.error("ledger_broken", problems=found.problems, entries=found.entries)
    async with task.effect() as session:
        await ledger.note_check(session, found)
        await outbox.defer_once(session, Job.CHECK_LEDGER, after=CHECK_EVERY)


async def held_outside(settings: LedgerSettings) -> list[str]:
    """The newest checkpoints that others keep; nothing is signed while one of them is silent."""
    held = await asyncio.to_thread(_kept_here, settings.copy_folder)
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        for address in settings.copies:
            answer = await client.get(address)
            answer.raise_for_status()
            held.append(answer.text)
    return held


def _kept_here(folder: Path | None) -> list[str]:
    newest = folder / NEWEST if folder else None
    return [newest.read_text()] if newest and newest.exists() else []


def keep_outside(settings: LedgerSettings, signed: str | None) -> None:
    """Write a signed checkpoint beside the others; a crash leaves the old file or the new one."""
    if settings.copy_folder is None or signed is None:
        return
    folder = settings.copy_folder / "checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / str(note.read_text(signed).size)
    for path in (kept, settings.copy_folder / NEWEST):
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(signed)
        fresh.replace(path)
