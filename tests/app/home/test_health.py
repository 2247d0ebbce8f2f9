"""What machines are told: alive, ready or not and why, and how busy."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import func, text, update

from app import outbox
from app.db import SessionMaker, transaction
from app.home.queries.health import MIGRATIONS, newest_schema
from app.main import create_app
from app.outbox import Job, JobRow
from app.settings import DatabaseSettings, Secret, Settings
from tests.conftest import new_client
from tests.factories.posts import an_offer


async def test_alive_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "ok"}
    answer = await client.get("/health/ready")
    assert answer.status_code == 200
    parts = ("status", "database", "schema", "queue", "worker", "erasures")
    assert answer.json() == dict.fromkeys(parts, "ok")


async def test_without_database_alive_but_not_ready(settings: Settings) -> None:
    nowhere = DatabaseSettings(Secret("postgresql+asyncpg://nobody:nothing@127.0.0.1:1/none"))
    app = create_app(replace(settings, database=nowhere))
    async with new_client(app) as client:
        assert (await client.get("/health/live")).status_code == 200
        answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["database"]) == (503, "down")
    assert "127.0.0.1" not in answer.text
    await app.state.maker.kw["bind"].dispose()


async def test_without_queue_alive_but_not_ready(settings: Settings, maker: SessionMaker) -> None:
    app = create_app(replace(settings, redis_url=Secret("redis://:no@127.0.0.1:1/0")))
    async with new_client(app) as client:
        assert (await client.get("/health/live")).status_code == 200
        answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["queue"]) == (503, "down")
    await app.state.maker.kw["bind"].dispose()


async def test_a_queue_that_refuses_us_is_told(settings: Settings, maker: SessionMaker) -> None:
    stranger = settings.redis_url.reveal().replace(":", ":not", 2).replace(":not", ":", 1)
    app = create_app(replace(settings, redis_url=Secret(stranger)))
    async with new_client(app) as client:
        answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["queue"]) == (503, "refuses us")
    await app.state.maker.kw["bind"].dispose()


@pytest.mark.parametrize(
    ("version", "status", "schema"), [("0000", 503, "behind"), ("9999", 200, "ok")]
)
async def test_an_old_schema_is_not_ready_and_a_newer_one_is(
    client: httpx.AsyncClient, maker: SessionMaker, version: str, status: int, schema: str
) -> None:
    to = text("UPDATE alembic_version SET version_num = :version")
    async with transaction(maker) as session:
        newest = await session.scalar(text("SELECT version_num FROM alembic_version"))
        await session.execute(to, {"version": version})
    try:
        answer = await client.get("/health/ready")
    finally:
        async with transaction(maker) as session:
            await session.execute(to, {"version": newest})
    assert (answer.status_code, answer.json()["schema"]) == (status, schema)


async def test_a_late_worker_is_told_and_stops_nobody(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    async with transaction(maker) as session:
        await outbox.defer(session, Job.TIDY_POSTS, after=timedelta(hours=1))
    assert (await client.get("/health/ready")).json()["worker"] == "ok"
    async with transaction(maker) as session:
        await session.execute(update(JobRow).values(run_after=func.now() - timedelta(minutes=5)))
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["worker"]) == (200, "late")


async def test_metrics_count_what_is_open(client: httpx.AsyncClient, maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        await an_offer(session)
        await outbox.defer(session, Job.TIDY_POSTS, after=timedelta(hours=1))
    metrics = (await client.get("/metrics")).text
    assert "solidare_open_offers 1.0" in metrics
    assert "solidare_jobs_waiting" in metrics
    assert "solidare_jobs_due" in metrics
    assert "solidare_ledger_unsealed 0.0" in metrics
    assert "litestar_requests" in metrics or "solidare_requests" in metrics


async def test_metrics_in_production_need_the_token(settings: Settings) -> None:
    for token, status in (("", 404), ("a long token", 200)):
        app = create_app(replace(settings, environment="production", metrics_token=Secret(token)))
        async with new_client(app) as client:
            assert (await client.get("/metrics")).status_code == 404
            wrong = await client.get("/metrics", headers={"authorization": "Bearer no"})
            assert wrong.status_code == 404
            right = await client.get("/metrics", headers={"authorization": f"Bearer {token}"})
            assert right.status_code == status
        await app.state.maker.kw["bind"].dispose()


def test_the_newest_schema_is_what_the_migrations_say() -> None:
    folder = ScriptDirectory(str(MIGRATIONS.parent))
    assert newest_schema() == folder.get_current_head()
