"""The database: one engine, two kinds of session, and the only commit in the code base."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
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


def create_engine(settings: DatabaseSettings) -> AsyncEngine:
    """An engine whose statements and locks cannot wait for ever."""
    return create_async_engine(
        settings.url.reveal(),
        pool_pre_ping=True,
        pool_size=settings.pool_size,
        max_overflow=settings.pool_size,
        connect_args={
            "server_settings": {
                "application_name": "solidare",
                "timezone": "UTC",
                "statement_timeout": str(settings.statement_timeout_ms),
                "lock_timeout": "2000",
                "idle_in_transaction_session_timeout": "15000",
                # Compiling costs more than it saves on queries this short.
                "jit": "off",
            }
        },
    )


def session_maker(engine: AsyncEngine, *, letters_at_once: bool = False) -> SessionMaker:
    """Sessions that know, in their `info`, how this platform was told to behave."""
    return async_sessionmaker(
        engine, expire_on_commit=False, info={"letters_at_once": letters_at_once}
    )


@asynccontextmanager
async def transaction(maker: SessionMaker) -> AsyncIterator[Session]:
    """One unit of work: all of it is kept, or nothing."""
    async with maker.begin() as session:
        yield Session(ReadSession(session))


@asynccontextmanager
async def reading(maker: SessionMaker) -> AsyncIterator[ReadSession]:
    """A transaction in which the database refuses to write."""
    async with maker.begin() as session:
        await session.execute(text("SET TRANSACTION READ ONLY"))
        yield ReadSession(session)


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
