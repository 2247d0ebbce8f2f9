"""The application on servers of its own, for commands outside pytest."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from alembic import command
from alembic.config import Config
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncEngine

from app import crypto, embedded
from app.accounts.actions import grant
from app.accounts.rules import Role
from app.db import SessionMaker, create_engine, session_maker, transaction
from app.main import create_app
from app.settings import Settings, read_settings
from tests.conftest import ADDRESS, empty
from tests.factories.accounts import make_person
from tests.factories.organisations import an_organisation


@contextmanager
def servers(folder: Path) -> Iterator[Settings]:
    """Settings of an application with a migrated, empty database in this folder."""
    mail = folder / "mail"
    mail.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        environment = {
            "DATABASE_URL": stack.enter_context(embedded.postgres(folder)),
            "REDIS_URL": stack.enter_context(embedded.valkey(folder)),
            "SOLIDARE_SECRET_KEY": "a secret for tests only",
            "SOLIDARE_ENVIRONMENT": "test",
            "SOLIDARE_PUBLIC_URL": ADDRESS,
            "SOLIDARE_MAIL_FOLDER": str(mail),
        }
        config = Config()
        config.set_main_option("script_location", str(Path("app/migrations").resolve()))
        config.attributes["url"] = environment["DATABASE_URL"]
        command.upgrade(config, "head")
        settings = read_settings(environment)
        crypto.keyring.open(settings.secret_key)
        yield settings


@dataclass
class Stage:
    """An application, its empty database, and how to empty it again."""

    app: Litestar
    maker: SessionMaker
    engine: AsyncEngine

    async def clear(self) -> None:
        await empty(self.engine)


@asynccontextmanager
async def stage(settings: Settings) -> AsyncIterator[Stage]:
    engine = create_engine(replace(settings.database, role=""), at_work=True)
    app = create_app(settings)
    try:
        yield Stage(app, session_maker(engine), engine)
    finally:
        await app.state.maker.kw["bind"].dispose()
        await engine.dispose()


async def somebody_first(maker: SessionMaker) -> int:
    """A person with every role on a platform where nothing is yet."""
    async with transaction(maker) as session:
        person = await make_person(session, name="Inês")
        organisation = await an_organisation(session)
        for role in (Role.MODERATOR, Role.COORDINATOR, Role.OPERATOR):
            await grant(session, person.id, role, None)
        for role in (Role.CASEWORKER, Role.ORGANISATION_ADMIN):
            await grant(session, person.id, role, organisation.id)
        return person.id
