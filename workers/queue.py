"""How the queue is reached and what may lie in it."""

from typing import Any

import msgspec
from arq import ArqRedis
from arq.connections import RedisSettings
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as QueueConnectionError
from redis.exceptions import TimeoutError as QueueTimeoutError

from app.settings import Settings

# About half a minute without the queue is ridden out; after that the supervisor starts anew.
RECONNECTS = 35
# An answer takes milliseconds; a line that is cut in the middle says nothing at all, for ever.
ANSWER_SECONDS = 5
LONGEST_PAUSE, FIRST_PAUSE = 1, 0.02


def reach_queue(settings: Settings) -> RedisSettings:
    """Where the queue is, for arq's own commands."""
    there = RedisSettings.from_dsn(settings.redis_url.reveal())
    there.conn_timeout = ANSWER_SECONDS
    there.conn_retries = 60
    return there


def open_queue(settings: Settings, name: str | None = None) -> ArqRedis:
    """Connections that outlive restarts of the queue and wait for no answer for ever.

    arq would open its own, without a time limit for an answer.
    """
    there = reach_queue(settings)
    queue = ArqRedis(
        job_serializer=write_json,
        job_deserializer=read_json,
        host=str(there.host),
        port=there.port,
        unix_socket_path=there.unix_socket_path,
        db=there.database,
        username=there.username,
        password=there.password,
        ssl=there.ssl,
        encoding="utf8",
        socket_connect_timeout=ANSWER_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        socket_keepalive=True,
        retry=Retry(ExponentialBackoff(cap=LONGEST_PAUSE, base=FIRST_PAUSE), RECONNECTS),
        retry_on_timeout=True,
        retry_on_error=[OSError, QueueConnectionError, QueueTimeoutError],
    )
    if name is not None:
        queue.default_queue_name = name
    return queue


def write_json(job: dict[str, Any]) -> bytes:
    """JSON: arq's own choice would run whatever code somebody wrote into the queue."""
    return msgspec.json.encode(job)


def read_json(written: bytes) -> dict[str, Any]:
    job: dict[str, Any] = msgspec.json.decode(written)
    return job
