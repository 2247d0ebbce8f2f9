"""A supervisor to be killed: it starts both servers in a folder, adds one to each, and waits.

Run as a script: small_supervisor.py FOLDER kept|nobody|naive. It prints one JSON line when both
have answered. `nobody` forces the way taken where user namespaces are forbidden. `naive` is the
control: a queue as anybody would start it, with no wish to die and nothing written down.
"""

import asyncio
import json
import socket
import subprocess
import sys
import time
from pathlib import Path

from redis.asyncio import Redis

from app import embedded
from app.embedded import database as database_module
from app.embedded import folder as folders
from app.embedded import queue as queue_module
from tests.embedded.database import connected


async def add_one(database_url: str, redis_url: str) -> dict[str, int]:
    counted = {}
    if database_url:
        async with connected(database_url) as connection:
            await connection.execute("CREATE TABLE IF NOT EXISTS start (at date DEFAULT now())")
            await connection.execute("INSERT INTO start DEFAULT VALUES")
            counted["rows"] = await connection.fetchval("SELECT count(*) FROM start")
    queue = Redis.from_url(redis_url)
    counted["keys"] = await queue.incr("starts")
    await queue.aclose()
    return counted


def tell(database_url: str, redis_url: str) -> None:
    counted = asyncio.run(add_one(database_url, redis_url))
    sys.stdout.write(json.dumps(counted) + "\n")
    sys.stdout.flush()
    time.sleep(3600)


def naive(folder: Path) -> None:
    port = folders.free_port()
    command = [str(queue_module._binary()), "--port", str(port), "--save", "", "--dir"]
    with (folder / "log").open("wb") as log:
        subprocess.Popen([*command, str(folder)], stdout=log, stderr=log)  # noqa: S603 -- the control
    while not listens(port):
        time.sleep(0.02)
    tell("", f"redis://127.0.0.1:{port}/0")


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def main() -> None:
    folder, way = Path(sys.argv[1]), sys.argv[2]
    if way == "naive":
        naive(folder)
    if way == "nobody":
        database_module._identity = lambda *_: "nobody"
    with embedded.postgres(folder, fast=True) as database, embedded.valkey(folder) as queue:
        tell(database, queue)


if __name__ == "__main__":
    main()
