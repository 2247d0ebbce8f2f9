"""An act that lost to another one is done again, whole, before anybody hears of it.

The database undoes one of two acts that wait for each other. Nothing of it is left and nothing was
sent, so the same request is answered anew, from its first byte.
"""

import asyncio
import random

from prometheus_client import Counter

from app.web.asgi import Message, Receive, Send
from app.web.visit import Visit

# A lock that was not granted in two seconds is held by something slow: one more try is enough.
MOST = {"40001": 5, "40P01": 5, "55P03": 2}
PAUSE = 0.02
AGAIN = Counter(
    "solidare_acts_again", "Requests done again after losing to another one.", ["state"]
)


class Remembered:
    """What the browser sent, to be read again from the start."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._messages: list[Message] = []
        self._at = 0

    async def __call__(self) -> Message:
        if self._at < len(self._messages):
            self._at += 1
            return self._messages[self._at - 1]
        message = await self._receive()
        if message["type"] == "http.request":
            self._messages.append(message)
            self._at += 1
        return message

    def rewind(self) -> None:
        self._at = 0


class Held:
    """An answer that is swallowed where the act it tells of was undone."""

    def __init__(self, visit: Visit, send: Send, attempt: int) -> None:
        self._visit, self._send, self._attempt = visit, send, attempt
        self.lost_to = ""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._may_come_again():
            self.lost_to = self._visit.lost_to
        if not self.lost_to:
            await self._send(message)

    def _may_come_again(self) -> bool:
        return self._attempt < MOST.get(self._visit.lost_to, 0)


async def pause(state: str, attempt: int) -> None:
    """A moment that differs for each, so that the same two do not meet again."""
    AGAIN.labels(state).inc()
    await asyncio.sleep(PAUSE * attempt * (1 + random.random()))  # noqa: S311 # nosec B311 - a pause
