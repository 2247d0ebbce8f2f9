"""Two acts that wait for each other: one is undone by the database, and done again unnoticed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Litestar, Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import func, select, text

from app import outbox
from app.db import Session, SessionMaker, reading
from app.main import create_app
from app.outbox import Job, JobRow
from app.settings import Settings
from app.web import again
from app.web.access import PUBLIC
from app.web.answers import flash, see_other
from app.web.forms import read_form
from tests.conftest import new_client
from tests.factories.accounts import csrf_token

LOSE = "DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '{}'; END $$"


@pytest.fixture
async def told() -> list[str]:
    """What each attempt read of the form."""
    return []


@pytest.fixture
async def contended(settings: Settings, told: list[str]) -> AsyncIterator[Litestar]:
    """A platform with two pages at which acts get in each other's way."""
    both = asyncio.Barrier(2)

    @post("/loses/{why:str}/{times:int}", opt=PUBLIC)
    async def loses(
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        why: FromPath[str],
        times: FromPath[int],
    ) -> Redirect:
        told.append(str((await read_form(request))["words"]))
        await outbox.defer(session, Job.TIDY_POSTS, 0)
        flash(told[-1])
        if len(told) <= times:
            await session.execute(text(LOSE.format(why)))
        return see_other("/report")

    @post("/crosses/{first:int}/{second:int}", opt=PUBLIC)
    async def crosses(
        session: NamedDependency[Session], first: FromPath[int], second: FromPath[int]
    ) -> Redirect:
        told.append(f"{first} before {second}")
        lock = text("SELECT pg_advisory_xact_lock(:key)")
        await session.execute(lock, {"key": first})
        if len(told) <= 2:
            await both.wait()
        await session.execute(lock, {"key": second})
        await outbox.defer(session, Job.TIDY_POSTS, 0)
        return see_other("/report")

    app = create_app(settings)
    app.register(loses)
    app.register(crosses)
    yield app
    await app.state.maker.kw["bind"].dispose()


async def send(app: Litestar, path: str) -> httpx.Response:
    async with new_client(app) as client:
        token = csrf_token((await client.get("/en/report")).text)
        data = {"_csrf_token": token, "_key": "k" * 32, "words": "once"}
        return await client.post(f"/en{path}", data=data)


async def effects(maker: SessionMaker) -> int:
    async with reading(maker) as reader:
        return await reader.scalar(select(func.count()).select_from(JobRow)) or 0


@pytest.mark.parametrize(("state", "tries"), [("40001", 5), ("40P01", 5), ("55P03", 2)])
async def test_an_act_that_lost_is_done_again_from_its_first_byte(
    contended: Litestar, maker: SessionMaker, told: list[str], state: str, tries: int
) -> None:
    answer = await send(contended, f"/loses/{state}/{tries - 1}")
    assert answer.status_code == 303
    assert told == ["once"] * tries
    assert await effects(maker) == 1
    flashed = [one for one in answer.headers.get_list("set-cookie") if one.startswith("flash=")]
    assert len(flashed) == 1
    async with new_client(contended) as client:
        counted = (await client.get("/metrics")).text
    assert f'solidare_acts_again_total{{state="{state}"}}' in counted


async def test_what_loses_for_ever_is_told_to_come_later(
    contended: Litestar, maker: SessionMaker, told: list[str]
) -> None:
    answer = await send(contended, "/loses/40P01/99")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert len(told) == again.MOST["40P01"]
    assert await effects(maker) == 0


async def test_other_failures_are_not_tried_again(contended: Litestar, told: list[str]) -> None:
    assert (await send(contended, "/loses/22012/1")).status_code == 500
    assert told == ["once"]


async def cross(app: Litestar) -> list[int]:
    ways = ("/crosses/1/2", "/crosses/2/1")
    return sorted([one.status_code for one in await asyncio.gather(*(send(app, w) for w in ways))])


async def test_two_that_wait_for_each_other_both_arrive(
    contended: Litestar, maker: SessionMaker, told: list[str]
) -> None:
    assert await cross(contended) == [303, 303]
    assert len(told) == 3
    assert await effects(maker) == 2


async def test_without_another_try_one_of_them_is_refused(
    contended: Litestar, maker: SessionMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The naive control."""
    monkeypatch.setattr(again, "MOST", {})
    assert await cross(contended) == [303, 503]
    assert await effects(maker) == 1
