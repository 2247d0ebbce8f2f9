"""One run: start the platform, put load on it, hurt it by the seed, let it settle, look."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

from sqlalchemy import func, select, text

from app.cli.supervisor import own_command
from app.db import reading
from app.embedded import read_environment
from tests.faults.calm import Calm, until_ready
from tests.faults.history import History
from tests.faults.injections import INJECTIONS, Inject, drawn, fill_disk
from tests.faults.invariants import breaches, unsettled
from tests.faults.kinds import COUNTED
from tests.faults.report import Injected, Report
from tests.faults.stand import Standing, standing

READY_WITHIN = 60.0
SETTLED_WITHIN, LETTERS_WITHIN, WRITES_WITHIN = 15.0, 45.0, 5.0
LOOK_LONGER = 4
FULL_LENGTH_MINUTES = 5.0
SHORTEST_SCALE = 0.2
SOONER = 2.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Wishes:
    """How long, how hard, in which order, and with which control instead of the real thing."""

    minutes: float
    seed: int
    at_once: int = 6
    order: Sequence[Inject] = ()
    words: Sequence[str] = ()
    patience: float = 1  # how much slower this machine may be than the targets say

    @property
    def scale(self) -> float:
        """Short runs have shorter outages."""
        return min(1.0, max(SHORTEST_SCALE, self.minutes / FULL_LENGTH_MINUTES))


@dataclass
class Run:
    wishes: Wishes
    platform: Standing
    report: Report
    say: Say
    began: float = field(default_factory=time.monotonic)
    calm: Calm = field(default_factory=Calm)

    async def live(self) -> Report:
        load = asyncio.create_task(self.platform.load.run())
        await asyncio.sleep(SOONER)
        await self._hurt()
        last, moment = time.monotonic(), await self._database_now()
        self.platform.load.may_begin = False
        await self._settle(last, moment)
        await load
        self.calm.end()
        await self._seal()
        self.report.breaches += dict.fromkeys(self.calm.broken_by(self.platform.history.failures))
        async with reading(self.platform.maker) as reader:
            self.report.breaches += await breaches(reader, self.platform.history)
        await self._count()
        return self.report

    async def _hurt(self) -> None:
        target = self.platform.target
        allowed = dict(INJECTIONS)
        if not target.small_disk:
            del allowed[fill_disk]
            self.report.not_injected["disk full"] = "this user may not mount a small disk"
        self.report.not_injected["a jump of the machine's own clock"] = (
            "it would hit everybody here; the clocks of worker processes jump instead"
        )
        # Everything once, in an order of the seed; then by chance.
        order = list(self.wishes.order) or target.random.sample(list(allowed), len(allowed))
        until = self.began + self.wishes.minutes * 60
        while order or (time.monotonic() < until and not self.wishes.order):
            await self._inject(order.pop(0) if order else drawn(target.random, allowed))
            await asyncio.sleep(target.random.uniform(0.2, 1.5))
            if time.monotonic() > until:
                break
        self.report.kills = dict(target.kills)

    async def _inject(self, inject: Inject) -> None:
        self.calm.end()
        began = time.monotonic()
        what = await inject(self.platform.target)
        healed = time.monotonic()
        ready = await until_ready(self.platform.settings.public_url, READY_WITHIN)
        written = await _until_written(self.platform.history, healed)
        found = Injected(
            at=round(began - self.began, 1),
            what=what,
            lasted=round(healed - began, 1),
            ready_after=None if ready is None else round(ready - healed, 2),
            writes_after=None if written is None else round(written - healed, 2),
        )
        self.report.injected.append(found)
        self.say(f"{found.at:6.1f} s  {what}: ready after {found.ready_after} s")
        if ready is None:
            self.report.breaches.append(f"Not ready {READY_WITHIN:.0f} s after: {what}")
        else:
            self.calm.begin(ready)

    async def _database_now(self) -> datetime:
        async with reading(self.platform.maker) as reader:
            moment: datetime = (await reader.execute(select(func.now()))).scalar_one()
        return moment

    async def _settle(self, last: float, moment: datetime) -> None:
        """All work asked for before the last fault ended is done in time; then the letters."""
        for name, letters, within in (
            ("settled after the last fault, s", False, SETTLED_WITHIN),
            ("letters sent after the last fault, s", True, LETTERS_WITHIN),
        ):
            found, still = None, list[str]()
            while time.monotonic() < last + within * LOOK_LONGER:
                async with reading(self.platform.maker) as reader:
                    now = await unsettled(reader, moment, letters=letters)
                if not now:
                    found = round(time.monotonic() - last, 1)
                    break
                still = now
                await asyncio.sleep(0.1)
            self.report.figures[name] = found
            if found is None or found > within * self.wishes.patience:
                self.report.breaches.append(
                    f"{name}: {found}, not within {within:.0f}: {still[:5]}"
                )

    async def _seal(self) -> None:
        """As an operator would: what waits gets its place in the tree before anybody looks."""
        environment = {**os.environ, **read_environment(self.platform.target.folder)}
        done = await asyncio.to_thread(
            subprocess.run,
            own_command("ledger", "seal"),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            self.report.breaches.append(f"The ledger could not be sealed: {done.stderr[-300:]}")

    async def _count(self) -> None:
        history, load, figures = self.platform.history, self.platform.load, self.report.figures
        async with reading(self.platform.maker) as reader:
            row = (await reader.execute(text(_COUNTS), {"kind": COUNTED.value})).one()
        figures.update({name: float(value) for name, value in row._mapping.items()})
        figures["flows of the main job and races"] = load.flows
        figures["beds given in races"] = len(load.beds_given)
        figures["small jobs acknowledged"] = len(history.jobs)
        figures["answers"] = sum(history.statuses.values())
        figures["lines broken"] = history.broken_lines
        figures["honest 503"] = sum(one.is_honest for one in history.failures)
        figures["other 5xx"] = sum(not one.is_honest for one in history.failures)
        figures["requests repeated under their key"] = history.repeats
        back = [
            one.writes_after
            for one in self.report.injected
            if "PostgreSQL" in one.what and "kill" in one.what and one.writes_after is not None
        ]
        figures["writes back after kill -9 of PostgreSQL, slowest, s"] = max(back, default=None)
        figures["writes back after kill -9 of PostgreSQL, median, s"] = (
            sorted(back)[len(back) // 2] if back else None
        )
        if max(back, default=0) > WRITES_WITHIN * self.wishes.patience:
            self.report.breaches.append(f"Writes were back only after {max(back)} s")


_COUNTS = """
    SELECT (SELECT count(*) FROM job WHERE done_at IS NOT NULL) "jobs done",
    (SELECT count(*) FROM job WHERE dead_at IS NOT NULL) "jobs given up (the poison)",
    (SELECT count(*) FROM job WHERE starts > 1) "jobs begun more than once",
    (SELECT count(*) FROM job WHERE kind = :kind AND done_at IS NOT NULL) "small jobs done",
    (SELECT count(*) FROM exchange) "exchanges",
    (SELECT count(*) FROM exchange WHERE completed_at IS NOT NULL) "exchanges completed",
    (SELECT count(*) FROM ledger_leaf) "leaves"
"""


async def _until_written(history: History, moment: float) -> float | None:
    """When the first write that began after this moment was acknowledged."""
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        came = history.first_write_begun_after(moment)
        if came is not None:
            return came
        await asyncio.sleep(0.05)
    return None


async def run(wishes: Wishes, folder: Path, say: Say) -> Report:
    report = Report(wishes.seed, wishes.minutes)
    random = Random(wishes.seed)  # noqa: S311 - repeatable, not secret
    say("Starting the platform…")
    compile_it = "from workers.engine import warm_up; warm_up()"
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", compile_it], check=True)
    async with standing(
        folder, random, at_once=wishes.at_once, scale=wishes.scale, words=wishes.words
    ) as platform:
        say(f"It is ready at {platform.settings.public_url}.")
        return await Run(wishes, platform, report, say).live()
