"""The database: one engine, two kinds of session, and the only commit in the code base."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType

import asyncpg  # type: ignore[import-untyped] # ships no types
from sqlalchemy import BigInteger, DateTime, Identity, MetaData, func, make_url, text
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column

from app.settings import DatabaseSettings

# Queries take a ReadSession, actions a Session: the type checker keeps queries from writing.
ReadSession = NewType("ReadSession", AsyncSession)
Session = NewType("Session", ReadSession)
SessionMaker = async_sessionmaker[AsyncSession]

Id = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Now = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]


CONNECT_SECONDS = 5
POOL_SECONDS = 10
# The longest that any statement may be given: a plan's snapshot of everything that is open.
LONGEST_STATEMENT_SECONDS = 60

# Whoever works for the platform itself, not for a visitor: workers and the command line.
AT_WORK = "work"


class Wall(StrEnum):
    """Rows that the database itself hides until the code names whose it wants to see.

    They are named by: the person; the keyed hash of a contact, in hex; the place; the exchange;
    the client; the post. A visitor's own contacts and exact places need no opening.
    """

    CONTACT = "contact"
    LOOKUP = "lookup"
    PLACE = "place"
    RELEASE = "release"
    NOTE = "note"
    HOUSEHOLD = "household"


class Base(DeclarativeBase):
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012 - SQLAlchemy reads it
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def create_engine(
    settings: DatabaseSettings, *, at_work: bool = False, patient: bool = False
) -> AsyncEngine:
    """An engine whose statements and locks cannot wait for ever.

    `at_work` says on purpose that it serves no visitor: the walls are open to it. `patient` ones
    may give single statements up to a minute.
    """
    usual = settings.statement_timeout_ms / 1000
    longest = max(usual, LONGEST_STATEMENT_SECONDS) if patient else usual
    own = {"role": settings.role} if settings.role else {}
    if at_work:
        own["solidare.viewer"] = AT_WORK
    return create_async_engine(
        settings.url.reveal(),
        pool_pre_ping=True,
        pool_size=settings.pool_size,
        max_overflow=settings.pool_size,
        pool_timeout=POOL_SECONDS,
        connect_args={
            # Where a line is cut in the middle, the server's own limits never come back to us.
            "timeout": CONNECT_SECONDS,
            "command_timeout": longest + 2,
            "server_settings": {
                "application_name": "solidare",
                "timezone": "UTC",
                "statement_timeout": str(settings.statement_timeout_ms),
                "lock_timeout": "2000",
                "idle_in_transaction_session_timeout": "15000",
                # Compiling costs more than it saves on queries this short.
                "jit": "off",
                **own,
            },
        },
    )


def session_maker(engine: AsyncEngine, *, letters_at_once: bool = False) -> SessionMaker:
    """Sessions that know, in their `info`, how this platform was told to behave."""
    return async_sessionmaker(
        engine, expire_on_commit=False, info={"letters_at_once": letters_at_once}
    )


@asynccontextmanager
async def transaction(maker: SessionMaker, viewer: int | None = None) -> AsyncIterator[Session]:
    """One unit of work: all of it is kept, or nothing."""
    async with maker.begin() as session:
        if viewer is not None:
            await session.execute(_SET, {"name": "solidare.viewer", "value": str(viewer)})
        yield Session(ReadSession(session))


@asynccontextmanager
async def reading(maker: SessionMaker, viewer: int | None = None) -> AsyncIterator[ReadSession]:
    """A transaction in which the database refuses to write."""
    async with maker.begin() as session:
        await session.execute(text("SET TRANSACTION READ ONLY"))
        if viewer is not None:
            await session.execute(_SET, {"name": "solidare.viewer", "value": str(viewer)})
        yield ReadSession(session)


_SET = text("SELECT set_config(:name, :value, true)")


async def open_wall(reader: ReadSession, wall: Wall, *keys: int | str) -> None:
    """Let this transaction see the named rows behind a wall, and no others of that wall.

    An explicit statement, never an event: whoever wants to see says so where it is read.
    """
    value = ",".join(str(key) for key in keys)
    await reader.execute(_SET, {"name": f"solidare.open_{wall.value}", "value": value})


@asynccontextmanager
async def held_alone(settings: DatabaseSettings, name: str) -> AsyncIterator[bool]:
    """Whether this process alone holds the name, for the length of the block.

    The lock belongs to a connection of its own: it outlasts transactions and ends with either.
    """
    url = make_url(settings.url.reveal()).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False), timeout=5)
    try:
        lock = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"
        yield bool(await connection.fetchval(lock, name))
    finally:
        await connection.close(timeout=5)
