"""Leaving in four clicks without JavaScript, and what is left of somebody a week later."""

import asyncio
import re
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from redis import Redis
from sqlalchemy import select, update

from app import crypto
from app.accounts.models import Person
from app.cli.servers import connected
from app.db import SessionMaker, reading, transaction
from app.embedded.environment import read_environment
from app.outbox import Job, JobRow
from app.settings import Secret
from tests.app.rights.searching import places_of
from tests.journeys.traveller import Traveller

CLICKS = 4
WEEK = timedelta(days=7)
T = TypeVar("T")
NAME, MAIL = "Canarina", "canarina.leaves@example.org"


def arrive(traveller: Traveller) -> None:
    traveller.open("/en/sign-in")
    traveller.fill(re.compile("Phone number or e-mail"), MAIL)
    traveller.press(re.compile("Send"))
    traveller.fill(re.compile("code", re.IGNORECASE), traveller.code(MAIL, 60))
    traveller.press(re.compile("Continue"))
    traveller.fill(re.compile("name", re.IGNORECASE), NAME)
    traveller.choose(re.compile("18 or older"))
    traveller.press(re.compile("Continue"))


async def a_week_later(folder: Path) -> bool:
    """Move the person's seven days into the past; whether the worker has erased them by now."""
    async with connected(folder) as (_settings, maker):
        async with transaction(maker) as session:
            due = update(Person).where(Person.closing_at.is_not(None), Person.erased_at.is_(None))
            await session.execute(due.values(closing_at=Person.closing_at - WEEK))
            waits = JobRow.kind == Job.ERASE_PERSON.value
            await session.execute(update(JobRow).where(waits).values(run_after=JobRow.created_at))
        return await _erased(maker)


async def _erased(maker: SessionMaker) -> bool:
    end = time.monotonic() + 60
    gone = select(Person.id).where(Person.erased_at.is_not(None))
    while time.monotonic() < end:
        async with reading(maker) as reader:
            if await reader.scalar(gone) is not None:
                return True
        await asyncio.sleep(0.2)
    return False


async def in_database(folder: Path) -> dict[str, set[str]]:
    async with connected(folder) as (_settings, maker), transaction(maker) as session:
        return await places_of(session, (NAME, MAIL))


def run(work: Coroutine[object, object, T]) -> T:
    """In a thread of its own: while the browser is driven, this one has a loop already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def in_files(folder: Path) -> list[str]:
    """Letters, logs, the ledger's folder; the server's own pages are vacuumed in their time."""
    return [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and not path.relative_to(folder).as_posix().startswith(("postgres/data", "valkey"))
        and any(word.encode() in path.read_bytes() for word in (NAME, MAIL))
    ]


def in_queue(folder: Path) -> list[bytes]:
    queue = Redis.from_url(read_environment(folder)["REDIS_URL"])
    with queue:
        keys = list(queue.scan_iter())
        held = [queue.dump(key) or b"" for key in keys]
    return [one for one in (*keys, *held) if NAME.encode() in one or MAIL.encode() in one]


def test_leaving_takes_four_clicks_and_leaves_nothing(
    travel: Callable[[str], Traveller], platform_folder: Path
) -> None:
    somebody = travel("en")
    arrive(somebody)
    environment = read_environment(platform_folder)
    crypto.keyring.open(Secret(environment["SOLIDARE_SECRET_KEY"]))
    assert all(run(in_database(platform_folder)).values()), "the control finds nothing"
    assert in_files(platform_folder), "the control finds no letter"
    somebody.open("/en/")
    somebody.restart_count()
    somebody.follow("My account")
    somebody.follow("Erase my account")
    somebody.press("Erase my account")
    assert "Nobody sees you any more" in somebody.text
    assert somebody.sees("Keep my account")
    assert somebody.cost.clicks <= CLICKS, somebody.cost
    assert run(a_week_later(platform_folder))
    assert not any(run(in_database(platform_folder)).values())
    assert in_files(platform_folder) == []
    assert in_queue(platform_folder) == []
    somebody.open("/en/account")
    assert "Sign in" in somebody.text


@pytest.mark.parametrize("path", ["/en/account/data", "/en/account/erase"])
def test_a_stranger_signs_in_first(travel: Callable[[str], Traveller], path: str) -> None:
    stranger = travel("en")
    stranger.open(path)
    assert "/en/sign-in" in stranger.page.url
