"""Real PostgreSQL and Valkey for the whole run, an empty database for each test, real HTTP."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from alembic import command
from alembic.config import Config
from litestar import Litestar
from sqlalchemy import func, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app import crypto, embedded
from app.accounts.models import Person, PersonSession
from app.db import (
    Base,
    ReadSession,
    Session,
    SessionMaker,
    create_engine,
    session_maker,
    transaction,
)
from app.main import create_app
from app.settings import Settings, read_settings

SignIn = Callable[[httpx.AsyncClient, int], Awaitable[None]]
ADDRESS = "http://localhost:8000"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the engine once where it never ran, so that no test waits for it in a transaction."""
    is_first = not hasattr(session.config, "workerinput")
    if is_first and not any(Path("matching/__pycache__").glob("*.nbi")):
        compile_it = "from workers.engine import warm_up; warm_up()"
        subprocess.run([sys.executable, "-c", compile_it], check=True)  # noqa: S603 - our own words


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a platform with its own servers and a migrated, empty database."""
    folder = tmp_path_factory.mktemp("platform")
    mail = folder / "mail"
    mail.mkdir()
    with ExitStack() as stack:
        environment = {
            "DATABASE_URL": stack.enter_context(embedded.postgres(folder)),
            "REDIS_URL": stack.enter_context(embedded.valkey(folder)),
            "SOLIDARE_DATABASE_ROLE": "solidare_app",
            "SOLIDARE_SECRET_KEY": "a secret for tests only",
            "SOLIDARE_ENVIRONMENT": "test",
            "SOLIDARE_PUBLIC_URL": ADDRESS,
            "SOLIDARE_MAIL_FOLDER": str(mail),
        }
        config = Config()
        config.set_main_option("script_location", str(Path("app/migrations").resolve()))
        config.attributes["url"] = environment["DATABASE_URL"]
        command.upgrade(config, "head")
        yield environment


@pytest.fixture(scope="session")
def settings(servers: dict[str, str]) -> Settings:
    settings = read_settings(servers)
    crypto.keyring.open(settings.secret_key)
    return settings


@pytest.fixture(scope="session")
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The owner at work: tests lay out and look; the application under test is walled."""
    engine = create_engine(replace(settings.database, role=""), at_work=True)
    yield engine
    await engine.dispose()


APPEND_ONLY = ("ledger_entry", "ledger_leaf", "ledger_checkpoint")


async def empty(engine: AsyncEngine) -> None:
    """Remove every row; the ledger's own refusal is switched off for this one transaction."""
    tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    async with engine.begin() as connection:
        for switch in ("DISABLE", "ENABLE"):
            for table in APPEND_ONLY:
                await connection.execute(text(f"ALTER TABLE {table} {switch} TRIGGER USER"))
            if switch == "DISABLE":
                await connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))


@pytest.fixture
async def maker(engine: AsyncEngine) -> SessionMaker:
    """Sessions on an empty database; use `transaction(maker)` for rows that pages must see."""
    await empty(engine)
    return session_maker(engine)


@pytest.fixture
async def session(maker: SessionMaker) -> AsyncIterator[Session]:
    """One open transaction that is never committed."""
    async with maker() as session:
        yield Session(ReadSession(session))
        await session.rollback()


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[Litestar]:
    application = create_app(settings)
    yield application
    await application.state.maker.kw["bind"].dispose()


@pytest.fixture
async def client(app: Litestar, maker: SessionMaker) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without JavaScript that reads English and follows nothing by itself."""
    async with new_client(app) as browser:
        yield browser


def new_client(app: Litestar, language: str = "en") -> httpx.AsyncClient:
    """Another browser with its own cookies."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type] # Litestar's own scope types
        base_url=ADDRESS,
        headers={"accept-language": language, "sec-fetch-site": "same-origin"},
    )


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Where Chromium is; without it browser journeys are skipped, except where CI demands them."""
    if CHROMIUM is None:
        if os.environ.get("SOLIDARE_REQUIRE_BROWSER"):
            pytest.fail("SOLIDARE_REQUIRE_BROWSER is set, but no Chromium is installed.")
        pytest.skip("no Chromium on this machine: install the package chromium to run this")
    return CHROMIUM


@pytest.fixture
def sign_in(maker: SessionMaker) -> SignIn:
    """Give a browser the session of a person who has just proven both factors."""

    async def signed_in(client: httpx.AsyncClient, person_id: int) -> None:
        token = crypto.new_token()
        async with transaction(maker) as session:
            await session.get_one(Person, person_id)
            session.add(
                PersonSession(
                    token_hash=crypto.token_hash(token),
                    person_id=person_id,
                    device_name="Test",
                    level=2,
                    proven_at=func.now(),
                )
            )
        client.cookies.set("sid", token, domain="localhost.local")

    return signed_in


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    """Wait for a condition, not for a time; fails when it does not come true."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - rows of other processes raise no event
            await asyncio.sleep(0.02)
