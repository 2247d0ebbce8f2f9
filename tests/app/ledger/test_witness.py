"""A witness on another machine: follows over HTTP, signs what agrees, refuses what does not."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from litestar import Litestar

from app.db import SessionMaker, reading, transaction
from app.ledger import actions, queries
from tests.app.ledger.test_ledger import write
from tests.app.ledger.test_outside import TOOL
from tests.app.ledger.test_sealing import ORIGIN, Outside, seal, tamper
from tests.conftest import until


@pytest.fixture
async def address(app: Litestar, maker: SessionMaker) -> AsyncIterator[str]:
    """The platform on a port of its own, over real HTTP."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())

    async def is_up() -> bool:
        return server.started

    await until(is_up)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


async def witness(*arguments: str) -> tuple[int, str, str]:
    run = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(TOOL), *arguments, stdout=PIPE, stderr=PIPE
    )
    out, err = await run.communicate()
    assert run.returncode is not None
    return run.returncode, out.decode().strip(), err.decode().strip()


async def test_a_witness_follows_signs_and_refuses_a_rewritten_ledger(
    address: str, maker: SessionMaker, tmp_path: Path
) -> None:
    state = str(tmp_path / "witness.json")
    code, key, _ = await witness("key", "refuge.example", "--state", state)
    assert code == 0
    async with transaction(maker) as session:
        await actions.add_witness(session, key, "Refuge")
    await seal(maker, 3)
    assert (await witness("witness", address, "--state", state))[0] == 0
    await seal(maker, 4)
    code, said, _ = await witness("witness", address, "--state", state)
    assert (code, said[:18]) == (0, "Signed: 7 entries,")
    async with reading(maker) as reader:
        assert [one.size for one in await queries.witnesses(reader)] == [7]
        sealed = await queries.latest_checkpoint(reader)
    assert sealed is not None
    assert len(sealed.lines) == 1

    await rewrite(maker)
    code, _, told = await witness("witness", address, "--state", state)
    assert code == 1
    assert told == "DOES NOT AGREE: The first 7 entries are no longer those you signed."
    # Control: a witness that has seen nothing yet cannot tell.
    fresh = str(tmp_path / "fresh.json")
    _, other, _ = await witness("key", "fresh.example", "--state", fresh)
    async with transaction(maker) as session:
        await actions.add_witness(session, other, "Fresh")
    assert (await witness("witness", address, "--state", fresh))[0] == 0


async def rewrite(maker: SessionMaker) -> None:
    """The owner drops the first entry and signs a whole new tree under the same name."""
    for forgotten in (
        "DELETE FROM ledger_cosignature",
        "DELETE FROM ledger_checkpoint",
        "DELETE FROM ledger_leaf",
        "DELETE FROM ledger_tile",
    ):
        await tamper(maker, forgotten)
    await tamper(maker, "INSERT INTO ledger_pending SELECT id FROM ledger_entry WHERE id > 1")
    async with transaction(maker) as session:
        for _ in range(3):
            await write(session)
        await actions.take_places(session, ORIGIN)
        await actions.sign_checkpoint(session)


async def test_a_witness_replaces_no_key(tmp_path: Path) -> None:
    state = str(tmp_path / "witness.json")
    assert (await witness("key", "refuge.example", "--state", state))[0] == 0
    code, _, told = await witness("key", "refuge.example", "--state", state)
    assert code == 1
    assert "never replaced silently" in told


async def test_programs_read_tree_proofs_and_witnesses(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    unsigned = await client.get("/api/v1/ledger/checkpoint")
    assert unsigned.status_code == 404
    signed = await seal(maker, 300)
    assert (await client.get("/api/v1/ledger/checkpoint")).text == signed
    assert len((await client.get("/api/v1/ledger/tiles/0/1")).content) == 44 * 32
    assert (await client.get("/api/v1/ledger/tiles/0/9")).status_code == 404
    proof = (await client.get("/api/v1/ledger/7/proof")).json()
    assert (proof["place"], proof["size"], proof["checkpoint"]) == (6, 300, signed)
    grown = await client.get("/api/v1/ledger/consistency", params={"old": 299, "new": 301})
    assert grown.status_code == 404
    stranger = Outside("nobody.example").line(signed)
    refused = await client.post("/api/v1/ledger/cosignatures", json={"size": 300, "line": stranger})
    assert refused.status_code == 409


async def test_the_pages_say_what_is_signed_and_by_whom(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    empty = await client.get("/en/ledger/proof")
    assert "Nobody outside keeps the signed ledger yet." in empty.text
    refuge = Outside("refuge.example")
    signed = await seal(maker, 2)
    async with transaction(maker) as session:
        await actions.add_witness(session, str(refuge.key), "Refuge & friends")
        await actions.cosign(session, 2, refuge.line(signed))
        await write(session)
    page = (await client.get("/en/ledger")).text
    assert "Refuge &amp; friends" in page
    assert "1 entry waits for the next signature." in page
    assert "signed 2 entries" in (await client.get("/en/ledger/proof")).text
    assert "Its place in the signed ledger" in (await client.get("/en/ledger/1")).text
    assert "It waits for the next signature" in (await client.get("/en/ledger/3")).text
