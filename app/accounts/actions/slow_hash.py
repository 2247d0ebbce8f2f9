"""Argon2id beside the event loop: inline, forty sign-ins would stop every page for a second."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError

_nothing = ""
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
# Two threads bound the memory of a rush to twice 19 MiB.
_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


async def slow_hash(text: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_pool, _hasher.hash, text)


async def no_hash() -> str:
    """A hash that no code matches: where nothing is known the same work is done."""
    global _nothing  # noqa: PLW0603 - made once, when first needed
    if not _nothing:
        _nothing = await slow_hash(secrets.token_hex(8))
    return _nothing


async def matches(hashed: str, text: str) -> bool:
    return await asyncio.get_running_loop().run_in_executor(_pool, _verify, hashed, text)


def _verify(hashed: str, text: str) -> bool:
    try:
        return _hasher.verify(hashed, text)
    except VerifyMismatchError:
        return False
