"""The hourly job signs and hands out; after a restore it refuses; the nightly one counts."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from app.db import SessionMaker, transaction
from app.ledger.models import Check, SignedCheckpoint
from app.ledger.rules import note
from app.outbox import Job, JobRow
from app.settings import LedgerSettings, Settings
from tests.app.ledger.test_ledger import write
from tests.app.ledger.test_sealing import tamper
from workers.jobs import JOBS
from workers.protocol import Tools, run


def tools_with(settings: Settings, maker: SessionMaker, folder: Path) -> Tools:
    return Tools(replace(settings, ledger=LedgerSettings(copy_folder=folder)), maker)


async def do(tools: Tools, job: Job) -> JobRow:
    async with transaction(tools.maker) as session:
        row = JobRow(kind=job.value, ref=0)
        session.add(row)
        await session.flush()
    await run(JOBS[job], {"tools": tools}, row.id, 0)
    async with transaction(tools.maker) as session:
        return await session.get_one(JobRow, row.id)


async def record(maker: SessionMaker, entries: int) -> None:
    async with transaction(maker) as session:
        for _ in range(entries):
            await write(session)


async def test_signed_every_hour_kept_outside_and_asked_for_again(
    settings: Settings, maker: SessionMaker, tmp_path: Path
) -> None:
    tools = tools_with(settings, maker, tmp_path)
    await record(maker, 3)
    assert (await do(tools, Job.SEAL_LEDGER)).done_at is not None
    await record(maker, 2)
    assert (await do(tools, Job.SEAL_LEDGER)).done_at is not None
    kept = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert kept == ["3", "5"]
    assert note.read_text((tmp_path / "checkpoint").read_text()).size == 5
    async with transaction(maker) as session:
        waiting = select(func.count()).where(JobRow.kind == "seal_ledger", JobRow.starts == 0)
        assert await session.scalar(waiting) == 1


async def test_a_restored_database_signs_nothing_behind_what_was_published(
    settings: Settings, maker: SessionMaker, tmp_path: Path
) -> None:
    tools = tools_with(settings, maker, tmp_path)
    await record(maker, 5)
    await do(tools, Job.SEAL_LEDGER)
    await tamper(maker, "DELETE FROM ledger_leaf WHERE index > 2")
    await tamper(maker, "DELETE FROM ledger_checkpoint")
    refused = await do(tools, Job.SEAL_LEDGER)
    assert (refused.done_at, refused.error_code) == (None, "ForkError")
    # Control: without what is kept outside, the shorter history would be signed.
    assert (await do(tools_with(settings, maker, tmp_path / "empty"), Job.SEAL_LEDGER)).done_at
    async with transaction(maker) as session:
        assert await session.scalar(select(SignedCheckpoint.size)) == 3


async def test_the_nightly_check_counts_what_does_not_fit(
    settings: Settings, maker: SessionMaker, tmp_path: Path
) -> None:
    tools = tools_with(settings, maker, tmp_path)
    await record(maker, 2)
    await do(tools, Job.SEAL_LEDGER)
    await do(tools, Job.CHECK_LEDGER)
    await tamper(maker, "UPDATE ledger_entry SET canonical = canonical || ' ' WHERE id = 1")
    await do(tools, Job.CHECK_LEDGER)
    async with transaction(maker) as session:
        checks = list(await session.scalars(select(Check).order_by(Check.id)))
    assert [(one.entries, one.problems > 0) for one in checks] == [(2, False), (2, True)]
