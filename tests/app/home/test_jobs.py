"""Work that was given up is seen by the operator alone, begun again or let go with a reason."""

import httpx
import pytest
from sqlalchemy import func

from app import outbox
from app.accounts.actions import grant
from app.accounts.rules import Role
from app.db import SessionMaker, transaction
from app.errors import NotFoundError
from app.outbox import Job, JobRow
from tests.conftest import SignIn
from tests.factories.accounts import a_person, submit


async def a_dead_job(maker: SessionMaker) -> int:
    async with transaction(maker) as session:
        row = JobRow(
            kind=Job.TELL_NEW_DEVICE.value,
            ref=7,
            starts=8,
            error_code="OSError",
            dead_at=func.now(),
        )
        session.add(row)
        await session.flush()
        return row.id


async def read(maker: SessionMaker, number: int) -> JobRow:
    async with transaction(maker) as session:
        return await session.get_one(JobRow, number)


async def the_operator(client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn) -> int:
    person = await a_person(maker)
    async with transaction(maker) as session:
        await grant(session, person.id, Role.OPERATOR)
    await sign_in(client, person.id)
    return person.id


async def test_begun_again_as_if_it_were_new(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    number, operator = await a_dead_job(maker), await the_operator(client, maker, sign_in)
    page = await client.get("/en/jobs")
    assert f"tell_new_device {number}" in page.text
    await submit(client, "/en/jobs", f"/en/jobs/{number}/retry")
    row = await read(maker, number)
    assert (row.dead_at, row.starts, row.handled_by) == (None, 0, operator)
    assert "Nothing was given up." in (await client.get("/en/jobs")).text


async def test_let_go_only_with_a_reason(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    number = await a_dead_job(maker)
    await the_operator(client, maker, sign_in)
    refused = await submit(client, "/en/jobs", f"/en/jobs/{number}/discard", reason=" ")
    assert refused.status_code == 422
    await submit(client, "/en/jobs", f"/en/jobs/{number}/discard", reason="The person is gone")
    row = await read(maker, number)
    assert (row.discard_reason, row.discarded_at is not None) == ("The person is gone", True)
    async with transaction(maker) as session:
        with pytest.raises(NotFoundError):
            await outbox.retry(session, number, None)


async def test_nobody_else_sees_it(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    await sign_in(client, (await a_person(maker)).id)
    assert (await client.get("/en/jobs")).status_code == 403
