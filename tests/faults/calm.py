"""Waiting for the platform to be ready again, and what its answers may be from then on."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from tests.faults.history import Answered

ASK_EVERY = 0.1
ANSWER_WITHIN = 5.0


@dataclass
class Calm:
    """The spans in which the platform had said that it is ready and nobody hurt it."""

    spans: list[tuple[float, float]] = field(default_factory=list)
    _since: float | None = None

    def begin(self, moment: float) -> None:
        self._since = moment

    def end(self) -> None:
        if self._since is not None:
            self.spans.append((self._since, time.monotonic()))
            self._since = None

    def broken_by(self, failures: Sequence[Answered]) -> Iterator[str]:
        """Answers that should not have been: dishonest ever, or any failure in calm."""
        for one in failures:
            if not one.is_honest:
                yield f"{one.what} answered {one.status} without a time to come back"
            elif any(start <= one.sent and one.came <= end for start, end in self.spans):
                yield f"{one.what} answered {one.status} after the platform had said it is ready"


async def until_ready(address: str, seconds: float) -> float | None:
    """When the platform first said that it is ready, asked from now on; None if never."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if await says_ready(address):
            return time.monotonic()
        await asyncio.sleep(ASK_EVERY)
    return None


async def says_ready(address: str) -> bool:
    try:
        async with httpx.AsyncClient(timeout=ANSWER_WITHIN) as client:
            answer = await client.get(f"{address}/health/ready")
    except httpx.TransportError:
        return False
    return answer.status_code == HTTPStatus.OK
