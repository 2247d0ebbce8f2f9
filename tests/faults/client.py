"""A program that acts for one person and never gives up before it was answered."""

import asyncio
import time
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import httpx

from tests.faults.history import History

Answer = dict[str, Any]
PATIENCE = 15.0
GIVE_UP_AFTER = 120.0
PAUSE = 0.2
TOO_LATE = frozenset({HTTPStatus.CONFLICT, HTTPStatus.GONE})
AWAY = frozenset({HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.INTERNAL_SERVER_ERROR})


class TooLateError(Exception):
    """Somebody else was first."""


class RefusedError(Exception):
    """The platform said no where it should not, or never answered; the history has it."""


class Client:
    """One line to the platform for everybody; each person has a token."""

    def __init__(self, address: str, history: History) -> None:
        self.history = history
        self._http = httpx.AsyncClient(
            base_url=f"{address}/api/v1",
            timeout=PATIENCE,
            limits=httpx.Limits(max_connections=100, keepalive_expiry=2),
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def read(self, token: str, path: str) -> Answer:
        return await self._until_answered("GET", path, token, {}, None)

    async def write(self, token: str, path: str, body: Answer | None = None) -> Answer:
        """Do it once, however often it has to be said; sometimes say it once more."""
        key = uuid4().hex
        headers = {"idempotency-key": key}
        answer = await self._until_answered("POST", path, token, headers, body)
        if key.startswith(("0", "1", "2")):
            self.history.repeats += 1
            again = await self._until_answered("POST", path, token, headers, body)
            if again != answer:
                self.history.differing_repeats.append(f"POST {path}")
        return answer

    async def _until_answered(
        self, method: str, path: str, token: str, headers: dict[str, str], body: Answer | None
    ) -> Answer:
        began = time.monotonic()
        headers = {**headers, "authorization": f"Bearer {token}"}
        while time.monotonic() - began < GIVE_UP_AFTER:
            answer = await self._ask(method, path, headers, body)
            if answer is not None:
                return answer
            await asyncio.sleep(PAUSE)
        self.history.unanswered.append(f"{method} {path}")
        raise RefusedError(path)

    async def _ask(
        self, method: str, path: str, headers: dict[str, str], body: Answer | None
    ) -> Answer | None:
        sent = time.monotonic()
        try:
            got = await self._http.request(method, path, headers=headers, json=body)
        except httpx.TransportError:
            self.history.broken_lines += 1
            return None
        self.history.note(sent, f"{method} {path}", got.status_code, got.headers.get("retry-after"))
        if got.status_code in AWAY:
            return None
        if got.status_code in TOO_LATE:
            raise TooLateError(got.text)
        if got.is_error:
            self.history.refused.append(f"{method} {path}: {got.status_code} {got.text[:200]}")
            raise RefusedError(path)
        if method == "POST":
            self.history.wrote(sent)
        answer: Answer = got.json()
        return answer
