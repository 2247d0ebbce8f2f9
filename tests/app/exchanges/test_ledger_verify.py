"""`solidare ledger verify` finds what does not belong together."""

import asyncio

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from app.cli.ledger import ledger
from app.db import SessionMaker, transaction
from app.exchanges.rules import Answer, Side
from tests.factories.exchanges import an_exchange, answer


async def verify(servers: dict[str, str]) -> Result:
    """The command as an operator runs it, with a loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, ledger, ["verify"], env=servers)


async def complete(maker: SessionMaker) -> None:
    pair, code = await an_exchange(maker)
    for side in Side:
        await answer(maker, pair, code, side, Answer.YES)


async def test_a_sound_ledger(servers: dict[str, str], maker: SessionMaker) -> None:
    await complete(maker)
    result = await verify(servers)
    assert result.exit_code == 0, result.output
    assert "entries  1" in result.output


async def test_an_empty_ledger_is_sound(servers: dict[str, str], maker: SessionMaker) -> None:
    assert (await verify(servers)).exit_code == 0


BREACHES = {
    "is broken": "UPDATE ledger_entry SET canonical = canonical || ' '",
    "without an entry": "WITH gone AS (DELETE FROM ledger_pending) DELETE FROM ledger_entry",
    "no completed exchange": "UPDATE exchange SET completed_at = NULL",
}


@pytest.mark.parametrize("words", BREACHES)
async def test_a_breach_is_named(servers: dict[str, str], maker: SessionMaker, words: str) -> None:
    await complete(maker)
    async with transaction(maker) as session:
        await session.execute(text("ALTER TABLE ledger_entry DISABLE TRIGGER USER"))
        await session.execute(text(BREACHES[words]))
        await session.execute(text("ALTER TABLE ledger_entry ENABLE TRIGGER USER"))
    result = await verify(servers)
    assert result.exit_code == 1
    assert words in result.output
