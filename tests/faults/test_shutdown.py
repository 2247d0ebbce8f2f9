"""A process that is told to stop finishes what it has begun."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter

from app.db import SessionMaker
from app.embedded.folder import free_port
from tests.conftest import until
from tests.faults.calm import says_ready

VISITORS = 12
REQUEST = b"GET /en/offers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


async def visit(port: int, outcomes: Counter[str]) -> bool:
    """One request on a line of its own: whole, refused before it began, or broken."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        outcomes["refused"] += 1
        return False
    try:
        writer.write(REQUEST)
        answer = await reader.read()
    except ConnectionResetError:
        outcomes["reset"] += 1
        return False
    finally:
        writer.close()
    is_whole = answer.startswith(b"HTTP/1.1 200") and answer.rstrip().endswith(b"</html>")
    outcomes["whole" if is_whole else "broken"] += 1
    return is_whole


async def keep_visiting(port: int, outcomes: Counter[str]) -> None:
    while await visit(port, outcomes):
        pass


def serve(servers: dict[str, str], port: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-m", "app.cli.main", "run", "--port", str(port)],
        env={**os.environ, **servers},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


async def stopped_under_load(
    servers: dict[str, str], how: signal.Signals
) -> tuple[Counter[str], int]:
    port = free_port()
    web = serve(servers, port)
    try:
        await until(lambda: says_ready(f"http://127.0.0.1:{port}"), 90)
        outcomes = Counter[str]()
        visitors = [asyncio.create_task(keep_visiting(port, outcomes)) for _ in range(VISITORS)]

        async def busy() -> bool:
            return outcomes["whole"] > VISITORS

        await until(busy, 60)
        web.send_signal(how)
        await asyncio.wait_for(asyncio.gather(*visitors), 30)
        code = await asyncio.to_thread(web.wait, 30)
    finally:
        web.kill()
        web.wait()
    return outcomes, code


async def test_told_to_stop_it_breaks_no_request(
    servers: dict[str, str], maker: SessionMaker
) -> None:
    outcomes, _ = await stopped_under_load(servers, signal.SIGTERM)
    assert outcomes["broken"] == 0, outcomes
    assert outcomes["refused"] + outcomes["reset"] == VISITORS


async def test_control_killed_it_breaks_some(servers: dict[str, str], maker: SessionMaker) -> None:
    outcomes, _ = await stopped_under_load(servers, signal.SIGKILL)
    assert outcomes["broken"] + outcomes["reset"] > 0, outcomes
