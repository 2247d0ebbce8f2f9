"""How the queue is reached and what may lie in it."""

from typing import Any

import msgspec
from arq.connections import RedisSettings
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as QueueConnectionError
from redis.exceptions import TimeoutError as QueueTimeoutError

from app.settings import Settings

# About half a minute without the queue is ridden out; after that the supervisor starts anew.
RECONNECTS = 35


def reach_queue(settings: Settings) -> RedisSettings:
    """Where the queue is, and how to outlive its restarts."""
    there = RedisSettings.from_dsn(settings.redis_url.reveal())
    there.conn_timeout = 5
    there.conn_retries = 60
    there.retry_on_timeout = True
    there.retry_on_error = [OSError, QueueConnectionError, QueueTimeoutError]
    there.retry = Retry(ExponentialBackoff(cap=1, base=0.02), RECONNECTS)
    return there


def write_json(job: dict[str, Any]) -> bytes:
    """JSON: arq's own choice would run whatever code somebody wrote into the queue."""
    return msgspec.json.encode(job)


def read_json(written: bytes) -> dict[str, Any]:
    job: dict[str, Any] = msgspec.json.decode(written)
    return job
