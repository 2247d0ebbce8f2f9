"""The API is attacked from its own document over real HTTP, as everybody who may call it."""

import asyncio
import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from litestar import Litestar, get
from litestar.params import FromQuery

from app import crypto
from app.accounts.models import ApiToken
from app.db import SessionMaker, transaction
from app.main import create_app
from app.settings import Settings
from app.web.access import PUBLIC
from tests.safety.hostile import Route
from tests.safety.world import PERSON, ROLES, STRANGER, World, a_world

EXAMPLES = 10
SCHEMA = "/api/v1/schema/openapi.json"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


@contextmanager
def served(app: Litestar) -> Iterator[str]:
    """The application behind a real server on a free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


async def a_token(world: World) -> str:
    token = crypto.new_token()
    async with transaction(world.maker) as session:
        session.add(
            ApiToken(
                token_hash=crypto.token_hash(token),
                person_id=world.visitor.person_id,
                label="Attack",
                scopes=["read", "write"],
            )
        )
    return token


async def with_real_codes(schema: dict[str, Any], world: World) -> dict[str, Any]:
    """Half of the codes in addresses open something, so that the attack gets behind the door."""
    schema["security"] = []
    for path, item in schema["paths"].items():
        kind = path.removeprefix("/api/v1/").partition("/")[0]
        real = await world.real(Route("GET", f"/{kind}"))
        for operation in item.values():
            operation["security"] = []
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path" and parameter["schema"]["type"] == "string":
                    parameter["schema"]["enum"] = [real["code"], "unknown"]
    return schema


async def attack(url: str, schema: Path, headers: list[str], phases: str) -> tuple[int, str]:
    """Exit status and words of the attacker; it runs as a program of its own."""
    attacker = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("st")),
        *("run", str(schema), "--url", url, "--no-color", "--no-shrink"),
        *("--phases", phases, "--max-examples", str(EXAMPLES), "--seed", "1"),
        *("--checks", ",".join(CHECKS), "--suppress-health-check", "all", "--warnings", "off"),
        *[part for header in headers for part in ("--header", header)],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=schema.parent,
    )
    words, _ = await attacker.communicate()
    return attacker.returncode or 0, words.decode(errors="replace")


@pytest.mark.parametrize("role", ROLES)
async def test_the_api_keeps_its_word(
    settings: Settings, maker: SessionMaker, tmp_path: Path, role: str
) -> None:
    app = create_app(settings)
    world = await a_world(app, maker, role)
    headers = [] if role == STRANGER else [f"Authorization: Bearer {await a_token(world)}"]
    with served(app) as url:
        async with httpx.AsyncClient() as client:
            document = (await client.get(url + SCHEMA)).json()
        schema = tmp_path / "schema.json"
        schema.write_text(json.dumps(await with_real_codes(document, world)), encoding="utf-8")
        # Every corner of the document once, as the one who may do most of it.
        phases = "coverage,fuzzing" if role == PERSON else "fuzzing"
        status, words = await attack(url, schema, headers, phases)
    assert status == 0, words[-20_000:]


FRAGILE = {
    "parameters": [{"name": "number", "in": "query", "schema": {"type": "integer"}}],
    "responses": {"200": {"description": "A number"}},
}


@get("/api/v1/fragile", opt=PUBLIC)
async def fragile(number: FromQuery[int] = 7) -> dict[str, int]:
    return {"result": 1 // (1 if abs(number) < 1000 else 0)}


async def test_the_attacker_finds_what_is_fragile(
    settings: Settings, maker: SessionMaker, tmp_path: Path
) -> None:
    """The naive control: a seeded bug must be found."""
    app = create_app(settings)
    app.register(fragile)
    with served(app) as url:
        async with httpx.AsyncClient() as client:
            document = (await client.get(url + SCHEMA)).json()
        assert "/api/v1/fragile" not in document["paths"]
        document["paths"] = {"/api/v1/fragile": {"get": FRAGILE}}
        schema = tmp_path / "schema.json"
        schema.write_text(json.dumps(document), encoding="utf-8")
        status, words = await attack(url, schema, [], "fuzzing")
    assert status != 0
    assert "500" in words
