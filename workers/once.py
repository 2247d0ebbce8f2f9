"""`python -m workers.once KIND REF ...` does waiting work of one kind at once, in this process.

For commands whose caller waits. A worker that was faster has done it: then nothing is left here.
"""

import asyncio
import sys
from collections.abc import Sequence

from app import outbox
from app.crypto import keyring
from app.db import create_engine, reading, session_maker
from app.logs import configure_logs
from app.outbox import Job
from app.settings import read_settings
from workers.jobs import JOBS
from workers.protocol import Tools, run


async def do_now(job: Job, refs: Sequence[int]) -> None:
    """Every waiting row of this kind about one of these, one after the other."""
    settings = read_settings()
    keyring.open(settings.secret_key)
    configure_logs(settings)
    engine = create_engine(settings.database, at_work=True)
    maker = session_maker(engine, letters_at_once=settings.mail.at_once)
    try:
        async with reading(maker) as reader:
            rows = await outbox.waiting(reader, job, refs)
        for job_id, starts in rows:
            await run(JOBS[job], {"tools": Tools(settings, maker)}, job_id, starts)
    finally:
        await engine.dispose()


if __name__ == "__main__":
    asyncio.run(do_now(Job(sys.argv[1]), [int(ref) for ref in sys.argv[2:]]))
