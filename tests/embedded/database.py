"""One plain connection, below the platform's own layers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg  # type: ignore[import-untyped]  # it ships no types

WrongPassword = asyncpg.InvalidPasswordError


@asynccontextmanager
async def connected(url: str, **instead: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""), **instead)
    try:
        yield connection
    finally:
        await connection.close()
